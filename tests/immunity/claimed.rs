//! Classes 6 to 9: what a token says of itself, in its header and its claims.

use crate::target::*;

/// CVE-2025-59420, GHSA-752w-5fwx-jx9f; RFC 7515 4.1.11.
#[test]
fn c06_critical_is_not_ignored() {
    let target = Target::ready();
    let key = target.key();
    let crits = [
        r#","crit":["x"]"#,
        r#","crit":["x"],"x":1"#,
        r#","crit":[]"#,
        r#","crit":["exp"],"exp":1"#,
        r#","crit":["alg"]"#,
        r#","crit":["x","x"],"x":1"#,
        r#","crit":null"#,
        r#","crit":"b64""#,
        r#","crit":["b64"],"b64":false"#,
        r#","b64":false"#,
        r#","crit":["b64"],"b64":true"#,
    ];
    target.refuses(&crits.map(|more| forge(&target.header(more), claims(), &key)), "parse");
}

/// CVE-2026-25537: a time of the wrong type is no time that is missing.
#[test]
fn c07_a_claim_of_the_wrong_type_is_refused() {
    let target = Target::ready();
    let key = target.key();
    let mut tokens = Vec::new();
    for bad in [
        r#""4000000000""#,
        r#""""#,
        "null",
        "true",
        "[]",
        "[4000000000]",
        "{}",
        "-1",
        "-0",
        "1e400",
        "9223372036854775808",
        "18446744073709551616",
        r#""NaN""#,
    ] {
        for name in ["exp", "nbf", "iat"] {
            let claims = claims_with(name, &format!(r#""{name}":{bad}"#));
            tokens.push(forge(&target.header(""), claims, &key));
        }
    }
    for bad in [r#""jti":7"#, r#""jti":null"#, r#""type":["access"]"#, r#""aud":7"#, r#""iss":[]"#]
    {
        let name = &bad[1..bad.find(':').unwrap() - 1];
        tokens.push(forge(&target.header(""), claims_with(name, bad), &key));
    }
    target.refuses(&tokens, "claims");
    for flags in [&["--ignore-exp"][..], &["--key", "jwt-signing.pub"]] {
        let times = &tokens[..39];
        for (token, stage) in times.iter().zip(target.judged(flags, times)) {
            assert_eq!(stage.as_deref(), Some("claims"), "{flags:?} {token}");
        }
    }
}

/// GHSA-75c5-xw7c-p5pm; RFC 8725 3.8, 3.9.
#[test]
fn c08_issuer_and_audience_are_compared_whole() {
    let target = Target::ready();
    let key = target.key();
    let with = |more: &str| forge(&target.header(""), claims_with("", more), &key);
    let flags = ["--iss", "https://login.example", "--aud", "api"];
    let good = [
        r#""iss":"https://login.example","aud":"api""#,
        r#""iss":"https://login.example","aud":["web","api"]"#,
    ];
    assert_eq!(target.judged(&flags, &good.map(with)), [None, None]);
    let mut tokens = Vec::new();
    for iss in [
        r#""https://login""#,
        r#""https://login.example/""#,
        r#""https://login.example.evil""#,
        r#""login.example""#,
        r#""HTTPS://LOGIN.EXAMPLE""#,
        r#""""#,
        r#"["https://login.example"]"#,
    ] {
        tokens.push(with(&format!(r#""iss":{iss},"aud":"api""#)));
    }
    for aud in [
        r#""ap""#,
        r#""apis""#,
        r#""web api""#,
        "[]",
        r#""""#,
        "7",
        r#"["ap","i"]"#,
        r#"["api",7]"#,
    ] {
        tokens.push(with(&format!(r#""iss":"https://login.example","aud":{aud}"#)));
    }
    tokens.push(with(r#""aud":"api""#));
    tokens.push(with(r#""iss":"https://login.example""#));
    for (token, stage) in tokens.iter().zip(target.judged(&flags, &tokens)) {
        assert_eq!(stage.as_deref(), Some("claims"), "{token}");
    }
}

/// CVE-2026-29000: what is wrapped in encryption is not verified by that.
#[test]
fn c09_an_encrypted_token_is_no_signed_one() {
    let target = Target::ready();
    let header = encode(r#"{"alg":"dir","enc":"A256GCM","cty":"JWT"}"#);
    let inner = format!("{}.{}.", encode(r#"{"alg":"none"}"#), encode(claims()));
    let wrapped =
        [header.as_str(), "", &encode([0; 12]), &encode(inner), &encode([0; 16])].join(".");
    target.refuses(std::slice::from_ref(&wrapped), "parse");
    let shown = target.folder.run(&["--json", "decode", &wrapped], "");
    assert!(!shown.contains("mallory"), "{shown}");
}
