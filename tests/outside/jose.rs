//! latchset's `jose`: its keys here, ours there, signatures both ways. It does not know EdDSA.

use serde_json::json;

use crate::program::Folder;
use crate::token::{CLAIMS, names, parts, tampered};

const ALGORITHMS: [&str; 11] = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "HS256", "HS384",
    "HS512",
];

fn symmetric(alg: &str) -> bool {
    alg.starts_with('H')
}

/// `jose` signs with a key in a file.
fn sign(folder: &Folder, alg: &str, key: &str) -> String {
    folder.write("claims", CLAIMS);
    let header = json!({"protected": {"alg": alg, "typ": "JWT"}});
    folder.ask("jose", &format!("jws sig -I claims -k {key} -c -s {header}"), "").text()
}

/// What `jose` says was signed, if the key did it.
fn verified(folder: &Folder, key: &str, token: &str) -> Option<Vec<u8>> {
    folder.write("token", token);
    let answer = folder.ask("jose", &format!("jws ver -i token -k {key} -O -"), "");
    (answer.code == 0).then_some(answer.output)
}

/// Both sign with the one's private key, both verify with the other's public one.
fn both_ways(folder: &Folder, alg: &str, private: &str, public: &str) {
    let ours = folder.jot("issue --quiet --user alice").text();
    let theirs = sign(folder, alg, private);

    let bytes = verified(folder, public, &ours).unwrap_or_else(|| panic!("{alg}: {ours}"));
    let claims: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!((names(&claims), &claims), (names(&parts(&ours).1), &parts(&ours).1));
    assert_eq!(verified(folder, public, &tampered(&ours, &theirs)), None, "{alg}");

    let validate = format!("validate --json --aud api --key {public}");
    let answer = folder.jot(&format!("{validate} {theirs}"));
    assert_eq!(answer.code, 0, "{alg}: {answer:?}");
    assert_eq!(answer.json()["claims"], parts(&theirs).1);
    assert_eq!(folder.jot(&format!("{validate} {}", tampered(&theirs, &ours))).code, 12, "{alg}");
}

#[test]
fn our_keys_work_there() {
    for alg in ALGORITHMS {
        let folder = Folder::new();
        let made = folder.jot(&format!("keygen --json --alg {alg}")).json();
        folder.jot("key export --private --format jwk --out private.jwk").text();
        let mut keys = vec!["private.jwk"];
        if !symmetric(alg) {
            folder.jot("key export --format jwk --out public.jwk").text();
            folder.jot("key export --format jwks --out public.jwks").text();
            keys.extend(["public.jwk", "public.jwks"]);
        }
        for key in &keys {
            let thumbprint = folder.ask("jose", &format!("jwk thp -i {key}"), "").text();
            assert_eq!(made["kid"], *thumbprint, "{alg}: {key}");
        }
        both_ways(&folder, alg, "private.jwk", keys[keys.len() - 1]);
    }
}

#[test]
fn their_keys_work_here() {
    for alg in ALGORITHMS {
        let folder = Folder::new();
        let made = folder.ask("jose", &format!(r#"jwk gen -i {{"alg":"{alg}"}}"#), "").text();
        folder.write("jwt-signing.jwk", &made);
        let thumbprint = folder.ask("jose", "jwk thp -i jwt-signing.jwk", "").text();
        let shown = folder.jot("key show --json").json();
        assert_eq!((&shown["kid"], &shown["alg"]), (&json!(thumbprint), &json!(alg)));

        let public = if symmetric(alg) { "jwt-signing.jwk" } else { "public.jwk" };
        if !symmetric(alg) {
            let half = folder.ask("jose", "jwk pub -i jwt-signing.jwk", "").text();
            folder.write("public.jwk", half);
        }
        both_ways(&folder, alg, "jwt-signing.jwk", public);
    }
}

#[test]
fn a_key_that_may_only_verify_does_not_sign() {
    let folder = Folder::new();
    let wish = r#"jwk gen -i {"alg":"ES256","key_ops":["verify"]}"#;
    folder.write("jwt-signing.jwk", folder.ask("jose", wish, "").text());
    let answer = folder.jot("issue --user alice");
    assert_eq!(answer.code, 21, "{answer:?}");
    assert!(answer.errors.contains("key_ops"), "{answer:?}");
}

#[test]
fn an_algorithm_that_is_not_ours_is_refused_by_name() {
    let folder = Folder::new();
    folder.write("key", folder.ask("jose", r#"jwk gen -i {"alg":"ES512"}"#, "").text());
    let theirs = sign(&folder, "ES512", "key");
    let answer = folder.jot(&format!("validate --key key {theirs}"));
    assert!(answer.code == 21 && answer.errors.contains("ES512"), "{answer:?}");
}
