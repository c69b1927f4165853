//! A key ring that changes while the server runs: seen at the next request, and fail closed.

use crate::served::{Served, VALID};

/// The `kid` of every key, in the ring's order.
fn kids(served: &Served) -> Vec<String> {
    let told = served.folder.run(&["key", "list", "--json"], "");
    let kid = |line| serde_json::from_str::<serde_json::Value>(line).unwrap()["kid"].clone();
    told.lines().map(|line| kid(line).as_str().unwrap().to_owned()).collect()
}

/// The `kid` of the key that signed a token.
fn kid(served: &Served, token: &str) -> String {
    let told = served.folder.run(&["decode", token, "--json"], "");
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    told["header"]["kid"].as_str().unwrap().to_owned()
}

#[test]
fn a_rotation_and_a_revocation_are_seen_at_the_next_request() {
    let served = Served::ready();
    let (_, old) = served.tokens();
    served.folder.run(&["key", "rotate"], "");
    let (_, meanwhile) = served.tokens();
    assert_eq!(kid(&served, &meanwhile), kid(&served, &old), "the next key waits");
    served.folder.run(&["key", "rotate", "--now"], "");
    let (_, new) = served.tokens();
    let [first, second] = &kids(&served)[..] else { panic!("two keys are in the ring") };
    assert_eq!((&kid(&served, &old), &kid(&served, &new)), (first, second));
    for token in [&old, &meanwhile, &new] {
        served.validate(token).is(200, VALID);
    }
    served.folder.run(&["key", "revoke", first, "--yes"], "");
    for token in [&old, &meanwhile] {
        served.validate(token).is(403, r#"{"error": "Signature verification failed"}"#);
    }
    served.validate(&new).is(200, VALID);
    served.folder.run(&["key", "remove", first, "--yes"], "");
    served.validate(&new).is(200, VALID);
}

#[test]
fn a_key_that_takes_the_place_of_the_only_one_is_seen_at_the_next_request() {
    let served = Served::ready();
    let (_, old) = served.tokens();
    served.validate(&old).is(200, VALID);
    served.folder.run(&["keygen", "--alg", "ES256", "--force"], "");
    served.validate(&old).is(403, r#"{"error": "Signature verification failed"}"#);
    let (_, new) = served.tokens();
    assert_eq!([kid(&served, &new)], kids(&served)[..]);
    served.validate(&new).is(200, VALID);
    std::fs::remove_file(served.folder.file("jwt-signing.pem")).unwrap();
    served.validate(&new).is(200, VALID);
    served.login("alice", crate::served::PASSWORD).is_unavailable("5", "Service unavailable.");
}

#[test]
fn a_ring_that_cannot_be_read_again_serves_nobody_until_it_can() {
    let served = Served::ready();
    served.folder.run(&["key", "rotate"], "");
    let (_, token) = served.tokens();
    let manifest = served.folder.file("jwt-signing.ring");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let spoil: [&dyn Fn(); 2] =
        [&|| std::fs::write(&manifest, &text[..text.len() / 2]).unwrap(), &|| {
            std::fs::remove_file(&manifest).unwrap();
        }];
    for spoil in spoil {
        spoil();
        served.validate(&token).is_unavailable("5", "Service unavailable.");
        served.ask("GET", "/readyz", &[]).is_unavailable("5", "Service unavailable.");
        served.ask("GET", "/livez", &[]).is(200, r#"{"status": "live"}"#);
        std::fs::write(&manifest, &text).unwrap();
        served.validate(&token).is(200, VALID);
    }
}
