use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};

use super::*;

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
const CLAIMS: &str = r#"{"sub":"alice","iat":1300819380,"exp":1300819440}"#;

fn encode(text: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(text)
}

fn token(header: &str, claims: impl AsRef<[u8]>, signature: usize) -> String {
    format!("{}.{}.{}", encode(header), encode(claims), encode(vec![0x5a; signature]))
}

pub(super) fn usual() -> String {
    token(HEADER, CLAIMS, 32)
}

fn seen(text: impl AsRef<[u8]>) -> Reading {
    read(text.as_ref()).unwrap()
}

fn refused(text: impl AsRef<[u8]>) -> String {
    let error = read(text.as_ref()).unwrap_err();
    assert_eq!(error.code(), crate::error::Code::Refused(crate::error::Stage::Parse));
    error.to_string()
}

fn noted(reading: &Reading, words: &str) {
    assert!(reading.notes.iter().any(|n| n.contains(words)), "{words}: {:?}", reading.notes);
}

const SHARED: &str = "HS256 is a shared secret: who can check this token can make one";

#[test]
fn a_token_alone() {
    let reading = seen(usual());
    assert_eq!(reading.header.json().unwrap().to_string(), HEADER);
    assert_eq!(reading.claims.json().unwrap().to_string(), CLAIMS);
    assert_eq!(reading.kind, Kind::Jws);
    assert_eq!(reading.notes, [SHARED]);
    assert_eq!(reading.token, usual());
}

#[test]
fn what_stands_around_it_is_left_out() {
    let jwt = usual();
    for pasted in [
        format!("  {jwt}\r\n"),
        format!("Bearer {jwt}"),
        format!("bEaReR   {jwt}"),
        format!("Authorization: Bearer {jwt}"),
        format!("authorization: bearer {jwt}\r\nHost: a\r\n\r\n"),
        format!("\"{jwt}\""),
        format!("'{jwt}',"),
        format!("“{jwt}”"),
        format!("\"Bearer {jwt}\""),
        format!("curl -H 'Authorization: Bearer {jwt}' https://a.example/b.c"),
        format!("curl --header=\"Authorization: Bearer {jwt}\""),
        format!("\u{feff}{jwt}"),
        format!("the token is {jwt} and it is fine."),
        format!("the token is {jwt}."),
        format!("{jwt}\nalice"),
        format!("a log line\\n{jwt}\\n"),
        format!("<{jwt}>"),
        format!("so it is: {jwt}"),
        format!("export JWT={jwt}"),
        format!("- token: {jwt}"),
        format!("\u{200b}{jwt}\u{200b}"),
    ] {
        let reading = seen(&pasted);
        assert_eq!(reading.token, jwt, "{pasted}");
        assert_eq!(reading.notes, [SHARED], "{pasted}");
    }
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(jwt.bytes().flat_map(|b| [b, 0])).collect();
    assert_eq!(seen(wide).token, jwt);
}

