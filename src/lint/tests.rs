//! One token for each rule, and what makes none.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::*;
use crate::finding::Severity;
use crate::reading;

const NOW: i64 = 1_800_000_000;
const HEADER: &str = r#"{"alg":"EdDSA","typ":"JWT"}"#;
const CLAIMS: &str =
    r#"{"iss":"i","aud":"a","jti":"j","iat":1800000000,"exp":1800000300,"sub":"alice"}"#;

fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn token(header: &str, claims: &str, signature: &[u8]) -> String {
    format!("{}.{}.{}", encode(header), encode(claims), encode(signature))
}

fn found(pasted: &str) -> Vec<Finding> {
    lint(&reading::read(pasted.as_bytes()).unwrap(), NOW)
}

fn ids(pasted: &str) -> Vec<&'static str> {
    found(pasted).iter().map(|finding| finding.rule.id).collect()
}

/// What a header alone gives rise to.
fn of_header(header: &str) -> Vec<&'static str> {
    ids(&token(header, CLAIMS, &[0x11; 64]))
}

/// What claims alone give rise to, without what they do not say.
fn of_claims(claims: &str) -> Vec<&'static str> {
    let lacks = ["token.no-jti", "token.no-iat", "token.no-iss", "token.no-aud"];
    let all = ids(&token(HEADER, claims, &[0x11; 64]));
    all.into_iter().filter(|id| !lacks.contains(id)).collect()
}

/// The claims of a good token, with others before them.
fn with(claims: &str) -> String {
    format!("{{{claims},{}", &CLAIMS[1..])
}

