//! A ring that is not as its manifest says, and a manifest that is none: refused, in words that help.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use jot::alg::Algorithm;
use jot::error::{Code, Error};
use jot::key::change::{Needed, Start};
use jot::key::{Form, Key, Part, Ring, TooOpen, Wanted};

use crate::folder::*;
use crate::generate;
use crate::places::put;

/// A ring of two keys, and what is made of it.
fn spoilt(spoil: impl FnOnce(&Folder, &Key)) -> (Error, Folder, Key) {
    let two = generate(Algorithm::EdDSA);
    let folder = Folder::with(&generate(Algorithm::EdDSA));
    folder.add(&two, Start::Published, AT).unwrap();
    spoil(&folder, &two);
    let error = folder.open().unwrap_err();
    assert_eq!(error.code().exit(), 21);
    let public = Ring::open_public(&folder.place, &Wanted::default(), TooOpen::Refuse);
    assert_eq!(public.unwrap_err().code(), error.code());
    (error, folder, two)
}

/// What is done to the files of a ring's second key.
type Spoil = fn(&Folder, &Key);

/// What was done, the code it is refused with, and the words.
const WRONG_FILES: [(Spoil, Code, &str); 5] = [
    (|f, k| fs::remove_file(file(f, k, "pem")).unwrap(), Code::KeyMissing, "is missing, which"),
    (|f, k| fs::remove_file(file(f, k, "pub")).unwrap(), Code::KeyMissing, "is missing, which"),
    (|f, k| exchange(f, k, Algorithm::EdDSA), Code::KeyUnfit, "another key than"),
    (|f, k| exchange(f, k, Algorithm::ES256), Code::KeyUnfit, "EdDSA needs an Ed25519 key"),
    (
        |f, k| fs::set_permissions(file(f, k, "pem"), fs::Permissions::from_mode(0o640)).unwrap(),
        Code::KeyTooOpen,
        "is open to others",
    ),
];

fn file(folder: &Folder, key: &Key, ending: &str) -> PathBuf {
    folder.path.join(format!("jwt-{}.{ending}", short(key)))
}

/// Puts another pair into the files of a key.
fn exchange(folder: &Folder, key: &Key, alg: Algorithm) {
    let other = generate(alg);
    for (ending, part) in [("pem", Part::Private), ("pub", Part::Public)] {
        put(&folder.path, &format!("jwt-{}.{ending}", short(key)), &other, Form::Pkcs8, part);
    }
}

#[test]
fn a_ring_with_a_wrong_file_is_refused_until_the_key_is_forgotten() {
    for (spoil, code, words) in WRONG_FILES {
        let (error, folder, two) = spoilt(spoil);
        let told = error.to_string();
        assert_eq!(error.code(), code, "{told}");
        assert!(told.contains(words) && told.contains(short(&two)), "{told}");
        let hint = error.hint_text().unwrap();
        let forget = format!("jot key remove {} --force --yes", two.kid());
        assert_eq!(hint.ends_with(&forget), code != Code::KeyTooOpen, "{hint}");
        folder.held().remove(two.kid(), Needed::Remove, NOW).unwrap();
        assert!(folder.open().is_ok());
    }
}

#[test]
fn a_manifest_that_is_not_one_is_refused() {
    let change = |from: &'static str, to: &'static str| {
        move |folder: &Folder, _: &Key| {
            let text = folder.text();
            assert!(text.contains(from), "{text}");
            fs::write(folder.manifest(), text.replacen(from, to, 1)).unwrap();
        }
    };
    for (from, to, words) in [
        ("]}", "", "it may have been cut short"),
        ("\"version\":1", "\"version\":2", "this is of version 2, this jot knows 1 at most"),
        ("\"version\":1", "\"version\":\"1\"", "\"version\" is not 1"),
        ("{\"version\":1,", "{\"version\":1,\"note\":1,", "unknown member \"note\""),
        ("\"retired\":", "\"retird\":", "unknown member \"retird\""),
        ("\"revoked\":null", "\"revoked\":false", "\"revoked\" of a key is a boolean"),
        ("\"reason\":null", "\"reason\":null,\"reason\":\"x\"", "\"keys.reason\" stands twice"),
        ("\"published\":0", "\"published\":0.5", "\"published\" of a key is a number"),
        ("\"published\":0,", "", "\"published\" of a key is not there"),
        ("\"jwt.pem\"", "\"../jwt.pem\"", "\"../jwt.pem\" is not the name of a file"),
        ("\"jwt.pem\",\"public\":\"jwt.pub\"", "null,\"public\":null", "has no file"),
        ("\"alg\":\"EdDSA\"", "\"alg\":\"none\"", "unsupported algorithm \"none\""),
        ("\"keys\":[", "\"keys\":{},\"x\":[", "unknown member \"x\""),
    ] {
        let (error, folder, _) = spoilt(change(from, to));
        assert_eq!(error.code(), Code::KeyUnreadable);
        let told = error.to_string();
        assert!(told.contains(words), "{told}");
        assert!(told.contains(&format!("{:?}", folder.manifest())), "{told}");
        assert!(error.hint_text().is_some());
    }
    let (error, ..) = spoilt(|folder, key| {
        let first = folder.open().unwrap().entries()[0].key.kid().to_owned();
        fs::write(folder.manifest(), folder.text().replace(&first, key.kid())).unwrap();
    });
    assert!(error.to_string().ends_with("stands for two keys"), "{error}");
    let (error, folder, _) = spoilt(|folder, _| {
        fs::set_permissions(folder.manifest(), fs::Permissions::from_mode(0o646)).unwrap();
    });
    assert_eq!(error.code(), Code::KeyTooOpen);
    let hint = format!("chmod 644 {}", folder.manifest().display());
    assert_eq!(error.hint_text(), Some(hint.as_str()));
    let (error, ..) = spoilt(|folder, _| fs::write(folder.manifest(), b"\xff").unwrap());
    assert!(error.to_string().ends_with("this is not UTF-8"), "{error}");
}

/// Without its list, a key that it says is revoked would sign again.
#[test]
fn a_ring_whose_list_is_gone_is_no_single_key() {
    let (error, folder, two) = spoilt(|folder, _| {
        fs::remove_file(folder.path.join("jwt.ring")).unwrap();
    });
    assert_eq!(error.code(), Code::KeyMissing);
    let file = format!("jwt-{}.pub", short(&two));
    assert!(error.to_string().contains("jwt.ring\" is gone"), "{error}");
    assert!(error.to_string().contains(&file), "{error}");
    assert!(folder.place.hold(&Wanted::default(), TooOpen::Refuse).is_err());
    // What only looks so is no ring's: another key under such a name, or no key at all.
    fs::rename(folder.path.join(&file), folder.path.join("jwt-20270101.pub")).unwrap();
    fs::write(folder.path.join("jwt-12345678.pub"), "not a key").unwrap();
    assert!(folder.open().is_ok());
}
