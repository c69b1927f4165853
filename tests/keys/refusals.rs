//! What is refused, and in which words.

use jot::alg::Algorithm;
use jot::error::Code;
use jot::key::{Form, Key, Part};

use crate::jwks::jwk;
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

pub(crate) fn unfit(bytes: impl AsRef<[u8]>, words: &str) {
    check(Code::KeyUnfit, bytes, NONE, words);
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
    assert_eq!(
        hint,
        "a raw HMAC secret needs JOT_KEYS__ALG=HS256 (keys.alg) in the ring, and --alg HS256 where you name its file"
    );
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
fn weak_rsa_keys_are_refused_in_every_form() {
    let weak = openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024", b"");
    for form in ["pkey", "pkey -pubout", "rsa -traditional", "pkey -outform DER"] {
        unfit(openssl(form, &weak), "this RSA key has 1024 bits; at least 2048 are needed");
    }
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
