//! Passwords: hashed with argon2id (RFC 9106), kept as PHC strings, compared without a hint. Hashes
//! that Django made are verified as they stand, until a login replaces them.
//!
//! The same characters may be typed as different bytes, so a password is in NFC before it is hashed
//! (RFC 8265 4.2). It is never truncated. What a new password must be like is in [`rules`] and not
//! asked at login. Throttling and threads are not decided here: hashing blocks, by design.

mod foreign;
mod hasher;
mod memory;
mod phc;
pub mod rules;
mod stored;

use std::fmt;

use argon2::Params;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

pub use hasher::Hasher;
pub use rules::{Weak, set_rules};

use crate::chance::Chance;
use crate::error::{Code, Error, Result};
use phc::written;
use stored::Stored;

/// The longest password, in bytes after normalisation.
pub const MAX_BYTES: usize = 1024;

/// What argon2 may be asked for at most, by a stored hash too, so that an imported one cannot exhaust
/// the machine.
pub const MOST: Cost = Cost { memory: 1024 * 1024, iterations: 64, parallelism: 16 };
const SALT_LENGTH: usize = 16;
const HASH_LENGTH: usize = 32;

/// What one hash costs (RFC 9106 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB, from 8 for each lane to 1 GiB.
    pub memory: u32,
    /// Passes over the memory, 1 to 64.
    pub iterations: u32,
    /// Lanes, 1 to 16.
    pub parallelism: u32,
}

impl Default for Cost {
    fn default() -> Self {
        Self { memory: 19_456, iterations: 2, parallelism: 1 }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m={},t={},p={}", self.memory, self.iterations, self.parallelism)
    }
}

impl Cost {
    /// No part of it is above that of `other`.
    fn within(self, other: Self) -> bool {
        self.memory <= other.memory
            && self.iterations <= other.iterations
            && self.parallelism <= other.parallelism
    }

    fn params(self) -> Result<Params> {
        let refuse = || {
            Error::new(Code::Settings, format!("passwords cannot be hashed with \"{self}\"")).hint(
                format!("choose at least m=8,t=1,p=1 with 8 of m for each p, and at most {MOST}"),
            )
        };
        if !self.within(MOST) {
            return Err(refuse());
        }
        Params::new(self.memory, self.iterations, self.parallelism, Some(HASH_LENGTH))
            .map_err(|_| refuse())
    }
}

/// Hashes `password` for the store.
pub fn hash(password: &str, cost: &Cost, chance: &dyn Chance) -> Result<String> {
    Hasher::default().hash(password, cost, chance)
}

/// Says whether `password` is the one behind the stored hash `text`, at the cost that it states. An
/// error means that `text` cannot be read, not that the password is wrong.
pub fn verify(password: &str, text: &str) -> Result<bool> {
    Hasher::default().verify(password, text)
}

/// Says whether a stored hash should be made anew at the next login: it is not ours, or costs less
/// than `cost` asks for.
pub fn outdated(text: &str, cost: &Cost) -> bool {
    !Stored::read(text).is_ok_and(|stored| stored.is_worth(*cost))
}

/// Says whether `text` can be verified against, without doing so.
pub fn readable(text: &str) -> Result<()> {
    Stored::read(text).map(drop)
}

/// A user's password as Django keeps it: the hash to be kept as it stands, or none for a user whom
/// no password lets in (`!` and what follows, or nothing).
pub fn imported(text: &str) -> Result<Option<&str>> {
    if text.is_empty() || text.starts_with('!') {
        return Ok(None);
    }
    readable(text).map(|()| Some(text))
}

/// A hash that no password has, at the configured cost: whoever has none is checked against it
/// while there is no user whose hash could serve. It is drawn, not computed.
pub fn stand_in(cost: &Cost, chance: &dyn Chance) -> Result<String> {
    let (mut salt, mut hash) = ([0; SALT_LENGTH], [0; HASH_LENGTH]);
    chance.fill(&mut salt);
    chance.fill(&mut hash);
    written(&cost.params()?, &salt, &hash)
}

/// The password in NFC; none if that is longer than any password may be. The buffer never grows,
/// so that no copy stays behind.
fn normalised(password: &str) -> Option<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(MAX_BYTES));
    for c in password.nfc() {
        if text.len() + c.len_utf8() > MAX_BYTES {
            return None;
        }
        text.push(c);
    }
    Some(text)
}

#[cfg(test)]
mod tests;
