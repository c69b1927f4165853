//! The signature, as far as it can be judged without a key: its length, its form, and whether it was
//! made with a secret that everybody knows.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::alg;
use crate::finding::{Finding, token as rules};
use crate::json::Json;
use crate::reading::{Kind, Reading};

/// The fewest bytes of an RSA signature: a modulus of 2048 bits.
const RSA: usize = 256;

pub(super) fn lint(reading: &Reading, findings: &mut Vec<Finding>) {
    let alg = reading.header.get("alg").and_then(Json::as_str).unwrap_or_default();
    let mut parts = reading.token.splitn(3, '.');
    let (Some(header), Some(payload)) = (parts.next(), parts.next()) else { return };
    let signature = parts.next();
    if reading.kind == Kind::Unsecured && !alg.eq_ignore_ascii_case("none") {
        let seen = if signature.is_none() { "the part is missing" } else { "the part is empty" };
        findings.push(rules::UNSIGNED.seen(seen));
    }
    let bytes = signature.and_then(|part| BASE64_URL_SAFE_NO_PAD.decode(part).ok());
    let Some(bytes) = bytes.filter(|_| reading.kind == Kind::Jws) else { return };
    findings.extend(misshapen(alg, &bytes));
    let signed = &reading.token[..=header.len() + payload.len()];
    findings.extend(guessed(alg, signed.as_bytes(), &bytes));
}

/// RFC 7518 3.2 to 3.5, RFC 8037 3.1, RFC 8812 3.2.
fn misshapen(alg: &str, bytes: &[u8]) -> Option<Finding> {
    let length = bytes.len();
    let fits = match alg {
        "HS256" => length == 32,
        "HS384" => length == 48,
        "HS512" | "ES256" | "ES256K" | "EdDSA" | "Ed25519" => {
            length == 64 || (alg == "EdDSA" && length == 114)
        }
        "ES384" => length == 96,
        "ES512" => length == 132,
        _ if alg.starts_with("RS") || alg.starts_with("PS") => length >= RSA,
        _ => true,
    };
    if fits {
        return None;
    }
    if alg.starts_with("ES") && is_der(bytes) {
        let seen = format!("the signature of {length} bytes is a DER sequence");
        return Some(rules::DER.seen(seen));
    }
    Some(rules::LENGTH.seen(format!("the signature has {length} bytes, \"alg\" is \"{alg}\"")))
}

/// Whether it is one DER sequence to its end (X.690 8.9), as OpenSSL writes signatures.
fn is_der(bytes: &[u8]) -> bool {
    match bytes {
        [0x30, length, rest @ ..] if *length < 0x80 => usize::from(*length) == rest.len(),
        [0x30, 0x81, length, rest @ ..] => usize::from(*length) == rest.len(),
        _ => false,
    }
}

/// The known secret itself is not told: it would stand in logs beside the token.
fn guessed(alg: &str, signed: &[u8], signature: &[u8]) -> Option<Finding> {
    let algorithm = match alg {
        "HS256" => hmac::HMAC_SHA256,
        "HS384" => hmac::HMAC_SHA384,
        "HS512" => hmac::HMAC_SHA512,
        _ => return None,
    };
    let fits = |secret: &&&str| {
        let key = hmac::Key::new(algorithm, secret.as_bytes());
        hmac::verify(&key, signed, signature).is_ok()
    };
    let secret = alg::known::SECRETS.iter().find(fits)?;
    let seen = match secret.len() {
        0 => "it is signed with an empty secret".to_owned(),
        length => format!("it is signed with a well-known secret of {length} bytes"),
    };
    Some(rules::GUESSED.seen(seen))
}
