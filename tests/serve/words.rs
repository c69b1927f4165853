//! The original's words for each fault of a token (rows D23 to D42 of its transcript), as
//! repaired: `exp` is required, types are told apart.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::served::{Served, VALID, now};

const USER: &str = r#""user":{"username":"alice","id":1,"perms":[]}"#;

/// Claims that are good but for what `replace` says: a member and what stands in its place.
fn claims(member: &str, replacement: &str) -> String {
    let (iat, exp) = (format!(r#""iat":{}"#, now() - 10), format!(r#""exp":{}"#, now() + 300));
    let good = [
        ("iat", iat.as_str()),
        ("exp", &exp),
        ("jti", r#""jti":"0""#),
        ("type", r#""type":"access""#),
        ("user", USER),
    ];
    let members = good.map(|(name, text)| if name == member { replacement } else { text });
    let more = if good.iter().any(|(name, _)| *name == member) { "" } else { replacement };
    let all: Vec<_> = members.into_iter().chain([more]).filter(|text| !text.is_empty()).collect();
    format!("{{{}}}", all.join(","))
}

#[test]
fn every_fault_of_the_claims_has_its_words() {
    let served = Served::ready();
    let at = |name: &str, time: i64| format!("\"{name}\":{time}");
    let missing = |name: &str| format!("Token is missing the \\\"{name}\\\" claim");
    let kind = "Token type must be \\\"access\\\".";
    let integer = "Expiration Time claim (exp) must be an integer.";
    for (member, replacement, why) in [
        ("exp", at("exp", now() - 1), "Signature has expired"),
        ("exp", at("exp", now()), "Signature has expired"),
        ("nbf", at("nbf", now() + 60), "The token is not yet valid (nbf)"),
        ("iat", String::new(), &missing("iat")),
        ("jti", String::new(), &missing("jti")),
        ("exp", String::new(), &missing("exp")),
        ("jti", r#""jti":7"#.into(), "JWT ID must be a string"),
        ("exp", r#""exp":"4000000000""#.into(), integer),
        ("exp", r#""exp":true"#.into(), integer),
        ("exp", r#""exp":null"#.into(), integer),
        ("aud", r#""aud":"other""#.into(), "Invalid audience"),
        ("type", String::new(), kind),
        ("type", r#""type":"refresh""#.into(), kind),
        ("type", r#""type":"Access""#.into(), kind),
        ("token_type", r#""token_type":"access""#.into(), kind),
        ("user", String::new(), "Failed to validate token."),
        ("user", r#""user":{"username":"alice","perms":[]}"#.into(), "Failed to validate token."),
        (
            "user",
            r#""user":{"username":"bob","id":"1","perms":[]}"#.into(),
            "Failed to validate token.",
        ),
        ("exp", r#""exp":1,"exp":4000000000"#.into(), "Invalid payload string"),
    ] {
        let claims = claims(member, &replacement);
        let answer = served.validate(&served.folder.sign(&claims));
        assert_eq!(answer.body, format!("{{\"error\": \"{why}\"}}"), "{claims}");
        answer.is(403, &answer.body);
    }
    for (member, replacement) in [
        ("none", ""),
        ("nbf", &at("nbf", now())),
        ("exp", r#""exp":4000000000.5"#),
        ("user", r#""user":{"username":"unknown","id":null,"perms":[]}"#),
        ("user", r#""user":{"id":1,"perms":[]}"#),
    ] {
        served.validate(&served.folder.sign(&claims(member, replacement))).is(200, VALID);
    }
}

#[test]
fn every_fault_of_the_form_has_its_words() {
    let served = Served::ready();
    let token = served.folder.sign(&claims("none", ""));
    let parts: Vec<_> = token.split('.').collect();
    let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let header = |text: &str| format!("{}.{}.{}", encode(text), parts[1], parts[2]);
    let other = served.folder.sign(&claims("jti", r#""jti":"1""#));
    let swapped = format!("{}.{}.{}", parts[0], parts[1], other.rsplit_once('.').unwrap().1);
    let (few, alg) = ("Not enough segments", "The specified alg value is not allowed");
    let (header_bad, signature) = ("Invalid header string", "Signature verification failed");
    for (token, why) in [
        ("abc".to_owned(), few),
        ("a.b".to_owned(), few),
        ("abc.def.ghi".to_owned(), header_bad),
        (format!("{token}="), header_bad),
        (header(r#"{"alg":"ES256","alg":"none"}"#), header_bad),
        (header(r#"{"alg":"ES256","crit":["x"]}"#), header_bad),
        (swapped, signature),
        (header(r#"{"alg":"ES256"}"#), signature),
        (header(r#"{"alg":"ES256","kid":"../../dev/null"}"#), signature),
        (header(r#"{"alg":"HS256"}"#), alg),
        (header(r#"{"alg":"HS512"}"#), alg),
        (header(r#"{"alg":"RS256"}"#), alg),
        (header(r#"{"alg":"none"}"#), alg),
        (header(r#"{"alg":"nOnE"}"#), alg),
        (format!("{}.{}.", encode(r#"{"alg":"none"}"#), parts[1]), alg),
        ("a.".repeat(4000) + "a", header_bad),
    ] {
        let answer = served.validate(&token);
        assert_eq!(answer.body, format!("{{\"error\": \"{why}\"}}"), "{token:.60}");
        answer.is(403, &answer.body);
    }
}
