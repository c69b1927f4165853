//! Keys as a user meets them: exchanged with OpenSSL, refused in words, found in their places.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

#[path = "keys/arbitrary.rs"]
mod arbitrary;
#[path = "keys/at_once.rs"]
mod at_once;
#[path = "keys/exchange.rs"]
mod exchange;
#[path = "keys/files.rs"]
mod files;
#[path = "keys/folder.rs"]
mod folder;
#[path = "keys/jwks.rs"]
mod jwks;
#[path = "keys/places.rs"]
mod places;
#[path = "keys/refusals.rs"]
mod refusals;
#[path = "keys/ring.rs"]
mod ring;
#[path = "keys/spoilt.rs"]
mod spoilt;

use std::io::Write;
use std::process::{Command, Stdio};

use jot::alg::Algorithm;
use jot::chance;
use jot::error::{Error, Result};
use jot::key::{self, Form, Key, KeySet, Part, Wanted};

/// One algorithm of each kind of key.
const KINDS: [Algorithm; 4] =
    [Algorithm::RS256, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA];

fn generate(alg: Algorithm) -> Key {
    key::generate(alg, None, &mut chance::System::generator()).unwrap()
}

fn read(bytes: impl AsRef<[u8]>, algs: &[Algorithm]) -> Result<KeySet> {
    key::read(bytes.as_ref(), "here", &Wanted { algs, passphrase: None })
}

fn read_one(bytes: impl AsRef<[u8]>) -> Key {
    let mut set = read(bytes, &[]).unwrap();
    assert_eq!((set.keys.len(), set.set_aside.len()), (1, 0));
    set.keys.remove(0)
}

fn refused(bytes: impl AsRef<[u8]>, algs: &[Algorithm]) -> Error {
    read(bytes, algs).expect_err("a refusal")
}

fn text(key: &Key, form: Form, part: Part) -> String {
    String::from_utf8(key.write(form, part, None).unwrap().to_vec()).unwrap()
}

/// What `openssl` prints for `arguments`, which must succeed, with `input` on its stdin.
fn openssl(arguments: &str, input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(arguments.split_whitespace())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments}: {errors}");
    output.stdout
}
