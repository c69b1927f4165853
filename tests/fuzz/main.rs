//! What a fuzzer found worth keeping, read once more: where no fuzzer can be built, no reader may
//! fall behind what it withstood.

#![cfg(test)]

mod asked;
mod targets;

use std::path::{Path, PathBuf};

/// Every input that is kept for a target.
fn corpus(target: &str) -> impl Iterator<Item = (PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let files: Vec<_> = folder.read_dir().unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.len() > 10, "{} is as good as empty", folder.display());
    files.into_iter().map(|path| {
        let bytes = std::fs::read(&path).unwrap();
        (path, bytes)
    })
}

/// Names the input that a target does not withstand.
fn replay(target: &str, read: impl Fn(&[u8])) {
    for (path, bytes) in corpus(target) {
        let read = std::panic::AssertUnwindSafe(|| read(&bytes));
        assert!(std::panic::catch_unwind(read).is_ok(), "{}", path.display());
    }
}

#[test]
fn tokens() {
    replay("token", targets::token);
}

#[test]
fn keys() {
    replay("key", targets::key);
}

#[test]
fn settings() {
    let folder = tempfile::tempdir().unwrap();
    replay("settings", |bytes| targets::settings(bytes, folder.path()));
}

#[test]
fn requests() {
    replay("request", asked::request);
}

#[test]
fn password_hashes() {
    replay("hash", targets::hash);
}

#[test]
fn pastes() {
    replay("paste", targets::paste);
}
