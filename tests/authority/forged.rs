//! Tokens that somebody has taken apart, put together or made up: none of them is believed.

use jot::claims::check::{Expected, examine};
use jot::error::{Code, Stage};
use jot::jws::{Candidates, MAX_TOKEN, Parsed};
use jot::key::{self, Key, Wanted};

use super::world::*;

/// The order of Ed25519's curve, little-endian (RFC 8032 5.1): s + L is refused, though it fits.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// A token over exactly this header and payload, signed with `key` whatever the header says.
pub(crate) fn forge(header: &str, payload: impl AsRef<[u8]>, key: &Key) -> String {
    let signed = format!("{}.{}", encode(header), encode(payload));
    let secret = key.signing().unwrap();
    let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), secret, key.alg()).unwrap();
    format!("{signed}.{signature}")
}

/// Good claims.
pub(crate) fn payload() -> String {
    let user = r#""user":{"username":"alice","id":null}"#;
    format!(r#"{{"iat":{NOW},"exp":{},"jti":"j","type":"access",{user}}}"#, NOW + 60)
}

fn header(rest: &str) -> String {
    format!(r#"{{"alg":"EdDSA","kid":"{}"{rest}}}"#, our_key().kid())
}

/// A world whose signer is ready.
fn ready() -> World {
    let world = world(rules());
    world.access("alice");
    world
}

#[test]
fn the_forger_of_these_tests_can_make_a_good_one() {
    let world = ready();
    let key = our_key();
    for header in [header(""), header(r#","typ":"JWT""#), header(r#","cty":"JWT","x":[1]"#)] {
        assert_eq!(world.stage(&forge(&header, payload(), &key)), None, "{header}");
    }
    let named = header("").replace("EdDSA", "Ed25519");
    assert_eq!(world.stage(&forge(&named, payload(), &key)), None);
}

#[test]
fn no_algorithm_is_none_however_it_is_written() {
    let world = ready();
    let good = world.access("alice");
    let (_, signature) = good.rsplit_once('.').unwrap();
    for alg in [
        r#""none""#,
        r#""None""#,
        r#""nOnE""#,
        r#""NONE""#,
        r#""noNE""#,
        r#""none ""#,
        r#""""#,
        "null",
        "0",
        "true",
        r#"["none"]"#,
        r#"{"a":"none"}"#,
        r#""n\u006fne""#,
    ] {
        for signature in ["", signature, "AAAA"] {
            for header in [format!(r#"{{"alg":{alg}}}"#), format!(r#"{{"typ":"JWT","alg":{alg}}}"#)]
            {
                let token = format!("{}.{}.{signature}", encode(&header), encode(payload()));
                let stage = world.stage(&token);
                assert!(matches!(stage, Some(Stage::Parse | Stage::Alg)), "{header}: {stage:?}");
                let code = world.refused(&token, jot::authority::refresh::Wish::Access);
                assert!(matches!(code, Code::Refused(Stage::Parse | Stage::Alg)), "{code:?}");
            }
        }
    }
    let unsigned = format!("{}.{}", encode(r#"{"alg":"none"}"#), encode(payload()));
    for token in [unsigned.clone(), format!("{unsigned}."), format!("{unsigned}..")] {
        assert!(world.stage(&token).is_some());
    }
    assert_eq!(world.stage(&forge(r#"{"typ":"JWT"}"#, payload(), &our_key())), Some(Stage::Parse));
}

#[test]
fn only_the_algorithms_known_by_name_are_known() {
    let world = ready();
    let key = our_key();
    let near =
        ["eddsa", "EdDSA ", " EdDSA", "EdDSA\\u0000", "ES512", "RS1", "HS1", "ES256K", "dir"];
    let made_up = (0..200_u32).map(|seed| format!("{:x}", seed.wrapping_mul(2_654_435_761)));
    for alg in near.into_iter().map(str::to_owned).chain(made_up) {
        let token = forge(&header("").replace("EdDSA", &alg), payload(), &key);
        assert_eq!(world.stage(&token), Some(Stage::Alg), "{alg}");
    }
    for (alg, _) in jot::alg::ALL.iter().map(|(alg, name)| (name, alg)).filter(|a| *a.0 != "EdDSA")
    {
        let token = forge(&header("").replace("EdDSA", alg), payload(), &key);
        assert_eq!(world.stage(&token), Some(Stage::Alg), "{alg}: the key has one algorithm");
    }
}

#[test]
fn a_key_that_comes_with_the_token_is_not_looked_at() {
    let world = ready();
    let theirs = new_key(jot::alg::Algorithm::EdDSA);
    let key = key::read(theirs.as_bytes(), "theirs", &Wanted::default()).unwrap().keys.remove(0);
    let public = key.jwk(jot::key::Part::Public).unwrap();
    let (own, ours) = (key.kid(), our_key());
    for (header, stage) in [
        (format!(r#"{{"alg":"EdDSA","jwk":{public}}}"#), Stage::Signature),
        (format!(r#"{{"alg":"EdDSA","kid":"{own}","jwk":{public}}}"#), Stage::Key),
        (format!(r#"{{"alg":"EdDSA","kid":"{}","jwk":{public}}}"#, ours.kid()), Stage::Signature),
        (r#"{"alg":"EdDSA","jku":"http://127.0.0.1:9/jwks.json"}"#.into(), Stage::Signature),
        (r#"{"alg":"EdDSA","x5u":"http://127.0.0.1:9/x"}"#.into(), Stage::Signature),
        (r#"{"alg":"EdDSA","x5c":["MIIB"],"x5t":"A"}"#.into(), Stage::Signature),
    ] {
        assert_eq!(world.stage(&forge(&header, payload(), &key)), Some(stage), "{header}");
    }
}

#[test]
fn what_changes_how_a_token_is_to_be_read_is_refused() {
    let world = ready();
    for rest in [
        r#","crit":["exp"]"#,
        r#","crit":[]"#,
        r#","crit":null"#,
        r#","crit":["b64"],"b64":false"#,
        r#","crit":["alg"]"#,
        r#","crit":"x""#,
        r#","b64":false"#,
        r#","b64":true"#,
        r#","zip":"DEF""#,
        r#","zip":null"#,
        r#","alg":"EdDSA""#,
        r#","kid":"x""#,
        r#","x":1,"x":1"#,
        r#","\u0061lg":"none""#,
        r#","jwk":{"a":1,"a":2}"#,
        r#","typ":7"#,
    ] {
        let token = forge(&header(rest), payload(), &our_key());
        assert_eq!(world.stage(&token), Some(Stage::Parse), "{rest}");
    }
    for whole in ["[]", "\"x\"", "7", "null", "", "{", "{}{}", "\u{feff}{\"alg\":\"EdDSA\"}"] {
        let token = forge(whole, payload(), &our_key());
        assert_eq!(world.stage(&token), Some(Stage::Parse), "{whole}");
    }
}

#[test]
fn a_payload_is_one_object_without_duplicates() {
    let world = ready();
    let good = payload();
    let inside = &good[1..good.len() - 1];
    let deep = format!("{{{inside},\"x\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(forge("{}", &deep, &our_key()).len() > MAX_TOKEN);
    let deep = |depth| format!("{{{inside},\"x\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(world.stage(&forge(&header(""), deep(31), &our_key())), None);
    for bad in [
        deep(32),
        deep(3000),
        format!("{{{inside},\"exp\":9999999999}}"),
        format!("{{{inside},\"\\u0065xp\":9999999999}}"),
        format!("{{{inside},\"x\":{{\"y\":[{{\"a\":1,\"a\":1}}]}}}}"),
        format!("{{{inside},\"x\":\"\\ud800\"}}"),
        format!("\u{feff}{good}"),
        format!("[{good}]"),
        format!("{good}{good}"),
        format!("{good},"),
        String::new(),
        "null".into(),
    ] {
        let stage = world.stage(&forge(&header(""), &bad, &our_key()));
        assert_eq!(stage, Some(Stage::Claims), "{}", bad.chars().take(80).collect::<String>());
    }
    let mut bytes = good.into_bytes();
    bytes.splice(1..1, *b"\"\xff\":1,");
    assert_eq!(world.stage(&forge(&header(""), bytes, &our_key())), Some(Stage::Claims));
}

#[test]
fn one_token_is_one_string_of_bytes() {
    let world = ready();
    let token = world.access("alice");
    let parts: Vec<&str> = token.split('.').collect();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=";
    for part in 0..3 {
        for last in alphabet.chars() {
            let mut changed = parts.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>();
            changed[part].pop();
            changed[part].push(last);
            let changed = changed.join(".");
            assert_eq!(world.stage(&changed).is_none(), changed == token, "{part} {last}");
        }
        for add in ["=", "==", "%3d", "\n", " ", "\0", "\u{a0}", "é"] {
            let mut changed = parts.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>();
            changed[part].push_str(add);
            assert_eq!(world.stage(&changed.join(".")), Some(Stage::Parse), "{part} {add:?}");
        }
    }
    for changed in [
        format!(" {token}"),
        format!("{token}\n"),
        format!("Bearer {token}"),
        format!("\"{token}\""),
        format!("{token}."),
        format!(".{token}"),
        token.replacen('.', "%2e", 1),
        token.replacen('.', "..", 1),
        token.replace('.', ""),
        format!("{token}.{}.{}", parts[1], parts[2]),
        format!("{{\"payload\":\"{}\",\"signature\":\"{}\"}}", parts[1], parts[2]),
        String::new(),
        "..".into(),
        ".".repeat(8 << 20),
        "A".repeat(8 << 20),
    ] {
        assert_eq!(world.stage(&changed), Some(Stage::Parse));
    }
}

#[test]
fn a_signature_has_one_form() {
    let world = ready();
    let token = world.access("alice");
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let bytes = {
        use base64::Engine;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(signature).unwrap()
    };
    let mut larger = bytes.clone();
    let mut carry = 0;
    for (byte, order) in larger[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        (*byte, carry) = (sum.to_le_bytes()[0], sum >> 8);
    }
    for bad in [larger, vec![0; 64], vec![], bytes[..63].to_vec(), [&bytes[..], &[0]].concat()] {
        let stage = world.stage(&format!("{signed}.{}", encode(&bad)));
        assert_eq!(stage, Some(Stage::Signature), "{bad:?}");
    }
}

#[test]
fn nothing_is_told_of_claims_whose_signature_does_not_match() {
    let key = our_key();
    let candidates = Candidates { keys: vec![&key], set_aside: &[], exact: true };
    let token = world(rules()).access("alice");
    let cut = format!("{}.{}", token.rsplit_once('.').unwrap().0, encode([7; 64]));
    let report = examine(&cut, &candidates, &Expected { now: NOW, ..Expected::default() });
    assert!(report.claims.is_none() && report.header.is_some() && report.kid.is_none());
    assert!(Parsed::read(&cut).is_ok());
}
