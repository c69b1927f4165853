//! A public key is no secret: whatever form of it is used as one, no token made so is believed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jot::alg::Algorithm;
use jot::claims::check::{Expected, examine};
use jot::error::Stage;
use jot::json::Json;
use jot::jws::Candidates;
use jot::key::{self, Form, Key, Part, Wanted};
use jsonwebtoken::EncodingKey;

use super::forged::{forge, payload};
use super::world::*;

/// The order of P-256 (FIPS 186-5), which neither number reaches.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
    0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// Every form in which somebody could hold the public key.
fn forms(key: &Key) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for form in [Form::Pkcs8, Form::Pkcs1, Form::Sec1, Form::Der, Form::Jwk, Form::Jwks] {
        let Ok(bytes) = key.write(form, Part::Public, None) else { continue };
        if let Ok(text) = std::str::from_utf8(&bytes) {
            let flat: String = text.lines().filter(|line| !line.starts_with("---")).collect();
            let trimmed = text.trim_end();
            forms.extend(
                [
                    trimmed.to_owned(),
                    format!("{trimmed}\n"),
                    format!("{trimmed}\n\n"),
                    format!(" {trimmed}"),
                    trimmed.replace('\n', "\r\n"),
                    format!("{}\r\n", trimmed.replace('\n', "\r\n")),
                    flat,
                ]
                .map(String::into_bytes),
            );
        }
        forms.push(bytes.to_vec());
    }
    let jwk = key.jwk(Part::Public).unwrap();
    for member in ["n", "x", "y", "kid"] {
        let Some(text) = jwk.get(member).and_then(Json::as_str) else { continue };
        forms.push(text.as_bytes().to_vec());
        forms.extend(URL_SAFE_NO_PAD.decode(text));
    }
    forms.push(Vec::new());
    forms
}

#[test]
fn no_form_of_a_public_key_is_taken_for_a_secret() {
    world(rules()).access("alice");
    for alg in [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA] {
        let text = new_key(alg);
        let wanted = Wanted { algs: &[alg], ..Wanted::default() };
        let private = key::read(text.as_bytes(), "test", &wanted).unwrap().keys.remove(0);
        let public = private.write(Form::Pkcs8, Part::Public, None).unwrap();
        let public = key::read(&public, "test", &wanted).unwrap().keys.remove(0);
        let good = forge(&format!(r#"{{"alg":"{}"}}"#, jot::alg::name(alg)), payload(), &private);
        for key in [&private, &public] {
            assert_eq!(stage(&good, key, true), None);
            for secret in forms(key) {
                for (hmac, name) in [
                    (Algorithm::HS256, "HS256"),
                    (Algorithm::HS384, "HS384"),
                    (Algorithm::HS512, "HS512"),
                ] {
                    let kid = format!(r#","kid":"{}""#, key.kid());
                    for kid in ["", kid.as_str()] {
                        let header = format!(r#"{{"alg":"{name}"{kid}}}"#);
                        let token = mac(&header, &secret, hmac);
                        for exact in [true, false] {
                            assert_eq!(stage(&token, key, exact), Some(Stage::Alg));
                        }
                    }
                }
            }
        }
    }
}

fn mac(header: &str, secret: &[u8], alg: Algorithm) -> String {
    let signed = format!("{}.{}", encode(header), encode(payload()));
    let secret = EncodingKey::from_secret(secret);
    let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &secret, alg).unwrap();
    format!("{signed}.{signature}")
}

fn stage(token: &str, key: &Key, exact: bool) -> Option<Stage> {
    let candidates = Candidates { keys: vec![key], set_aside: &[], exact };
    let expected = Expected { now: NOW, ..Expected::default() };
    examine(token, &candidates, &expected).failure().map(|check| check.stage)
}

#[test]
fn an_ecdsa_signature_is_two_numbers_in_their_range_and_no_der() {
    world(rules()).access("alice");
    let text = new_key(Algorithm::ES256);
    let key = key::read(text.as_bytes(), "test", &Wanted::default()).unwrap().keys.remove(0);
    let good = forge(r#"{"alg":"ES256"}"#, payload(), &key);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let (r, s) = bytes.split_at(32);
    let number = |bytes: &[u8]| {
        let body = [if bytes[0] > 0x7f { &[0][..] } else { &[] }, bytes].concat();
        [&[2, u8::try_from(body.len()).unwrap()][..], &body].concat()
    };
    let body = [number(r), number(s)].concat();
    let der = [&[0x30, u8::try_from(body.len()).unwrap()][..], &body].concat();
    let zero = [0_u8; 32];
    for bad in [
        [zero, zero].concat(),
        [r, &zero].concat(),
        [&zero, s].concat(),
        [&ORDER, s].concat(),
        [r, &ORDER].concat(),
        [s, r].concat(),
        der,
        [&[0], r, &[0], s].concat(),
        Vec::new(),
    ] {
        let token = format!("{signed}.{}", encode(&bad));
        assert_eq!(stage(&token, &key, true), Some(Stage::Signature), "{bad:?}");
    }
    assert_eq!(stage(&good, &key, true), None);
}
