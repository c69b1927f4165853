//! Key files: written whole or not at all, and read only if nobody else can.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use jot::alg::Algorithm;
use jot::error::{Code, Error};
use jot::key::file::{self, Access, Draft, Existing};
use jot::key::{Form, Part, TooOpen, Wanted, read_file};

use crate::{generate, text};

fn secret<'a>(path: &'a Path, bytes: &'a [u8]) -> Draft<'a> {
    Draft { path, bytes, access: Access::Owner }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn refused(path: &Path) -> Error {
    read_file(path, &Wanted::default(), TooOpen::Refuse).expect_err("a refusal")
}

#[test]
fn a_pair_is_written_for_its_readers() {
    let folder = tempfile::tempdir().unwrap();
    let (private, public) = (folder.path().join("k.pem"), folder.path().join("k.pub"));
    let drafts = [
        secret(&private, b"private"),
        Draft { path: &public, bytes: b"public", access: Access::Everybody },
    ];
    file::write(&drafts, Existing::Keep).unwrap();
    assert_eq!(names(folder.path()), ["k.pem", "k.pub"]);
    assert_eq!((mode(&private), mode(&public) & 0o600), (0o600, 0o600));
    assert_eq!(
        (fs::read(&private).unwrap(), fs::read(&public).unwrap()),
        (b"private".into(), b"public".into())
    );
}

#[test]
fn what_is_there_stays_unless_it_is_to_be_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("a"), folder.path().join("b"));
    fs::write(&second, "old").unwrap();
    fs::set_permissions(&second, fs::Permissions::from_mode(0o644)).unwrap();
    let drafts = [secret(&first, b"new"), secret(&second, b"new")];
    let error = file::write(&drafts, Existing::Keep).unwrap_err();
    assert_eq!(error.code(), Code::Exists);
    assert!(error.to_string().contains("/b\" exists already"), "{error}");
    assert_eq!(names(folder.path()), ["b"]);
    assert_eq!(fs::read(&second).unwrap(), b"old");

    file::write(&drafts, Existing::Replace).unwrap();
    assert_eq!(names(folder.path()), ["a", "b"]);
    assert_eq!((fs::read(&second).unwrap(), mode(&second)), (b"new".to_vec(), 0o600));
}

#[test]
fn no_half_pair_is_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let (good, lost) = (folder.path().join("a"), folder.path().join("none/b"));
    for existing in [Existing::Keep, Existing::Replace] {
        let drafts = [secret(&good, b"1"), secret(&lost, b"2")];
        let error = file::write(&drafts, existing).unwrap_err();
        assert!(error.to_string().contains("there is no folder"), "{error}");
        assert!(error.hint_text().unwrap().starts_with("mkdir -p "));
        assert_eq!(names(folder.path()), [""; 0]);
    }
    // The second takes the place of the first, which only shows when both are ready.
    let drafts = [secret(&good, b"1"), secret(&good, b"2")];
    assert_eq!(file::write(&drafts, Existing::Keep).unwrap_err().code(), Code::Exists);
    assert_eq!(names(folder.path()), [""; 0]);
    fs::create_dir(&good).unwrap();
    let error = file::write(&[secret(&good, b"1")], Existing::Replace).unwrap_err();
    assert!(error.to_string().contains("a folder of that name is there"), "{error}");
}

#[test]
fn a_private_key_open_to_others_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my key");
    let key = generate(Algorithm::ES256);
    let write = |part, mode| {
        fs::write(&path, text(&key, Form::Pkcs8, part)).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    };
    for open in [0o640, 0o604, 0o660, 0o622] {
        write(Part::Private, open);
        let error = refused(&path);
        assert_eq!(error.code(), Code::KeyTooOpen);
        assert!(error.to_string().contains(&format!("is open to others (mode {open:04o})")));
        assert_eq!(error.hint_text().unwrap(), format!("chmod 600 '{}'", path.display()));
        assert!(read_file(&path, &Wanted::default(), TooOpen::Accept).is_ok());
    }
    for (part, mode) in [(Part::Private, 0o600), (Part::Private, 0o400), (Part::Public, 0o644)] {
        write(part, mode);
        assert!(read_file(&path, &Wanted::default(), TooOpen::Refuse).is_ok());
    }
    fs::write(&path, [b's'; 32]).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let wanted = Wanted { algs: &[Algorithm::HS256], passphrase: None };
    let error = read_file(&path, &wanted, TooOpen::Refuse).unwrap_err();
    assert_eq!(error.code(), Code::KeyTooOpen);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = refused(&folder.path().join("none.pem"));
    assert_eq!(error.code(), Code::KeyMissing);
    assert!(error.to_string().contains("none.pem"), "{error}");
    let error = refused(folder.path());
    assert_eq!(error.code(), Code::KeyUnreadable);
    assert!(error.to_string().contains("is a directory"), "{error}");
    let error = refused(Path::new("/dev/zero"));
    assert_eq!(error.to_string(), "\"/dev/zero\": this is larger than 1 MiB, which no key is");
}
