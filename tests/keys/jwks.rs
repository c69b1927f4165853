//! JWKs and sets of them that are refused, wholly or in part.

use jot::alg::Algorithm;
use jot::json::{Json, MAX_DEPTH};
use jot::key::{Key, Part};

use crate::refusals::unfit;
use crate::{generate, read, read_one};

/// Which half of a key is changed, how, and the words of its refusal.
type Case = (Part, &'static str, &'static str);

const EC: [Case; 14] = [
    (Part::Public, r#"{"use":"enc"}"#, "this JWK is for the use \"enc\", not \"sig\""),
    (Part::Public, r#"{"use":1}"#, "\"use\" of this JWK is a number, not a string"),
    (
        Part::Public,
        r#"{"key_ops":["sign"]}"#,
        "\"key_ops\" of this JWK does not contain \"verify\"",
    ),
    (
        Part::Private,
        r#"{"key_ops":["verify"]}"#,
        "\"key_ops\" of this JWK does not contain \"sign\"",
    ),
    (Part::Public, r#"{"key_ops":"verify"}"#, "\"key_ops\" of this JWK is not an array"),
    (Part::Public, r#"{"alg":"ES384"}"#, "this is an EC P-256 public key; ES384 needs an EC P-384"),
    (Part::Public, r#"{"alg":"HS256"}"#, "this is an EC P-256 public key; HS256 needs a symmetric"),
    (Part::Public, r#"{"alg":"ES512"}"#, "this JWK is for the algorithm \"ES512\", which is not"),
    (Part::Public, r#"{"alg":"ECDH-ES"}"#, "this JWK is for the algorithm \"ECDH-ES\""),
    (Part::Public, r#"{"crv":"P-521"}"#, "this is an EC key on the curve \"P-521\""),
    (Part::Public, r#"{"crv":"P-384"}"#, "the point of this EC key is not on the curve P-384"),
    (Part::Public, r#"{"x":"AQ"}"#, "the point of this EC key is not on the curve P-256"),
    (Part::Public, r#"{"x":"AQ=="}"#, "\"x\" of this JWK is not base64url without padding"),
    (Part::Public, r#"{"x":null}"#, "this JWK has no \"x\""),
];

const RSA: [Case; 6] = [
    (Part::Public, r#"{"e":"AQ"}"#, "this RSA key has the exponent 1"),
    (Part::Public, r#"{"n":"AQAB"}"#, "this RSA key has 17 bits; at least 2048"),
    (Part::Private, r#"{"d":"AQAB"}"#, "the numbers of this RSA key do not belong together"),
    (Part::Private, r#"{"p":null}"#, "this JWK has no \"p\""),
    (Part::Private, r#"{"oth":[]}"#, "this RSA key has more than two primes"),
    (Part::Public, r#"{"kty":"DSA"}"#, "this JWK is of the unknown kind (kty) \"DSA\""),
];

const ED: [Case; 2] = [
    (Part::Public, r#"{"x":"AQ"}"#, "this Ed25519 key does not have 32 bytes"),
    (Part::Public, r#"{"crv":"X25519"}"#, "this is an OKP key on the curve \"X25519\""),
];

/// A JWK of `key` with these members put in or, for null, taken out.
pub(crate) fn jwk(key: &Key, part: Part, changes: &str) -> String {
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

#[test]
fn unfit_jwks_are_told_why() {
    let check = |alg, cases: &[Case]| {
        let key = generate(alg);
        for (part, change, words) in cases {
            unfit(jwk(&key, *part, change), words);
        }
    };
    check(Algorithm::ES256, &EC);
    check(Algorithm::RS256, &RSA);
    check(Algorithm::EdDSA, &ED);
}

#[test]
fn halves_must_belong_together() {
    for alg in [Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA] {
        let other = generate(alg).jwk(Part::Private).unwrap();
        let change = format!(r#"{{"d":{}}}"#, other.get("d").unwrap());
        let words = "the public half of this key does not belong to its private half";
        unfit(jwk(&generate(alg), Part::Private, &change), words);
    }
}

#[test]
fn names_are_read_exactly() {
    let key = generate(Algorithm::ES256).jwk(Part::Public).unwrap().to_string();
    let twice = key.replacen('{', r#"{"kty":"EC","#, 1);
    unfit(twice, "the member \"kty\" stands twice in this JWK");
    let newer = jwk(&generate(Algorithm::EdDSA), Part::Public, r#"{"alg":"Ed25519"}"#);
    assert_eq!(read_one(newer).alg(), Algorithm::EdDSA);
}

#[test]
fn a_set_keeps_what_is_usable_and_says_why_the_rest_is_not() {
    let (one, two) = (generate(Algorithm::ES256), generate(Algorithm::EdDSA));
    let set = |entries: &[String]| format!(r#"{{"keys":[{}]}}"#, entries.join(","));
    let good = jwk(&one, Part::Public, r#"{"kid":"one"}"#);
    let enc = jwk(&two, Part::Public, r#"{"kid":"two","use":"enc"}"#);
    let read = read(set(&[enc.clone(), good.clone(), "1".to_owned()]), &[]).unwrap();
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
