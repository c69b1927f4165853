//! Which key a token may name, and which keys are tried.

use jot::alg::Algorithm;
use jot::claims::check::{Expected, examine};
use jot::error::Stage;
use jot::jws::Candidates;
use jot::key::{self, Form, Key, Part, SetAside, Wanted};

use super::forged::{forge, payload};
use super::world::*;

/// A key with an id of its own, and the same key without.
fn key(own: Option<&str>) -> Key {
    let text = new_key(Algorithm::EdDSA);
    read(&text, own)
}

fn read(jwk: &str, own: Option<&str>) -> Key {
    let read = |bytes: &[u8]| key::read(bytes, "test", &Wanted::default()).unwrap().keys.remove(0);
    let bare = read(&read(jwk.as_bytes()).write(Form::Pkcs8, Part::Private, None).unwrap());
    let Some(own) = own else { return bare };
    let jwk = bare.jwk(Part::Private).unwrap().to_string();
    let named = jwk.replace(bare.thumbprint(), own);
    assert_ne!(named, jwk);
    read(named.as_bytes())
}

fn stage(token: &str, keys: &[&Key], exact: bool) -> Option<Stage> {
    let candidates = Candidates { keys: keys.to_vec(), set_aside: &[], exact };
    let expected = Expected { now: NOW, ..Expected::default() };
    examine(token, &candidates, &expected).failure().map(|check| check.stage)
}

fn token(kid: &str, key: &Key) -> String {
    world(rules()).access("alice");
    forge(&format!(r#"{{"alg":"EdDSA"{kid}}}"#), payload(), key)
}

#[test]
fn ours_must_be_named_exactly_or_not_at_all() {
    let (one, other) = (key(None), key(None));
    let kid = |key: &Key| format!(r#","kid":"{}""#, key.kid());
    let keys = [&one, &other];
    for signer in keys {
        assert_eq!(stage(&token("", signer), &keys, true), None);
        assert_eq!(stage(&token(&kid(signer), signer), &keys, true), None);
    }
    assert_eq!(stage(&token(&kid(&other), &one), &keys, true), Some(Stage::Signature));
    assert_eq!(stage(&token(&kid(&other), &other), &[&one], true), Some(Stage::Key));
    assert_eq!(stage(&token("", &other), &[&one], true), Some(Stage::Signature));
    assert_eq!(stage(&token("", &one), &[], true), Some(Stage::Key));
    let prefix = format!(r#","kid":"{}""#, &one.kid()[..10]);
    let blank = format!(r#","kid":" {}""#, one.kid());
    let lower = format!(r#","kid":"{}""#, one.kid().to_lowercase());
    for wrong in [&prefix, &blank, &lower, r#","kid":"""#] {
        assert_eq!(stage(&token(wrong, &one), &keys, true), Some(Stage::Key), "{wrong}");
    }
}

#[test]
fn an_id_is_only_ever_compared() {
    let world = world(rules());
    world.access("alice");
    let long = "k".repeat(10_000);
    for kid in [
        "../../dev/null",
        "/dev/null",
        "file:///etc/passwd",
        "' UNION SELECT 'x",
        "__proto__",
        "$(id)",
        "|id",
        "\\u0000",
        "http://127.0.0.1:9/",
        "%00",
        "..\\\\..",
        &long,
    ] {
        let header = format!(r#"{{"alg":"EdDSA","kid":"{kid}"}}"#);
        let token = forge(&header, payload(), &our_key());
        let report = world.authority.validate(&token, &ACCESS_ONLY, &here()).unwrap();
        let failed = report.failure().unwrap();
        assert_eq!(failed.stage, Stage::Key, "{kid}");
        assert!(failed.reason.len() < 300 && !failed.reason.contains('\0'), "{}", failed.reason);
    }
    for kid in ["7", "null", r#"["a"]"#, r#"{"a":1}"#, "true"] {
        let header = format!(r#"{{"alg":"EdDSA","kid":{kid}}}"#);
        assert_eq!(world.stage(&forge(&header, payload(), &our_key())), Some(Stage::Parse));
    }
}

#[test]
fn a_foreign_key_without_an_id_takes_any_and_one_with_an_id_its_own() {
    let (bare, named) = (key(None), key(Some("k1")));
    assert!(!bare.has_own_kid() && named.has_own_kid());
    let any = r#","kid":"whatever""#;
    assert_eq!(stage(&token(any, &bare), &[&bare], false), None);
    assert_eq!(stage(&token(any, &bare), &[&bare], true), Some(Stage::Key));
    assert_eq!(stage(&token(any, &named), &[&named], false), Some(Stage::Key));
    assert_eq!(stage(&token(r#","kid":"k1""#, &named), &[&named], false), None);
    let both = [&bare, &named];
    assert_eq!(stage(&token(any, &bare), &both, false), None);
    assert_eq!(stage(&token(any, &named), &both, false), Some(Stage::Signature));
    assert_eq!(stage(&token(r#","kid":"k1""#, &bare), &both, false), Some(Stage::Signature));
    assert_eq!(stage(&token("", &named), &both, false), None);
}

#[test]
fn a_key_that_was_set_aside_is_named_with_the_reason() {
    let key = key(None);
    let aside = [SetAside { kid: Some("old".into()), reason: "it is for encryption".into() }];
    let candidates = Candidates { keys: vec![&key], set_aside: &aside, exact: false };
    let expected = Expected { now: NOW, ..Expected::default() };
    let report = examine(&token(r#","kid":"old""#, &key), &candidates, &expected);
    let failed = report.failure().unwrap();
    assert_eq!(failed.stage, Stage::Key);
    assert!(failed.reason.ends_with("it is for encryption"), "{}", failed.reason);
}

#[test]
fn the_callers_list_of_algorithms_narrows_and_never_widens() {
    let key = key(None);
    let token = token("", &key);
    let candidates = Candidates { keys: vec![&key], set_aside: &[], exact: true };
    let judged = |algs: &[Algorithm]| {
        let expected = Expected { now: NOW, algs: algs.to_vec(), ..Expected::default() };
        examine(&token, &candidates, &expected).failure().map(|check| check.stage)
    };
    assert_eq!(judged(&[]), None);
    assert_eq!(judged(&[Algorithm::RS256, Algorithm::EdDSA]), None);
    assert_eq!(judged(&[Algorithm::RS256, Algorithm::HS256]), Some(Stage::Alg));
}