#[test]
fn a_good_token_gives_rise_to_nothing() {
    assert_eq!(ids(&token(HEADER, CLAIMS, &[0x11; 64])), [""; 0]);
    let spoken = token(r#"{"alg":"EdDSA","typ":"application/AT+JWT"}"#, CLAIMS, &[0x11; 64]);
    assert_eq!(ids(&format!("Authorization: Bearer {spoken}")), [""; 0]);
}

#[test]
fn headers() {
    for (header, id) in [
        (r#"{"alg":"HS1","typ":"JWT"}"#, "token.alg-deprecated"),
        (r#"{"alg":"FOO","typ":"JWT"}"#, "token.alg-unknown"),
        (r#"{"alg":"eddsa","typ":"JWT"}"#, "token.alg-unknown"),
        (r#"{"alg":1,"typ":"JWT"}"#, "token.alg-missing"),
        (r#"{"typ":"JWT"}"#, "token.alg-missing"),
        (r#"{"alg":"EdDSA","typ":"JWT","jwk":{}}"#, "token.key-in-header"),
        (r#"{"alg":"EdDSA","typ":"JWT","x5u":"https://a"}"#, "token.key-in-header"),
        (r#"{"alg":"EdDSA","typ":"JWT","crit":["exp"],"exp":1}"#, "token.crit"),
        (r#"{"alg":"EdDSA","typ":"JWT","crit":[]}"#, "token.crit-malformed"),
        (r#"{"alg":"EdDSA","typ":"JWT","crit":["exp"]}"#, "token.crit-malformed"),
        (r#"{"alg":"EdDSA","typ":"JWT","crit":["e","e"],"e":1}"#, "token.crit-malformed"),
        (r#"{"alg":"EdDSA","typ":"JWT","crit":"b64"}"#, "token.crit-malformed"),
        (r#"{"alg":"EdDSA","typ":"JWT","crit":[1]}"#, "token.crit-malformed"),
        (r#"{"alg":"EdDSA","typ":"JWT","b64":false,"crit":["b64"]}"#, "token.b64-false"),
        (r#"{"alg":"EdDSA","typ":"JWT","zip":"DEF"}"#, "token.zip"),
        (r#"{"alg":"EdDSA"}"#, "token.no-typ"),
        (r#"{"alg":"EdDSA","typ":"text"}"#, "token.typ-unusual"),
        (r#"{"alg":"EdDSA","typ":1}"#, "token.typ-unusual"),
        (r#"{"alg":"EdDSA","typ":"JWT","typ":"JWT"}"#, "token.duplicate-member"),
    ] {
        assert_eq!(of_header(header), [id], "{header}");
    }
}

#[test]
fn a_kid_is_a_name() {
    let long = "k".repeat(257);
    for kid in [
        "../../dev/null",
        "/etc/passwd",
        "|ls",
        "..\\\\x",
        "https://evil.example/jwks",
        "x' OR '1'='1",
        "x UNION SELECT 1",
        "a\\u0000b",
        "a\\u202eb",
        &long,
    ] {
        let header = format!(r#"{{"alg":"EdDSA","typ":"JWT","kid":"{kid}"}}"#);
        assert_eq!(of_header(&header), ["token.kid-strange"], "{kid}");
    }
    for kid in ["lNoHcPQ--selectV2FVk__x", "key 1", "2026-11@example.org", "dropped.v1"] {
        let header = format!(r#"{{"alg":"EdDSA","typ":"JWT","kid":"{kid}"}}"#);
        assert_eq!(of_header(&header), [""; 0], "{kid}");
    }
    assert_eq!(of_header(r#"{"alg":"EdDSA","typ":"JWT","kid":1}"#), ["token.kid-strange"]);
}

#[test]
fn what_is_unsigned_or_misshapen() {
    let none = token(r#"{"alg":"nOnE","typ":"JWT"}"#, CLAIMS, &[]);
    assert_eq!(ids(&none), ["token.alg-none"]);
    assert_eq!(ids(&token(HEADER, CLAIMS, &[])), ["token.no-signature"]);
    let two = format!("{}.{}", encode(HEADER), encode(CLAIMS));
    assert_eq!(ids(&two), ["token.no-signature", "token.parts"]);
    assert_eq!(ids(&format!("{two}.AA.AA")), ["token.parts"]);
    assert_eq!(ids(&encode(CLAIMS)), ["token.parts"]);
    let header = r#"{"alg":"dir","enc":"A128GCM","typ":"JWT"}"#;
    assert_eq!(ids(&format!("{}..AAAA.AAAA.AAAA", encode(header))), ["token.encrypted"]);
    assert_eq!(ids(&format!("{}.AAAA.AAAA", encode(header))), ["token.parts"]);
    for (alg, length, right) in [
        ("EdDSA", 63, false),
        ("ES256", 64, true),
        ("ES256", 96, false),
        ("ES384", 96, true),
        ("HS512", 32, false),
        ("RS256", 128, false),
        ("PS512", 512, true),
    ] {
        let header = format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#);
        let seen = ids(&token(&header, CLAIMS, &vec![0x11; length]));
        assert_eq!(seen.is_empty(), right, "{alg} {length} {seen:?}");
        assert!(right || seen == ["token.signature-length"], "{alg} {length} {seen:?}");
    }
    let mut der = vec![0x30, 70];
    der.extend([0x11; 70]);
    assert_eq!(
        ids(&token(r#"{"alg":"ES256","typ":"JWT"}"#, CLAIMS, &der)),
        ["token.signature-der"]
    );
}

#[test]
fn secrets_that_everybody_knows_are_found_and_not_told() {
    let header = r#"{"alg":"HS256","typ":"JWT"}"#;
    let signed = |secret: &str| {
        let input = format!("{}.{}", encode(header), encode(CLAIMS));
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        format!("{input}.{}", encode(hmac::sign(&key, input.as_bytes())))
    };
    for secret in ["", "secret", "your-256-bit-secret", "a-string-secret-at-least-256-bits-long"] {
        let found = found(&signed(secret));
        assert_eq!(found.iter().map(|f| f.rule.id).collect::<Vec<_>>(), ["token.guessable-secret"]);
        assert!(secret.is_empty() || !found[0].seen.contains(&format!("\"{secret}\"")));
    }
    assert_eq!(ids(&signed("6f1c2b8d9e0a4f7781c3d5e6f7a8b9c0")), [""; 0]);
}

#[test]
fn texts_are_strict_or_told() {
    let good = token(HEADER, CLAIMS, &[0x11; 64]);
    assert_eq!(ids(&format!("{good}==")), ["token.not-strict"]);
    let header =
        encode(r#"{"alg":"EdDSA","typ":"JWT","k":"??>"}"#).replace('-', "+").replace('_', "/");
    assert_eq!(
        ids(&format!("{header}.{}.{}", encode(CLAIMS), encode([0x11; 64]))),
        ["token.not-strict"]
    );
    let bits = format!("{}h", &good[..good.len() - 1]);
    assert_eq!(ids(&bits), ["token.not-strict"]);
    let (one, two) = good.split_at(40);
    assert_eq!(ids(&format!("{one}\n  {two}")), ["token.white-space"]);
}

#[test]
fn times() {
    for (claims, id) in [
        (r#"{"iat":1800000000}"#, "token.no-exp"),
        (r#"{"iat":1800000000,"exp":1799999999}"#, "token.times-disorder"),
        (r#"{"nbf":1800000010,"exp":1800000005}"#, "token.times-disorder"),
        (r#"{"iat":1800000000,"exp":1800086401}"#, "token.long-lived"),
        (r#"{"exp":1800086401}"#, "token.long-lived"),
        (r#"{"iat":1800000000,"exp":1807776001}"#, "token.very-long-lived"),
        (r#"{"type":"refresh","iat":1800000000,"exp":1807776001}"#, "token.very-long-lived"),
        (r#"{"exp":1800000000123}"#, "token.time-milliseconds"),
        (r#"{"exp":"1800000300"}"#, "token.time-mistyped"),
        (r#"{"exp":1e300}"#, "token.time-mistyped"),
        (r#"{"iat":1800000000.5,"exp":1800000300}"#, "token.time-odd"),
        (r#"{"auth_time":-1,"exp":1800000300}"#, "token.time-odd"),
        (r#"{"iat":1800000061,"exp":1800000300}"#, "token.iat-ahead"),
    ] {
        assert_eq!(of_claims(claims), [id], "{claims}");
    }
    for claims in [
        r#"{"iat":1800000000,"exp":1800086400}"#,
        r#"{"type":"refresh","iat":1800000000,"exp":1807776000}"#,
        r#"{"token_type":"refresh","iat":1800000000,"exp":1802592000}"#,
        r#"{"iat":1800000060,"exp":1800000300}"#,
    ] {
        assert_eq!(of_claims(claims), [""; 0], "{claims}");
    }
}

#[test]
fn claims() {
    let lone = ids(&token(HEADER, r#"{"exp":1800000300}"#, &[0x11; 64]));
    assert_eq!(lone, ["token.no-jti", "token.no-iat", "token.no-iss", "token.no-aud"]);
    let inner = token(HEADER, CLAIMS, &[0x11; 64]);
    for (claims, id) in [
        (r#""type":"access","token_type":"access""#, "token.two-kinds"),
        (r#""user":{"api_key":"abc"}"#, "token.secret-claim"),
        (r#""pin":[{"Password":12345}]"#, "token.secret-claim"),
        (r#""note":"-----BEGIN EC PRIVATE KEY-----""#, "token.private-key"),
        (r#""cnf":{"jwk":{"kty":"EC","d":"AA"}}"#, "token.private-key"),
        (r#""card":"4111 1111 1111 1111""#, "token.card-number"),
        (&format!(r#""act":"{inner}""#), "token.nested"),
    ] {
        assert_eq!(of_claims(&with(claims)), [id], "{claims}");
    }
    for claims in [
        r#""password":true,"secret":"","secretary":"bob""#,
        r#""cnf":{"jwk":{"kty":"EC","x":"AA"}}"#,
        r#""order":"4111111111111112","version":"1.2.3""#,
    ] {
        assert_eq!(of_claims(&with(claims)), [""; 0], "{claims}");
    }
    let told = found(&token(HEADER, &with(r#""user":{"secret":"hush-hush"}"#), &[0x11; 64]));
    assert_eq!(told[0].seen, "\"user.secret\" is there");
}

#[test]
fn payloads_that_are_no_claims() {
    let inner = token(HEADER, CLAIMS, &[0x11; 64]);
    assert_eq!(ids(&token(HEADER, &inner, &[0x11; 64])), ["token.nested"]);
    for payload in ["hello", "[1]", ""] {
        assert_eq!(ids(&token(HEADER, payload, &[0x11; 64])), ["token.not-claims"], "{payload}");
    }
}

#[test]
fn size() {
    for (length, id) in
        [(3000, None), (4200, Some("token.large-for-cookie")), (9000, Some("token.large"))]
    {
        let claims = with(&format!(r#""x":"{}""#, "x".repeat(length * 3 / 4)));
        assert_eq!(of_claims(&claims), id.as_slice(), "{length}");
    }
}

#[test]
fn no_token_makes_a_flood() {
    let name = "n".repeat(1 << 16);
    let inner = r#""password":"p","#.repeat(1 << 16);
    let claims = with(&format!(r#""{name}":{{{inner}"a":1}}"#));
    let found = found(&token(HEADER, &claims, &[0x11; 64]));
    // So many of the claims, beside what is said of the whole.
    assert!(found.len() <= 2 * MOST, "{}", found.len());
    assert!(found.iter().any(|finding| finding.rule.id == "token.secret-claim"));
    assert!(found.iter().all(|finding| finding.seen.len() < 200));
    let dots = format!("{}.{}{}", encode(HEADER), encode(CLAIMS), ".=".repeat(1 << 16));
    assert!(ids(&dots).len() < 10);
}

#[test]
fn the_worst_comes_first() {
    let all = found(&token(r#"{"alg":"none"}"#, "{}", &[]));
    let severities: Vec<_> = all.iter().map(|finding| finding.rule.severity).collect();
    assert!(severities.is_sorted() && severities[0] == Severity::High, "{severities:?}");
}
