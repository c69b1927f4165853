//! The places of a ring: what is found there, and what is said when nothing is.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use jot::alg::Algorithm;
use jot::error::{Code, Error};
use jot::key::ring::State;
use jot::key::{Form, Key, Part, Place, Ring, TooOpen, Wanted};
use zeroize::Zeroizing;

use crate::{generate, text};

pub(crate) fn put(folder: &Path, name: &str, key: &Key, form: Form, part: Part) {
    let path = folder.join(name);
    fs::write(&path, key.write(form, part, None).unwrap()).unwrap();
    let mode = if part == Part::Private { 0o600 } else { 0o644 };
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
}

fn open(place: &Place) -> Result<Ring, Error> {
    Ring::open(place, &Wanted::default(), TooOpen::Refuse)
}

fn folder(path: &Path) -> Place {
    Place::Folder { path: path.to_owned(), name: "jwt-signing".to_owned() }
}

fn command(argv: &[&str]) -> Place {
    let argv = argv.iter().map(|&word| word.to_owned()).collect();
    Place::Command { argv, folder: ".".into() }
}

#[test]
fn a_folder_holds_a_pair() {
    for (ending, form) in
        [("pem", Form::Pkcs8), ("key", Form::Pkcs8), ("der", Form::Der), ("jwk", Form::Jwk)]
    {
        let at = tempfile::tempdir().unwrap();
        let key = generate(Algorithm::EdDSA);
        put(at.path(), &format!("jwt-signing.{ending}"), &key, form, Part::Private);
        let alone = open(&folder(at.path())).unwrap();
        assert!(alone.entries()[0].public.is_none());
        put(at.path(), "jwt-signing.pub", &key, Form::Pkcs8, Part::Public);
        let ring = open(&folder(at.path())).unwrap();
        let [entry] = ring.entries() else { panic!("{ring:?}") };
        assert_eq!(entry.times.state(0), State::Active);
        assert!(entry.private.as_ref().unwrap().ends_with(format!("jwt-signing.{ending}")));
        assert!(entry.public.as_ref().unwrap().ends_with("jwt-signing.pub"));
        assert_eq!(ring.signing(0).unwrap().kid(), key.kid());
        assert_eq!(ring.verifying(0).len(), 1);
    }
}

#[test]
fn a_public_key_alone_verifies_and_does_not_sign() {
    let at = tempfile::tempdir().unwrap();
    put(at.path(), "jwt-signing.pub", &generate(Algorithm::RS256), Form::Pkcs8, Part::Public);
    let ring = open(&folder(at.path())).unwrap();
    assert_eq!(ring.verifying(0).len(), 1);
    let error = ring.signing(0).unwrap_err();
    assert_eq!(
        (error.code(), error.hint_text()),
        (Code::KeyMissing, Some("put it back, or make another pair with `jot keygen --force`"))
    );
    let words = format!("jwt-signing.pem was not found in \"{}\"", at.path().display());
    assert!(error.to_string().contains(&words), "{error}");
}

