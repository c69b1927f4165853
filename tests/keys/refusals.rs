//! What is refused, and in which words.

use jot::alg::Algorithm;
use jot::error::Code;
use jot::json::{Json, MAX_DEPTH};
use jot::key::{Form, Key, Part};

use crate::{generate, openssl, read, read_one, refused, text};

const NONE: &[Algorithm] = &[];
const HS: &[Algorithm] = &[Algorithm::HS256];

/// That `bytes` are refused in `words`, which stand after "here: ".
fn check(code: Code, bytes: impl AsRef<[u8]>, algs: &[Algorithm], words: &str) {
    let error = refused(&bytes, algs);
    let told = error.to_string();
    assert!(told.starts_with(&format!("here: {words}")), "{told:?} instead of {words:?}");
    assert_eq!(error.code(), code, "{told}");
}

fn unreadable(bytes: impl AsRef<[u8]>, words: &str) {
    check(Code::KeyUnreadable, bytes, NONE, words);
}

fn unfit(bytes: impl AsRef<[u8]>, words: &str) {
    check(Code::KeyUnfit, bytes, NONE, words);
}

/// A JWK of `key` with these members put in or, for null, taken out.
fn jwk(key: &Key, part: Part, changes: &str) -> String {
    let mut jwk = key.jwk(part).unwrap();
    let changes = Json::read(changes, MAX_DEPTH).unwrap();
    let Json::Object(members) = &mut jwk else { panic!() };
    for (name, value) in changes.members().unwrap() {
        members.retain(|(other, _)| other != name);
        if *value != Json::Null {
            members.push((name.clone(), value.clone()));
        }
    }
    jwk.to_string()
}

fn block(label: &str) -> String {
    format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n")
}

