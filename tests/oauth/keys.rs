//! The public keys, through a rotation.

use serde_json::Value;

use crate::http::Answer;
use crate::served::Folder;
use crate::site::*;
use crate::token;

fn asked(site: &Site, known: Option<&str>) -> Answer {
    let headers: Vec<_> = known.into_iter().map(|tag| ("if-none-match", tag)).collect();
    site.served.ask("GET", KEYS, &headers)
}

fn kids(answer: &Answer) -> Vec<String> {
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    let keys = body["keys"].as_array().unwrap();
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn max_age(answer: &Answer) -> i64 {
    let said = answer.header("cache-control").unwrap().strip_prefix("public, max-age=");
    said.unwrap().parse().unwrap()
}

#[test]
fn anybody_may_have_the_public_keys_and_keep_them() {
    let site = Site::ready();
    let answer = asked(&site, None);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/jwk-set+json"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(max_age(&answer), 300);
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    let key = body["keys"][0].as_object().unwrap();
    let mut names: Vec<_> = key.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    let tag = answer.header("etag").unwrap();
    assert!(tag.starts_with('"') && tag.len() == 45, "{tag}");
    let (weak, several) = (format!("W/{tag}"), format!("\"a\", {tag} , \"b\""));
    for known in [tag, &weak, &several, "*"] {
        let again = asked(&site, Some(known));
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{known}");
        for name in ["etag", "cache-control", "access-control-allow-origin"] {
            assert_eq!(again.header(name), answer.header(name), "{name}");
        }
        assert_eq!(again.header("content-type"), None);
    }
    for other in ["\"a\"", tag.trim_matches('"'), ""] {
        assert_eq!(asked(&site, Some(other)).undated(), answer.clone().undated(), "{other}");
    }
}

#[test]
fn a_key_is_there_before_it_signs_and_gone_when_it_is_revoked() {
    let site = Site::ready();
    let first = asked(&site, None);
    let old = kids(&first);
    let signed = || token::part(&site.served.tokens().1, 0)["kid"].as_str().unwrap().to_owned();
    assert_eq!(old, [signed()]);
    site.served.folder.run(&["key", "rotate"], "");
    let second = asked(&site, first.header("etag"));
    assert_eq!(second.status, 200, "the keys are others now");
    assert_ne!(second.header("etag"), first.header("etag"));
    let both = kids(&second);
    assert!(both.len() == 2 && both.contains(&old[0]), "{both:?}");
    assert_eq!(signed(), old[0], "the next one does not sign yet");
    let next = both.iter().find(|kid| **kid != old[0]).unwrap();
    site.served.folder.run(&["key", "revoke", next, "--yes"], "");
    assert_eq!(kids(&asked(&site, None)), old);
}

/// A retired key leaves when the last token that it signed is over, and nobody keeps it for longer.
#[test]
fn nobody_keeps_the_keys_beyond_their_next_change() {
    let minute = |folder: Folder, name| folder.with(name, "60s");
    let lifetimes =
        ["JOT_REFRESH__MAX_SESSION", "JOT_TOKEN__ACCESS_LIFETIME", "JOT_NINJA__ACCESS_LIFETIME"];
    let site = Site::of(lifetimes.into_iter().fold(Folder::ready(), minute));
    let old = kids(&asked(&site, None))[0].clone();
    site.served.folder.run(&["key", "rotate", "--now"], "");
    let answer = asked(&site, None);
    assert!(kids(&answer).contains(&old), "it verifies what it signed");
    let age = max_age(&answer);
    assert!((1..300).contains(&age), "{age}");
}

#[test]
fn a_secret_is_no_public_key() {
    let folder = Folder::empty();
    folder.run(&["keygen", "--alg", "HS256"], "");
    let site = Site::of(folder.with_alice());
    let answer = asked(&site, None);
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"keys":[]}"#));
    assert!(site.is_active(&site.client_token()));
}