#[test]
fn who_only_verifies_does_not_read_the_private_half() {
    let at = tempfile::tempdir().unwrap();
    let open = || Ring::open_public(&folder(at.path()), &Wanted::default(), TooOpen::Refuse);
    let key = generate(Algorithm::EdDSA);
    put(at.path(), "jwt-signing.pem", &key, Form::Pkcs8, Part::Private);
    assert_eq!(open().unwrap().verifying(0)[0].kid(), key.kid());
    put(at.path(), "jwt-signing.pub", &key, Form::Pkcs8, Part::Public);
    let private = at.path().join("jwt-signing.pem");
    fs::write(&private, "spoilt").unwrap();
    assert_eq!(open().unwrap().verifying(0)[0].kid(), key.kid());
    fs::set_permissions(&private, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(open().unwrap_err().code(), Code::KeyTooOpen);
}

#[test]
fn an_unclear_folder_is_refused() {
    let at = tempfile::tempdir().unwrap();
    let error = open(&folder(at.path())).unwrap_err();
    assert_eq!((error.code(), error.hint_text()), (Code::KeyMissing, Some("jot keygen")));
    assert!(error.to_string().ends_with(": expected jwt-signing.pem"), "{error}");

    let (one, two) = (generate(Algorithm::ES256), generate(Algorithm::ES256));
    put(at.path(), "jwt-signing.pem", &one, Form::Pkcs8, Part::Private);
    put(at.path(), "jwt-signing.pub", &two, Form::Pkcs8, Part::Public);
    let error = open(&folder(at.path())).unwrap_err();
    assert_eq!(error.code(), Code::KeyUnfit);
    assert!(error.to_string().ends_with("are not halves of one pair"), "{error}");

    put(at.path(), "jwt-signing.pub", &one, Form::Pkcs8, Part::Private);
    let error = open(&folder(at.path())).unwrap_err();
    assert!(error.to_string().contains("the public half is expected there"), "{error}");

    put(at.path(), "jwt-signing.jwk", &one, Form::Jwk, Part::Private);
    let error = open(&folder(at.path())).unwrap_err();
    assert_eq!(error.code(), Code::KeyUnfit);
    for name in ["jwt-signing.pem\"", "jwt-signing.jwk\"", "both claim to be the private key"] {
        assert!(error.to_string().contains(name), "{error}");
    }

    fs::remove_file(at.path().join("jwt-signing.jwk")).unwrap();
    put(at.path(), "jwt-signing.pem", &one, Form::Pkcs8, Part::Public);
    let error = open(&folder(at.path())).unwrap_err();
    assert!(error.to_string().contains("the private half is expected there"), "{error}");
}

#[test]
fn a_text_is_a_place() {
    let what = "the environment variable JOT_KEY".to_owned();
    let of = |text| Place::Text { what: what.clone(), text: Zeroizing::new(text) };
    let key = generate(Algorithm::ES384);
    let ring = open(&of(text(&key, Form::Pkcs8, Part::Private))).unwrap();
    assert_eq!(ring.signing(0).unwrap().kid(), key.kid());
    let ring = open(&of(text(&key, Form::Jwk, Part::Public))).unwrap();
    let error = ring.signing(0).unwrap_err();
    assert!(error.to_string().ends_with("JOT_KEY holds only a public one"), "{error}");
    let error = open(&of("nothing".to_owned())).unwrap_err();
    assert!(error.to_string().starts_with("the environment variable JOT_KEY: this is text"));
}

#[test]
fn a_public_key_that_anybody_can_replace_verifies_nothing() {
    let at = tempfile::tempdir().unwrap();
    let key = generate(Algorithm::EdDSA);
    put(at.path(), "jwt-signing.pem", &key, Form::Pkcs8, Part::Private);
    put(at.path(), "jwt-signing.pub", &key, Form::Pkcs8, Part::Public);
    let public = at.path().join("jwt-signing.pub");
    for (mode, good) in [(0o644, true), (0o664, true), (0o666, false), (0o602, false)] {
        fs::set_permissions(&public, fs::Permissions::from_mode(mode)).unwrap();
        let ring = Ring::open_public(&folder(at.path()), &Wanted::default(), TooOpen::Refuse);
        assert_eq!(ring.as_ref().err().map(Error::code), (!good).then_some(Code::KeyTooOpen));
        let ring = Ring::open_public(&folder(at.path()), &Wanted::default(), TooOpen::Accept);
        assert!(ring.is_ok(), "{mode:o}");
    }
}

#[test]
fn a_command_is_a_place() {
    let at = tempfile::tempdir().unwrap();
    let key = generate(Algorithm::EdDSA);
    put(at.path(), "k", &key, Form::Pkcs8, Part::Private);
    let path = at.path().join("k");
    let ring = open(&command(&["cat", path.to_str().unwrap()])).unwrap();
    assert_eq!(ring.signing(0).unwrap().kid(), key.kid());
    for (argv, words) in [
        (&["false"][..], "the key command \"false\" failed (exit status: 1)"),
        (&["true"], "the key command \"true\" printed nothing"),
        (&["/none/such"], "the key command \"/none/such\" cannot be run: entity not found"),
        (&["echo", "hush"], "the key command \"echo\": this is text of 5 bytes"),
        (&["cat", "/dev/zero"], "the key command \"cat\": this is larger than 1 MiB"),
        (&[], "the key command \"\" is empty"),
    ] {
        let error = open(&command(argv)).unwrap_err();
        assert_eq!(error.code(), Code::KeyUnreadable);
        assert!(error.to_string().starts_with(words), "{error}");
        assert!(!error.to_string().contains("hush"));
    }
}

#[test]
fn symmetric_keys_sign_and_are_not_published() {
    let place = Place::Text {
        what: "the text".to_owned(),
        text: Zeroizing::new(text(&generate(Algorithm::HS512), Form::Jwk, Part::Private)),
    };
    let ring = open(&place).unwrap();
    assert_eq!(ring.signing(0).unwrap().alg(), Algorithm::HS512);
    assert_eq!(ring.jwks(0).unwrap().to_string(), r#"{"keys":[]}"#);
}
