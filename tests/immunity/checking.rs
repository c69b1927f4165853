//! Dangerous defaults d01 to d09 and d33: how other programs check tokens, and jot does not.

use std::fs;

use crate::served::{Folder, now, told};
use crate::target::*;

/// The exit code and stdout of a command.
fn ran(folder: &Folder, arguments: &[&str]) -> (i32, String) {
    let output = folder.told(arguments, "");
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

fn signed(target: &Target, claims: &str) -> String {
    forge(&target.header(""), claims, &target.key())
}

#[test]
fn d01_the_bytes_of_a_key_file_are_no_secret() {
    let target = Target::new("RS256");
    let pem = fs::read(target.folder.file("jwt-signing.pub")).unwrap();
    let token = mac(r#"{"alg":"HS256","typ":"JWT"}"#, &pem, HMACS[0].1);
    let validate = ["validate", "--key", "jwt-signing.pub"];
    let (code, told) = ran(&target.folder, &[&validate[..], &[&token]].concat());
    assert_eq!(code, 11, "{told}");
    let hmac = ["--alg", "HS256", token.as_str()];
    let (code, _) = ran(&target.folder, &[&validate[..], &hmac].concat());
    assert_eq!(code, 21, "a public key is not read as a secret even when asked");
}

#[test]
fn d02_there_is_no_leeway() {
    let target = Target::ready();
    let at = |exp: i64| claims_with("exp", &format!("\"exp\":{exp}"));
    let tokens = [signed(&target, &at(now())), signed(&target, &at(now() - 600))];
    target.refuses(&tokens, "expired");
    for flags in [&["--key", "jwt-signing.pub"][..], &[]] {
        let stages = target.judged(flags, &tokens);
        assert!(stages.iter().all(|stage| stage.as_deref() == Some("expired")), "{stages:?}");
    }
}

#[test]
fn d03_nbf_and_aud_are_looked_at() {
    let target = Target::ready();
    let early = signed(&target, &claims_with("", &format!("\"nbf\":{}", now() + 36_000)));
    let foreign = signed(&target, &claims_with("", r#""aud":"somebody else""#));
    target.refuses(std::slice::from_ref(&early), "not-yet-valid");
    target.refuses(std::slice::from_ref(&foreign), "claims");
    // Of somebody else's token the audience is what the caller says.
    let by_key = target.judged(&["--key", "jwt-signing.pub", "--aud", "api"], &[early, foreign]);
    assert_eq!(by_key, [Some("claims".to_owned()), Some("claims".to_owned())]);
    let early = signed(&target, &claims_with("", &format!("\"nbf\":{}", now() + 36_000)));
    let by_key = target.judged(&["--key", "jwt-signing.pub"], &[early]);
    assert_eq!(by_key[0].as_deref(), Some("not-yet-valid"));
}

#[test]
fn d04_without_a_key_nothing_is_valid() {
    let token = signed(&Target::ready(), &claims());
    let folder = Target::ready().folder;
    fs::remove_file(folder.file("jwt-signing.pem")).unwrap();
    fs::remove_file(folder.file("jwt-signing.pub")).unwrap();
    fs::write(folder.file("empty"), "").unwrap();
    for flags in [
        &[][..],
        &["--key", "empty"],
        &["--key", "none"],
        &["--jwks", "empty"],
        &["--key", "/dev/null"],
        &["--key", "/dev/null", "--alg", "HS256"],
    ] {
        let (code, said) = ran(&folder, &[&["validate"], flags, &[&token]].concat());
        assert_eq!((code, said.as_str()), (21, ""), "{flags:?}");
    }
    let (code, _) = ran(&folder, &["validate", "--key", "", &token]);
    assert_eq!(code, 2, "an empty text, as of a variable that is not set");
    fs::write(folder.file("set"), r#"{"keys":[]}"#).unwrap();
    assert_ne!(ran(&folder, &["validate", "--jwks", "set", &token]).0, 0);
    let folder = folder.with("JOT_KEYS__ENV", "SECRET").with("JOT_KEYS__ALG", "HS256");
    for value in ["", " "] {
        let output = told(folder.jot(&["validate", &token]).env("SECRET", value), "");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(21), 0), "{value:?}");
    }
}

#[test]
fn d05_an_expired_token_is_not_valid() {
    let target = Target::ready();
    let old = signed(&target, &claims_with("exp", &format!("\"exp\":{}", now() - 1)));
    assert_eq!(ran(&target.folder, &["validate", &old]).0, 14);
    let (code, said) = ran(&target.folder, &["--json", "validate", &old]);
    assert!(code == 14 && said.contains(r#""valid":false"#), "{said}");
}

#[test]
fn d06_none_is_never_issued() {
    let folder = Folder::empty();
    for alg in ["none", "None", ""] {
        assert_eq!(ran(&folder, &["keygen", "--alg", alg]).0, 2);
    }
    assert_eq!(ran(&folder, &["issue", "--user", "alice"]), (21, String::new()));
    let keyed = folder.with_key();
    let unkeyed = keyed.told(&["issue", "--user", "alice", "-c", "alg=none"], "");
    let token = String::from_utf8(unkeyed.stdout).unwrap();
    let shown = keyed.run(&["--json", "decode", token.trim()], "");
    let header = shown.split_once(r#""claims""#).unwrap().0;
    assert!(header.contains(r#""alg":"ES256""#) && !header.contains("none"), "{shown}");
    let output = told(keyed.jot(&["issue", "--user", "alice"]).env("JOT_KEYS__ALG", "none"), "");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(20), 0), "{output:?}");
}

#[test]
fn d07_two_hundred_and_fifty_six_bad_tokens_are_no_success() {
    let target = Target::ready();
    let bad = signed(&Target::ready(), &claims());
    for count in [1, 255, 256, 257, 512] {
        let output = target.folder.told(&["validate", "-"], &vec![bad.as_str(); count].join("\n"));
        assert_eq!(output.status.code(), Some(12), "{count}");
    }
    // One that is longer than a buffer of some kilobytes is read whole.
    let long = claims_with("", &format!("\"x\":\"{}\"", "x".repeat(9000)));
    assert_eq!(target.stage(&signed(&target, &long)), None);
    target.refuses(&[signed(&Target::ready(), &long)], "signature");
}

#[test]
fn d08_an_exit_code_says_what_happened() {
    let target = Target::ready();
    let good = signed(&target, &claims());
    let foreign = signed(&Target::ready(), &claims());
    let old = signed(&target, &claims_with("exp", "\"exp\":1"));
    for (token, code) in [(&good, 0), (&foreign, 12), (&old, 14), (&"x".to_owned(), 10)] {
        assert_eq!(ran(&target.folder, &["validate", token]).0, code);
    }
}

#[test]
fn d09_nothing_is_told_of_claims_that_nobody_signed() {
    let target = Target::ready();
    let forged = signed(&Target::ready(), &claims());
    for flags in [&["validate"][..], &["-v", "validate"], &["--json", "validate"]] {
        let output = target.folder.told(&[flags, &[&forged]].concat(), "");
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(12));
        assert!(!said.contains("mallory") && !said.contains(r#""jti":"j""#), "{said}");
    }
    for command in ["refresh", "revoke"] {
        let (code, said) = ran(&target.folder, &[command, &forged]);
        assert!(code != 0 && said.is_empty(), "{command} {said}");
    }
}

#[test]
fn d33_a_key_of_a_set_is_one_algorithms_and_one_ids() {
    let (one, other) = (Target::ready(), Target::ready());
    let rsa = Target::new("RS256");
    let jwks: Vec<_> = [&one, &other, &rsa].map(|t| t.folder.run(&["key", "export"], "")).into();
    fs::write(one.folder.file("set"), format!("{{\"keys\":[{}]}}", jwks.join(","))).unwrap();
    let named = |kid: &Target, signer: &Target| {
        let header = signer.header(&format!(r#","kid":"{}""#, kid.key().kid()));
        forge(&header, claims(), &signer.key())
    };
    let tokens = [named(&one, &one), named(&rsa, &rsa), named(&other, &one), named(&rsa, &one)];
    let stages = one.judged(&["--jwks", "set"], &tokens);
    let stages: Vec<_> = stages.iter().map(Option::as_deref).collect();
    assert_eq!(stages, [None, None, Some("signature"), Some("alg")]);
}