#[test]
fn what_is_no_key_is_named() {
    unreadable("", "this is empty");
    unreadable(" \r\n\t", "this is empty");
    unreadable([0; 40], "this is binary data of 40 bytes and no known key");
    unreadable("swordfish", "this is text of 9 bytes and no known key");
    unreadable(vec![b'x'; (1 << 20) + 1], "this is larger than 1 MiB");
    unreadable("<!DOCTYPE html><html></html>", "this is HTML;");
    unreadable("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA me", "this is an OpenSSH public key;");
    unreadable("eyJhbGciOiJIUzI1NiJ9.e30.abc", "this is a token;");
    unreadable(b"\xff\xfe-\0-\0-\0", "this is UTF-16 text");
    unreadable(block("OPENSSH PRIVATE KEY"), "this is an OpenSSH private key");
    unreadable(block("PGP PRIVATE KEY BLOCK"), "this is a PGP block");
    unreadable(block("X\u{1b}[31m"), r#"the PEM block "X\u{1b}[31m" is no key"#);
    unreadable(block("PRIVATE KEY"), r#"the PEM block "PRIVATE KEY" does not hold a key"#);
    unreadable("[1]", "this is JSON, an array; a JWK is an object");
    unreadable("{\"kty\":\"EC\"", "this looks like JSON and is damaged");
    unreadable("{\"token\":1}", "this JSON has no \"kty\"");
    unreadable("{\"keys\":{}}", "\"keys\" of this JWKS is an object, not an array");
    unfit("{\"keys\":[]}", "this JWKS holds no key");
    let hint = refused("swordfish", NONE).hint_text().unwrap().to_owned();
    assert_eq!(hint, "a raw HMAC secret needs --alg HS256");
}

#[test]
fn keys_that_no_algorithm_uses_are_named() {
    let curve = |name: &str| format!("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:{name}");
    let dsa = "-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----";
    unfit(dsa, "this is a DSA key");
    for (making, words) in [
        ("genpkey -algorithm ED448", "this is an Ed448 key"),
        ("genpkey -algorithm X25519", "this is an X25519 key"),
        ("genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048", "this is an RSASSA-PSS key"),
        (&curve("P-521"), "this is an EC P-521 key"),
        (&curve("secp256k1"), "this is an EC secp256k1 key"),
        (&curve("P-224"), "this is an EC P-224 key"),
    ] {
        let key = openssl(making, b"");
        unfit(&key, words);
        unfit(openssl("pkey -pubout", &key), words);
        unfit(openssl("pkey -outform DER", &key), words);
    }
    unfit(openssl("ec", &openssl(&curve("P-521"), b"")), "this is an EC P-521 key");
    let explicit = openssl(&format!("{} -pkeyopt ec_param_enc:explicit", curve("P-521")), b"");
    unfit(explicit, "this is an EC key on a curve that is neither P-256 nor P-384");
}

#[test]
fn what_openssl_makes_beside_keys_is_named() {
    let key = text(&generate(Algorithm::ES256), Form::Pkcs8, Part::Private);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.pem");
    std::fs::write(&path, &key).unwrap();
    let request = format!("req -new -subj /CN=me -key {}", path.display());
    unreadable(openssl(&format!("{request} -x509"), b""), "this is an X.509 certificate");
    unreadable(openssl(&format!("{request} -x509 -outform DER"), b""), "this is an X.509");
    unreadable(openssl(&request, b""), "this is a certificate request");
    let parameters = openssl("ecparam -name prime256v1", b"");
    unreadable(parameters, "these are EC parameters without a key");
    let legacy = openssl("ec -aes128 -passout pass:word", key.as_bytes());
    unreadable(legacy, "this private key is encrypted in the legacy way of OpenSSL (Proc-Type)");
    let outdated = openssl("pkcs8 -topk8 -v2 des3 -passout pass:word", key.as_bytes());
    assert_eq!(refused(&outdated, NONE).code(), Code::KeyUnreadable);
}

#[test]
fn damage_is_named() {
    let key = generate(Algorithm::RS256);
    let pem = text(&key, Form::Pkcs8, Part::Private);
    unreadable(&pem[..pem.len() / 2], "this PEM text is cut short");
    unreadable(pem.replacen('M', "*", 1), "the base64 of this PEM text is damaged");
    unreadable(pem.replace("END PRIVATE", "END PUBLIC"), "the BEGIN and END lines");
    let der = key.write(Form::Der, Part::Private, None).unwrap();
    unreadable(&der[..der.len() - 1], "this is DER that is cut short");
    let mut other = der.to_vec();
    other[400] ^= 1;
    unfit(&other, "the numbers of this RSA key do not belong together");
    let several = pem + &text(&generate(Algorithm::RS256), Form::Pkcs8, Part::Public);
    unfit(several, "there are 2 different keys in this PEM text");
}

#[test]
fn an_algorithm_is_chosen_by_kind_and_by_what_is_wanted() {
    use Algorithm::{ES256, ES384, HS256, HS512, PS256, RS256, RS512};
    let chosen = |key: &Key, form, algs: &[_]| {
        read(text(key, form, Part::Private), algs).map(|set| set.keys[0].alg())
    };
    let rsa = generate(RS256);
    assert_eq!(chosen(&rsa, Form::Pkcs8, &[PS256]).unwrap(), PS256);
    assert_eq!(chosen(&rsa, Form::Pkcs8, &[ES256, RS512, HS256]).unwrap(), RS512);
    assert_eq!(chosen(&rsa, Form::Jwk, &[PS256]).unwrap(), RS256);
    let public = text(&generate(ES384), Form::Pkcs8, Part::Public);
    check(
        Code::KeyUnfit,
        public,
        &[RS256],
        "this is an EC P-384 public key; RS256 needs an RSA key",
    );
    let pem = text(&rsa, Form::Pkcs8, Part::Private);
    let words = "this is an RSA private key, which fits RS256 and PS256, and does not say which";
    check(Code::KeyUnfit, pem, &[RS256, PS256], words);
    let secret = [b's'; 64];
    assert_eq!(read(secret, &[RS256, HS512]).unwrap().keys[0].alg(), HS512);
    check(Code::KeyUnfit, secret, &[HS256, HS512], "this is a symmetric key, which fits HS256 and");
    let nameless = jwk(&generate(HS256), Part::Private, r#"{"alg":null}"#);
    unfit(&nameless, "this is a symmetric key that does not name its algorithm");
    assert_eq!(read(nameless, HS).unwrap().keys[0].alg(), HS256);
}

#[test]
fn unfit_secrets_are_told_why() {
    let secret = |bytes: &[u8], words| check(Code::KeyUnfit, bytes, HS, words);
    secret(&[b's'; 31], "the secret has 31 bytes; HS256 needs at least 32");
    secret(b"0123456789abcdef0123456789abcde\r\n", "the secret has 31 bytes");
    assert_eq!(read([&[b's'; 32], &b"\n"[..]].concat(), HS).unwrap().keys[0].bits(), 256);
    let rsa = generate(Algorithm::RS256);
    for (form, what) in
        [(Form::Pkcs8, "PEM text"), (Form::Der, "a key in DER"), (Form::Jwk, "a JWK")]
    {
        let public = rsa.write(form, Part::Public, None).unwrap();
        let k = format!(r#"{{"k":"{}"}}"#, base64url(&public));
        let disguised = jwk(&generate(Algorithm::HS256), Part::Private, &k);
        unfit(disguised, &format!("the secret is really {what}"));
        if form != Form::Jwk {
            let words = "this is an RSA public key; HS256 needs a symmetric key";
            check(Code::KeyUnfit, &*public, HS, words);
        }
    }
    let verifying = jwk(&generate(Algorithm::HS256), Part::Private, r#"{"key_ops":["verify"]}"#);
    let verifying = read_one(verifying);
    assert!(verifying.signing().is_none() && verifying.is_secret());
    let empty = jwk(&generate(Algorithm::HS256), Part::Private, r#"{"k":""}"#);
    unfit(empty, "the secret is empty");
}

#[test]
fn unfit_jwks_are_told_why() {
    let (ec, ed, rsa) =
        (generate(Algorithm::ES256), generate(Algorithm::EdDSA), generate(Algorithm::RS256));
    let other = generate(Algorithm::ES256).jwk(Part::Private).unwrap();
    let d = |key: &Json| format!(r#"{{"d":{}}}"#, key.get("d").unwrap());
    let apart = "the public half of this key does not belong to its private half";
    for (key, part, change, words) in [
        (&ec, Part::Public, r#"{"use":"enc"}"#, "this JWK is for the use \"enc\", not \"sig\""),
        (&ec, Part::Public, r#"{"use":1}"#, "\"use\" of this JWK is a number, not a string"),
        (
            &ec,
            Part::Public,
            r#"{"key_ops":["sign"]}"#,
            "\"key_ops\" of this JWK does not contain \"verify\"",
        ),
        (
            &ec,
            Part::Private,
            r#"{"key_ops":["verify"]}"#,
            "\"key_ops\" of this JWK does not contain \"sign\"",
        ),
        (&ec, Part::Public, r#"{"key_ops":"verify"}"#, "\"key_ops\" of this JWK is not an array"),
        (
            &ec,
            Part::Public,
            r#"{"alg":"ES384"}"#,
            "this is an EC P-256 public key; ES384 needs an EC P-384 key",
        ),
        (
            &ec,
            Part::Public,
            r#"{"alg":"HS256"}"#,
            "this is an EC P-256 public key; HS256 needs a symmetric key",
        ),
        (
            &ec,
            Part::Public,
            r#"{"alg":"ES512"}"#,
            "this JWK is for the algorithm \"ES512\", which is not supported",
        ),
        (&ec, Part::Public, r#"{"alg":"ECDH-ES"}"#, "this JWK is for the algorithm \"ECDH-ES\""),
        (&ec, Part::Public, r#"{"crv":"P-521"}"#, "this is an EC key on the curve \"P-521\""),
        (
            &ec,
            Part::Public,
            r#"{"crv":"P-384"}"#,
            "the point of this EC key is not on the curve P-384",
        ),
        (&ec, Part::Public, r#"{"x":"AQ"}"#, "the point of this EC key is not on the curve P-256"),
        (
            &ec,
            Part::Public,
            r#"{"x":"AQ=="}"#,
            "\"x\" of this JWK is not base64url without padding",
        ),
        (&ec, Part::Public, r#"{"x":null}"#, "this JWK has no \"x\""),
        (&ec, Part::Private, &d(&other), apart),
        (&ed, Part::Private, &d(&generate(Algorithm::EdDSA).jwk(Part::Private).unwrap()), apart),
        (&ed, Part::Public, r#"{"x":"AQ"}"#, "this Ed25519 key does not have 32 bytes"),
        (&rsa, Part::Public, r#"{"e":"AQ"}"#, "this RSA key has the exponent 1"),
        (&rsa, Part::Public, r#"{"n":"AQAB"}"#, "this RSA key has 17 bits; at least 2048"),
        (
            &rsa,
            Part::Private,
            r#"{"d":"AQAB"}"#,
            "the numbers of this RSA key do not belong together",
        ),
        (&rsa, Part::Private, r#"{"p":null}"#, "this JWK has no \"p\""),
        (&rsa, Part::Public, r#"{"kty":"DSA"}"#, "this JWK is of the unknown kind (kty) \"DSA\""),
    ] {
        unfit(jwk(key, part, change), words);
    }
    let twice = ec.jwk(Part::Public).unwrap().to_string().replacen('{', r#"{"kty":"EC","#, 1);
    unfit(twice, "the member \"kty\" stands twice in this JWK");
    let ed = jwk(&ed, Part::Public, r#"{"alg":"Ed25519"}"#);
    assert_eq!(read_one(ed).alg(), Algorithm::EdDSA);
}

#[test]
fn weak_rsa_keys_are_refused_in_every_form() {
    let weak = openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024", b"");
    for form in ["pkey", "pkey -pubout", "rsa -traditional", "pkey -outform DER"] {
        unfit(openssl(form, &weak), "this RSA key has 1024 bits; at least 2048 are needed");
    }
}

#[test]
fn a_set_keeps_what_is_usable_and_says_why_the_rest_is_not() {
    let (one, two) = (generate(Algorithm::ES256), generate(Algorithm::EdDSA));
    let set = |entries: &[String]| format!(r#"{{"keys":[{}]}}"#, entries.join(","));
    let good = jwk(&one, Part::Public, r#"{"kid":"one"}"#);
    let enc = jwk(&two, Part::Public, r#"{"kid":"two","use":"enc"}"#);
    let read = read(set(&[enc.clone(), good.clone(), "1".to_owned()]), NONE).unwrap();
    assert_eq!(read.keys.iter().map(Key::kid).collect::<Vec<_>>(), ["one"]);
    assert_eq!(read.set_aside.len(), 2);
    assert_eq!(read.set_aside[0].kid.as_deref(), Some("two"));
    assert_eq!(read.set_aside[0].reason, "this JWK is for the use \"enc\", not \"sig\"");

    unfit(set(&[enc]), "this JWK is for the use \"enc\", not \"sig\"");
    let same = jwk(&two, Part::Public, r#"{"kid":"one"}"#);
    unfit(set(&[good.clone(), same]), "the kid \"one\" stands for two keys of this JWKS");
    let secret = jwk(&generate(Algorithm::HS256), Part::Private, "{}");
    unfit(set(&[good, secret]), "this JWKS mixes symmetric keys with public or private ones");
}

#[test]
fn no_secret_is_shown_or_published() {
    let key = generate(Algorithm::HS256);
    let k = key.jwk(Part::Private).unwrap().get("k").unwrap().as_str().unwrap().to_owned();
    assert!(!format!("{key:?}").contains(&k));
    for form in [Form::Jwk, Form::Jwks, Form::Pkcs8, Form::Der] {
        let error = key.write(form, Part::Public, None).unwrap_err();
        assert_eq!(error.to_string(), "a symmetric key has no public half and is never published");
    }
    let key = generate(Algorithm::EdDSA);
    assert!(key.jwk(Part::Public).unwrap().get("d").is_none());
}

fn base64url(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