#[test]
fn the_place_it_was_read_from_is_named() {
    let (jwt, other) = (usual(), token(HEADER, "{}", 32));
    for (pasted, note) in [
        (format!("Cookie: a=b; jwt_access={jwt}; c=d"), "read from the cookie \"jwt_access\""),
        (format!("Set-Cookie: jwt_access={jwt}; Path=/"), "read from the cookie \"jwt_access\""),
        (
            format!("Cookie: jwt_refresh={other}; jwt_access={jwt}"),
            "another token is here and not shown: \"jwt_refresh\"",
        ),
        (
            format!("https://a.example/cb#access_token={jwt}&token_type=bearer"),
            "read from the parameter \"access_token\"",
        ),
        (format!("https://a.example/?jwt={jwt}#x"), "read from the parameter \"jwt\""),
        (format!("https://a.example/?jwt={}", jwt.replace('.', "%2E")), "parameter \"jwt\""),
        (format!(r#"{{"refresh":"{other}","access":"{jwt}"}}"#), "read from the member \"access\""),
        (
            format!(r#"{{"refresh":"{other}","access":"{jwt}"}}"#),
            "another token is here and not shown: \"refresh\"",
        ),
        (format!(r#"{{"data":{{"token":"Bearer {jwt}"}}}}"#), "the member \"data.token\""),
        (format!(r#"{{\"refresh\":\"{other}\",\"access\":\"{jwt}\"}}"#), "read from \"access\""),
        (
            format!("curl -b 'jwt_access={other}' -H 'Authorization: Bearer {jwt}'"),
            "another token is here and not shown: \"jwt_access\"",
        ),
        (format!("curl -b 'jwt_access={jwt}' a.example"), "the cookie \"jwt_access\""),
        (format!("{jwt}~WyJhIl0~"), "an SD-JWT: the disclosures after"),
        (format!("{jwt}\n{other}\n"), "one more token is here and not shown"),
    ] {
        let reading = seen(&pasted);
        assert_eq!(reading.token, jwt, "{pasted}");
        noted(&reading, note);
    }
    assert_eq!(seen(format!("https://a.example/verify/{jwt}/next")).token, jwt);
    assert_eq!(seen(format!("see https://a.example/?e={jwt}/{jwt} {jwt}/a")).token, jwt);
}

#[test]
fn a_wrapped_token_is_joined() {
    for (header, size) in
        [(HEADER, 32), (r#"{"alg":"RS256","kid":"a"}"#, 256), (r#"{"alg":"X"}"#, 99)]
    {
        let jwt = token(header, CLAIMS, size);
        for width in [7, 20, 43, 64, 76, 80] {
            let lines: Vec<_> = jwt.as_bytes().chunks(width).map(String::from_utf8_lossy).collect();
            for (before, joint) in [("", "\n"), ("", "\r\n   "), ("> ", "\n> "), ("", "=\r\n")] {
                let reading = seen(format!("{before}{}\n", lines.join(joint)));
                assert_eq!(reading.token, jwt, "{width} {joint:?}");
                noted(&reading, "white space inside the token was removed");
            }
        }
    }
    let letters: Vec<_> = usual().chars().map(String::from).collect();
    noted(&seen(letters.join("\n")), "white space inside the token was removed");
    let jwt = usual();
    let spaced: Vec<_> = jwt.as_bytes().chunks(30).map(String::from_utf8_lossy).collect();
    assert_eq!(seen(format!("Bearer {} and more words", spaced.join(" "))).token, jwt);
    let signature = jwt.rfind('.').unwrap();
    let (two, _) = jwt.split_at(signature);
    assert_eq!(seen(format!("{two} is a token. of two parts.")).token, two);
}

#[test]
fn what_a_verifier_refuses_is_shown() {
    let none = seen(format!("{}.{}.", encode(r#"{"alg":"none"}"#), encode(CLAIMS)));
    assert_eq!(none.kind, Kind::Unsecured);
    noted(&none, "unsecured, anyone can have written this: \"alg\" is \"none\"");
    let two = seen(format!("{}.{}", encode(HEADER), encode(CLAIMS)));
    assert_eq!(two.kind, Kind::Unsecured);
    noted(&two, "there is no signature part");
    assert!(!two.notes.contains(&SHARED.to_owned()));
    noted(&seen(format!("{}.{}.", encode(HEADER), encode(CLAIMS))), "the signature is empty");
    noted(&seen(format!("{}.{}.a.b", encode(HEADER), encode(CLAIMS))), "there are 4 parts");
    let header = BASE64_URL_SAFE.encode(r#"{"alg":"RS256"} "#);
    let padded = format!("{header}.{}.AAAA", encode(CLAIMS));
    assert!(padded.contains('='), "{padded}");
    noted(&seen(padded), "the header part is padded: a verifier refuses it");
    let standard =
        format!("{}.{}.AAAA", encode(HEADER), BASE64_STANDARD.encode(r#"{"a":"???>>>"}"#));
    let standard = seen(standard);
    noted(&standard, "the claims part is in the standard base64 alphabet");
    assert_eq!(standard.claims.json().unwrap().to_string(), r#"{"a":"???>>>"}"#);
    noted(&seen(format!("{}.{}.AB", encode(HEADER), encode(CLAIMS))), "bits that are not zero");
    noted(&seen(&usual()[..58]), "the claims part is cut short");
}

#[test]
fn jwe_shows_its_header() {
    let jwe = format!("{}.AA.AAAA.AAAA.AAAA", encode(r#"{"alg":"dir","enc":"A128GCM"}"#));
    let reading = seen(&jwe);
    assert_eq!((reading.kind, &reading.claims), (Kind::Jwe, &Part::Encrypted));
    noted(&reading, "the rest is encrypted");
    assert_eq!(seen(format!("Bearer {jwe} x")).token, jwe);
}

#[test]
fn json_serialisations_are_read() {
    let (p, c) = (encode(HEADER), encode(CLAIMS));
    let flattened = format!(r#"{{"payload":"{c}","protected":"{p}","signature":"AAAA"}}"#);
    assert_eq!(seen(flattened).token, format!("{p}.{c}.AAAA"));
    let general = format!(
        r#"{{"payload":"{c}","signatures":[{{"protected":"{p}","signature":"AAAA","header":{{"kid":"k"}}}},{{}}]}}"#
    );
    let general = seen(general);
    assert_eq!(general.token, format!("{p}.{c}.AAAA"));
    noted(&general, "2 signatures");
    noted(&general, r#"an unprotected header is there too: {"kid":"k"}"#);
    let jwe = format!(
        r#"{{"protected":"{}","ciphertext":"AAAA","iv":"AA","tag":"AA"}}"#,
        encode(r#"{"alg":"dir","enc":"A128GCM"}"#)
    );
    assert_eq!(seen(jwe).kind, Kind::Jwe);
}

#[test]
fn parts_that_are_not_json_are_shown() {
    let text = seen(token(HEADER, "hello", 32));
    assert_eq!(text.claims, Part::Text("hello".into()));
    noted(&text, "the claims part is not JSON");
    assert_eq!(seen(token(HEADER, [0xff, 0xfe], 32)).claims, Part::Bytes(vec![0xff, 0xfe]));
    assert_eq!(seen(token("hello", "world", 32)).header, Part::Text("hello".into()));
    noted(&seen(token(HEADER, "[1]", 32)), "the claims part is an array, not an object");
    noted(&seen(token(HEADER, r#"{"a":"\ud800"}"#, 32)), "not JSON");
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep = seen(token(HEADER, &deep, 32));
    assert!(matches!(deep.claims, Part::Text(_)));
    noted(&deep, "nested more than 64 deep");
    noted(&seen(format!("{}..AAAA", encode(HEADER))), "the claims part is empty");
    let header = seen(encode(HEADER));
    assert_eq!((header.header.json().is_some(), header.claims), (true, Part::Absent));
    noted(&seen(encode(CLAIMS)), "one part only: the claims");
}

#[test]
fn claims_stay_as_they_were_written() {
    let claims = r#"{"z":12345678901234567890123,"a":1.10,"z":[{"x":1,"x":2}],"exp":1,"exp":2}"#;
    let reading = seen(token(r#"{"alg":"RS256","alg":"none"}"#, claims, 256));
    assert_eq!(reading.claims.json().unwrap().to_string(), claims);
    assert_eq!(reading.duplicates, ["header.alg", "claims.z.x", "claims.z", "claims.exp"]);
    let many: Vec<_> = (0..1000).map(|i| format!("\"c{i}\":{i}")).collect();
    let many = seen(token(HEADER, format!("{{{}}}", many.join(",")), 32));
    assert_eq!(many.claims.json().unwrap().members().unwrap().len(), 1000);
}

#[test]
fn times_are_read_in_every_spelling() {
    for (digits, is) in [
        ("1300819380", Moment::At(1_300_819_380)),
        ("1.30081938e+09", Moment::At(1_300_819_380)),
        ("1300819380.75", Moment::At(1_300_819_380)),
        ("-1.5", Moment::At(-2)),
        ("1300819380123", Moment::Milliseconds(1_300_819_380)),
        ("1e300", Moment::Neither),
        ("99999999999999999999999", Moment::Neither),
    ] {
        assert_eq!(moment(&Json::Number(digits.into())), is, "{digits}");
    }
    assert_eq!(moment(&Json::string("1300819380")), Moment::Neither);
    for (claims, note) in [
        (r#"{"exp":1300819380123}"#, "\"exp\" looks like milliseconds"),
        (r#"{"iat":"now","exp":1}"#, "\"iat\" is a string, not a number of seconds"),
        (r#"{"exp":1e300}"#, "\"exp\" is out of range"),
        (r#"{"exp":1,"iat":2}"#, "\"exp\" is before \"iat\""),
        ("{}", "there is no \"exp\""),
        (r#"{"exp":1,"type":"access","token_type":"x"}"#, "both name the kind"),
    ] {
        noted(&seen(token(HEADER, claims, 32)), note);
    }
}

#[test]
fn the_header_is_noted() {
    for (header, note) in [
        (r#"{"alg":"RS256","crit":["b64"]}"#, "\"crit\" is \"b64\""),
        (r#"{"alg":"RS256","crit":1}"#, "\"crit\" is a number, not an array of strings"),
        (r#"{"alg":"RS256","jku":"https://evil.example"}"#, "\"jku\" is in the header"),
        (r#"{"alg":1}"#, "\"alg\" is a number"),
        (r#"{"typ":"JWT"}"#, "no \"alg\""),
    ] {
        noted(&seen(token(header, CLAIMS, 256)), note);
    }
}

#[test]
fn what_holds_no_token_is_named() {
    for (pasted, words) in [
        ("", "the input is empty"),
        (" \n", "the input is empty"),
        ("-----BEGIN PUBLIC KEY-----\nMIIB\n", "this is a PEM \"PUBLIC KEY\""),
        (r#"{"kty":"oct","k":"AA"}"#, "this is a JWK, not"),
        (r#"{"keys":[]}"#, "this is a JWK set"),
        (r#"{"error":"no"}"#, "this is JSON without a token"),
        (CLAIMS, "claims that are decoded already"),
        ("v4.public.eyJzdWIiOiJhIn0AAAA", "this is a PASETO"),
        ("6fd1e9a2-4b1c-4b5e-9f36-1d7f1d1f9d35", "this looks like an opaque token"),
        ("hello world", "no token in this text of length 11"),
        ("www.example.com", "no token in this text of length 15"),
        ("eye.example.com", "no token"),
        ("eye eyes e3 ewe.", "no token"),
    ] {
        let message = refused(pasted);
        assert!(message.contains(words), "{pasted}: {message}");
    }
    assert!(refused([0xff, 0x00, 0x81]).contains("not text"));
    assert!(refused(vec![b'a'; MAX_INPUT + 1]).contains("16777217 bytes"));
}
