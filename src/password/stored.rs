//! A stored hash: its beginning says whose it is and of which scheme. Ours begins with `$`;
//! Django's with the scheme's name, and stands as Django wrote it until its user logs in.

use argon2::Algorithm;

use super::foreign::{Bcrypt, Pbkdf2, Scrypt};
use super::memory::Memory;
use super::phc::Phc;
use super::{Cost, HASH_LENGTH};
use crate::error::{Code, Error, Result};

/// The longest text of a hash: none that is meant has a third of it.
const LONGEST: usize = 1024;

/// What Django knows and is not taken over: too fast to guess, without a salt, or deaf to all but
/// the first 72 bytes of a password.
const REFUSED: [&str; 7] =
    ["md5", "sha1", "pbkdf2_sha1", "bcrypt", "crypt", "unsalted_md5", "unsalted_sha1"];

/// A stored hash, taken apart and found to be within bounds.
pub(super) enum Stored {
    /// Ours.
    Own(Phc),
    /// `argon2$argon2id$v=19$m=…,t=…,p=…$salt$hash`, in older ones `argon2i`.
    Argon2(Phc),
    /// `pbkdf2_sha256$iterations$salt$hash`
    Pbkdf2(Pbkdf2),
    /// `bcrypt_sha256$$2b$cost$salt and hash`
    Bcrypt(Bcrypt),
    /// `scrypt$N$salt$r$p$hash`
    Scrypt(Scrypt),
}

impl Stored {
    /// Reads a hash; what it asks for is judged before any of it is done.
    pub(super) fn read(text: &str) -> Result<Self> {
        if text.len() > LONGEST {
            return Err(unreadable(&format!("it is longer than {LONGEST} bytes")));
        }
        let (scheme, rest) = text.split_once('$').unwrap_or((text, ""));
        match scheme {
            "" => Phc::read(text, &[Algorithm::Argon2id]).map(Self::Own),
            "argon2" => {
                let phc = &text[scheme.len()..];
                Phc::read(phc, &[Algorithm::Argon2id, Algorithm::Argon2i]).map(Self::Argon2)
            }
            "pbkdf2_sha256" => Pbkdf2::read(rest).map(Self::Pbkdf2),
            "bcrypt_sha256" => Bcrypt::read(rest).map(Self::Bcrypt),
            "scrypt" => Scrypt::read(rest).map(Self::Scrypt),
            _ => Err(refused(scheme)),
        }
    }

    /// Says whether this is the hash of `password`.
    pub(super) fn fits(&self, password: &[u8], memory: &mut Memory) -> Result<bool> {
        match self {
            Self::Own(phc) | Self::Argon2(phc) => phc.fits(password, memory),
            Self::Pbkdf2(pbkdf2) => Ok(pbkdf2.fits(password)),
            Self::Bcrypt(bcrypt) => Ok(bcrypt.fits(password)),
            Self::Scrypt(scrypt) => scrypt.fits(password),
        }
    }

    /// Made by us, and so of a password in NFC.
    pub(super) fn is_own(&self) -> bool {
        matches!(self, Self::Own(_))
    }

    /// Ours, and no cheaper than `cost`.
    pub(super) fn is_worth(&self, cost: Cost) -> bool {
        matches!(self, Self::Own(phc) if cost.within(phc.cost()) && phc.length() >= HASH_LENGTH)
    }
}

/// Compares in a time that does not tell where two hashes differ.
pub(super) fn same(computed: &[u8], stored: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(computed, stored).is_ok()
}

/// The text says something that is no hash, or none that is verified here. What it says is not
/// repeated: it may be a password.
pub(super) fn unreadable(why: &str) -> Error {
    Error::new(Code::Failed, format!("a stored password hash cannot be read: {why}"))
}

/// Hashes without a salt once stood without a scheme, known by their digits alone.
fn refused(scheme: &str) -> Error {
    let bare = scheme.bytes().all(|byte| byte.is_ascii_hexdigit());
    let known = match scheme.len() {
        32 if bare => Some("unsalted_md5"),
        40 if bare => Some("unsalted_sha1"),
        _ => REFUSED.into_iter().find(|name| *name == scheme),
    };
    let seen = known.map_or("of no known scheme".to_owned(), |name| format!("\"{name}\""));
    let taken = "argon2, bcrypt_sha256, pbkdf2_sha256 or scrypt";
    unreadable(&format!("it is {seen}, expected {taken}"))
}
