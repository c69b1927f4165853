//! A key file: its form found by its content, never by its name.

use std::cell::Cell;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::material::Material;
use super::{Key, KeySet, der, file, jwk, seen, text, unreadable};
use crate::alg::{Algorithm, Family};
use crate::error::{Code, Error, Result};

/// The most that is read of a file.
pub(super) const LIMIT: usize = 1 << 20;

/// What the caller needs of a key, and can give for it.
#[derive(Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// The algorithms that are allowed; none means the usual one of each kind of key.
    pub algs: &'a [Algorithm],
    /// Asked when a key is encrypted, and only then.
    pub passphrase: Option<&'a dyn Fn() -> Result<Zeroizing<String>>>,
}

/// What to do with a private key that others can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooOpen {
    /// Refuse it.
    Refuse,
    /// Take it all the same.
    Accept,
}

/// The keys in `bytes`; `origin` says in messages where they are from.
pub fn read(bytes: &[u8], origin: &str, wanted: &Wanted<'_>) -> Result<KeySet> {
    parse(bytes, wanted).map_err(|error| from(origin, &error))
}

/// The keys in a file.
pub fn read_file(path: &Path, wanted: &Wanted<'_>, open: TooOpen) -> Result<KeySet> {
    let (bytes, metadata) = contents("key file", path)?;
    let set = read(&bytes, &file::quoted(path), wanted)?;
    if set.keys.iter().any(Key::is_secret) {
        check_open(path, &metadata, open)?;
    }
    Ok(set)
}

/// The bytes of a private key's file that somebody else makes sense of.
pub fn read_private(path: &Path, open: TooOpen) -> Result<Zeroizing<Vec<u8>>> {
    let (bytes, metadata) = contents("key file", path)?;
    check_open(path, &metadata, open)?;
    Ok(bytes)
}

/// What is in a file, up to a byte over the limit; `what` says in messages what the file is.
pub fn contents(what: &str, path: &Path) -> Result<(Zeroizing<Vec<u8>>, Metadata)> {
    let origin = file::quoted(path);
    let unread = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => {
            Error::new(Code::KeyMissing, format!("there is no {what} {origin}"))
        }
        kind => unreadable(format!("the {what} {origin} cannot be read: {kind}")),
    };
    let handle = File::open(path).map_err(unread)?;
    let metadata = handle.metadata().map_err(unread)?;
    Ok((bounded(handle).map_err(unread)?, metadata))
}

/// Whether the key in a file is encrypted.
pub fn is_sealed(path: &Path) -> bool {
    let asked = Cell::new(false);
    let passphrase = || {
        asked.set(true);
        Err(unreadable("there is no passphrase"))
    };
    let wanted = Wanted { algs: &[], passphrase: Some(&passphrase) };
    _ = read_file(path, &wanted, TooOpen::Accept);
    asked.get()
}

/// Refuses a private key's file that others can read.
pub(super) fn check_open(path: &Path, metadata: &Metadata, open: TooOpen) -> Result<()> {
    match file::mode(metadata).filter(|mode| mode & 0o077 != 0) {
        Some(mode) if open == TooOpen::Refuse => {
            let (origin, shell) = (file::quoted(path), file::shell_word(path));
            let seen = format!("the private key {origin} is open to others (mode {mode:04o})");
            Err(Error::new(Code::KeyTooOpen, seen).hint(format!("chmod 600 {shell}")))
        }
        _ => Ok(()),
    }
}

/// Refuses a file that everybody can write where what is in it decides whose tokens are ours: a
/// public key's, a ring's manifest.
pub(super) fn check_everybodys(
    what: &str,
    path: &Path,
    metadata: &Metadata,
    open: TooOpen,
) -> Result<()> {
    match file::mode(metadata).filter(|mode| mode & 0o002 != 0) {
        Some(mode) if open == TooOpen::Refuse => {
            let (origin, shell) = (file::quoted(path), file::shell_word(path));
            let seen = format!("the {what} {origin} can be replaced by anybody (mode {mode:04o})");
            Err(Error::new(Code::KeyTooOpen, seen).hint(format!("chmod 644 {shell}")))
        }
        _ => Ok(()),
    }
}

/// No more than one byte over the limit, however much there is.
pub(super) fn bounded(source: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 * 1024));
    source.take(LIMIT as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The same error, saying where.
pub(super) fn from(origin: &str, error: &Error) -> Error {
    let told = Error::new(error.code(), format!("{origin}: {error}"));
    match error.hint_text() {
        Some(hint) => told.hint(hint),
        None => told,
    }
}

fn parse(bytes: &[u8], wanted: &Wanted<'_>) -> Result<KeySet> {
    if bytes.len() > LIMIT {
        return Err(unreadable("this is larger than 1 MiB, which no key is"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() {
        return Err(unreadable("this is empty; a key is expected"));
    }
    if let Some(text) = jwk::is_json(bytes) {
        return jwk::read(text, wanted);
    }
    let material = if text::is_pem(bytes) {
        text::read(bytes, wanted)?
    } else if let Some(material) = der::read(bytes, wanted)? {
        material
    } else {
        raw(bytes, wanted)?
    };
    let alg = material.choose(wanted.algs)?;
    Ok(KeySet { keys: vec![Key::new(material, alg, None)?], set_aside: Vec::new() })
}

/// Anything else is a secret, if a secret is wanted: one line break at its end is not part of it.
fn raw(bytes: &[u8], wanted: &Wanted<'_>) -> Result<Material> {
    if let Some(what) = seen::named(bytes) {
        return Err(unreadable(format!("this is {what}; a key is expected")));
    }
    if !wanted.algs.iter().any(|alg| alg.family() == Family::Hmac) {
        return Err(unreadable(seen::unnamed(bytes))
            .hint("a raw HMAC secret needs JOT_KEYS__ALG=HS256 (keys.alg) in the ring, and --alg HS256 where you name its file"));
    }
    let secret = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let secret = if secret.len() < bytes.len() {
        secret.strip_suffix(b"\r").unwrap_or(secret)
    } else {
        secret
    };
    Ok(Material::Secret(Zeroizing::new(secret.to_vec())))
}
