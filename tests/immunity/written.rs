//! Dangerous defaults d10 to d19: what other programs write and print, and jot does not.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::served::{Folder, told};
use crate::target::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn d10_what_is_secret_is_its_owners_alone() {
    for alg in ["RS256", "ES256", "HS256", "EdDSA"] {
        let folder = Folder::empty();
        let script = format!("umask 0; \"$0\" keygen --alg {alg}; \"$0\" issue --user alice");
        assert!(told(&mut shell(&folder, &script), "").status.success());
        folder.run(&["key", "export", "--private", "--format", "jwk", "--out", "copy"], "");
        folder.run(&["backup", "copy.db"], "");
        let mut private = 0;
        for entry in fs::read_dir(folder.path.path()).unwrap() {
            let path = entry.unwrap().path();
            let public = path.extension().is_some_and(|end| end == "pub");
            private += u32::from(!public);
            assert_eq!(mode(&path), if public { 0o644 } else { 0o600 }, "{}", path.display());
        }
        assert!(private >= 4, "a key, its copy, the store and its backup");
    }
}

#[test]
fn d11_a_secret_is_in_no_public_file() {
    let folder = Folder::empty();
    folder.run(&["keygen", "--alg", "HS256"], "");
    assert!(!folder.file("jwt-signing.pub").exists());
    for format in ["jwk", "jwks", "pem", "der"] {
        let output = folder.told(&["key", "export", "--format", format], "");
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains("\"k\"") && !text.contains("oct"), "{format} {text}");
    }
    let served = folder.with_alice().serve();
    let answer = served.ask("GET", "/.well-known/jwks.json", &[]);
    assert_eq!(answer.body, r#"{"keys":[]}"#);
    for alg in ["RS256", "ES256", "EdDSA"] {
        let target = Target::new(alg);
        let shown = target.folder.run(&["key", "export"], "");
        for secret in ["\"d\"", "\"p\"", "\"q\"", "\"dp\"", "\"k\"", "PRIVATE"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[test]
fn d12_a_token_without_an_end_is_not_valid() {
    let target = Target::ready();
    target.refuses(&[forge(&target.header(""), claims_with("exp", ""), &target.key())], "claims");
}

/// Every flag of every command, as the man pages have them.
#[test]
fn d13_no_flag_takes_a_secret() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    let mut flags = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let page = fs::read_to_string(entry.unwrap().path()).unwrap().replace("\\-", "-");
        let page = page.replace("\\fB", "").replace("\\fR", "").replace("\\fI", "");
        let lines = page.lines().filter(|line| line.starts_with("--") || line.starts_with('-'));
        flags.extend(lines.map(str::to_owned));
    }
    assert!(flags.len() > 60, "{flags:?}");
    let secret = ["pass", "secret", "private", "key", "credential"];
    let named = |flag: &&String| secret.iter().any(|word| flag.contains(word));
    assert!(flags.iter().filter(named).count() > 8, "{flags:?}");
    for flag in flags.iter().filter(named) {
        let value = flag.split_once('<').map_or("", |(_, value)| value.trim_end_matches('>'));
        assert!(["", "FILE", "VARIABLE"].contains(&value), "{flag}");
    }
}

/// No link to a site that would show the token, no clipboard.
#[test]
fn d14_a_token_is_sent_nowhere_and_linked_to_nowhere() {
    let target = Target::ready();
    let token = forge(&target.header(""), claims(), &target.key());
    for command in ["decode", "lint", "validate", "revoke"] {
        let output = target.folder.told(&[command, &token], "");
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(!said.contains("://") && !said.contains("jwt.io"), "{command} {said}");
        assert!(!said.contains(&token), "{command} repeats the token");
    }
}

#[test]
fn d15_nothing_reaches_the_clipboard() {
    let lock =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).unwrap();
    for name in ["arboard", "copypasta", "clipboard", "cli-clipboard", "x11-clipboard"] {
        assert!(!lock.contains(&format!("name = \"{name}\"")), "{name}");
    }
    let issued = Folder::empty().with_key().run(&["issue", "--user", "alice"], "");
    assert!(!issued.contains('\u{1b}') && issued.matches('.').count() == 2, "no OSC 52 either");
}

#[test]
fn d16_a_key_is_known_by_what_it_holds() {
    let target = Target::ready();
    let good = forge(&target.header(""), claims(), &target.key());
    let bad = forge(&target.header(""), claims(), &Target::ready().key());
    for file in ["jwt-signing.pub", "jwt-signing.pem"] {
        let stages = target.judged(&["--key", file], &[good.clone(), bad.clone()]);
        assert_eq!(stages, [None, Some("signature".to_owned())], "{file}");
    }
}

#[test]
fn d17_there_is_no_secret_as_delivered_and_no_file_of_tokens() {
    let folder = Folder::empty();
    let output = folder.told(&["serve", "--listen", "127.0.0.1:0"], "");
    assert_eq!(output.status.code(), Some(21), "{output:?}");
    let template = folder.run(&["settings", "template"], "");
    let secret =
        |line: &&str| ["secret", "password =", "passphrase ="].iter().any(|w| line.contains(w));
    for line in template.lines().filter(|line| !line.starts_with("# ")).filter(secret) {
        assert!(
            line.ends_with("\"\"") || line.starts_with('#') || line.contains("_file"),
            "{line}"
        );
    }
    let home = tempfile::tempdir().unwrap();
    let keyed = folder.with_key();
    for arguments in [&["issue", "--user", "alice"][..], &["decode", "a.b.c"], &["tokens"]] {
        told(keyed.jot(arguments).env("HOME", home.path()), "");
    }
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn d18_a_claim_stays_what_was_typed() {
    let folder = Folder::empty().with_key();
    let typed = [
        "-c",
        "n=12345",
        "-c",
        "b=true",
        "-c",
        "ver=1.10",
        "-c",
        r#"q=a"b\c"#,
        "-c",
        "e=a=b=c",
        "-c",
        "m:=12345678901234567890",
        "-c",
        "empty=",
    ];
    let token = folder.run(&[&["-q", "issue", "--user", "alice"], &typed[..]].concat(), "");
    let text = String::from_utf8(decode(token.split('.').nth(1).unwrap())).unwrap();
    let expected = r#""n":"12345","b":"true","ver":"1.10","q":"a\"b\\c","e":"a=b=c","m":12345678901234567890,"empty":""}"#;
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn d19_no_token_says_anything_twice() {
    let folder = Folder::empty().with_key();
    for claim in ["sub=b", "exp=5", "jti:=1", "iss=x", "type=refresh", "x:={\"a\":1,\"a\":2}"] {
        let output = folder.told(&["issue", "--user", "alice", "-c", claim], "");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{claim}");
    }
    let twice = folder.told(&["issue", "--user", "alice", "-c", "a=1", "-c", "a=2"], "");
    let token = String::from_utf8(twice.stdout).unwrap();
    let payload = token.split('.').nth(1).map(decode).unwrap_or_default();
    assert!(String::from_utf8(payload).unwrap().matches("\"a\":").count() < 2);
}
