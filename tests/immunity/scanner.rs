//! jwt-hack, a scanner that nobody here wrote, on a token of jot's, and everything it makes of that token
//! shown to jot. It runs where `JOT_TEST_JWT_HACK` names it:
//!
//!     cargo install jwt-hack --root target/outside --locked
//!     JOT_TEST_JWT_HACK=target/outside/bin/jwt-hack cargo test --test immunity scanner

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::target::Target;

/// What it finds in every token that has a key pair and a `kid`, and that needs neither audience nor
/// issuer; that none of it is a hole, its own attacks below show.
const EXPECTED: [&str; 4] =
    ["Algorithm Confusion", "Kid Header", "Missing Claims", "Token Expiration"];

#[expect(clippy::disallowed_methods, reason = "this is the tests' own, not a setting of jot")]
fn scanner() -> Option<std::path::PathBuf> {
    let named = std::env::var_os("JOT_TEST_JWT_HACK")?;
    Some(Path::new(env!("CARGO_MANIFEST_DIR")).join(named))
}

/// What it prints in JSON.
fn told(scanner: &Path, home: &Path, arguments: &[&str]) -> Value {
    let mut command = Command::new(scanner);
    command.arg("--json").args(arguments).current_dir(home).env("HOME", home);
    let output = command.env("XDG_CONFIG_HOME", home).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_scanner_of_others_finds_nothing() {
    let Some(scanner) = scanner() else { return };
    let home = tempfile::tempdir().unwrap();
    for alg in ["RS256", "ES256", "HS256", "EdDSA"] {
        let target = Target::new(alg);
        let token = target.folder.run(&["-q", "issue", "--user", "alice"], "");
        let scan = told(&scanner, home.path(), &["scan", &token]);
        for finding in scan["results"].as_array().unwrap() {
            let expected = EXPECTED.iter().any(|name| finding["name"] == *name);
            assert!(expected || finding["vulnerable"] == false, "{alg} {finding}");
        }
        assert_eq!(scan["summary"]["critical"], 0, "{alg} {scan}");
        let made = told(&scanner, home.path(), &["payload", &token]);
        let tokens: Vec<_> = made["payloads"].as_array().unwrap().iter().collect();
        assert!(tokens.len() > 50, "{alg} {tokens:?}");
        let text = |value: &&Value| value.as_str().unwrap().replace('\n', " ");
        let tokens: Vec<_> = tokens.iter().map(text).filter(|made| *made != token).collect();
        // The public key of a pair is given to those who verify, and no more to the scanner.
        let stages = target.stages(&tokens);
        for (made, stage) in tokens.iter().zip(stages) {
            assert!(stage.is_some(), "{alg} {made}");
        }
        let served = target.folder.serve();
        assert_eq!(served.validate(&token).status, 200);
        for made in &tokens {
            let status = served.validate(made).status;
            assert!([400, 403, 431].contains(&status), "{alg} {status} {made}");
        }
        println!("{alg}: {} attacks of the scanner were refused", tokens.len());
    }
}
