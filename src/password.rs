//! Passwords: hashed with argon2id (RFC 9106), kept as PHC strings, compared without a hint.
//!
//! The same characters may be typed as different bytes, so a password is in NFC before it is hashed
//! (RFC 8265 4.2). It is never truncated. What a new password must be like is in [`rules`] and not
//! asked at login. Throttling and threads are not decided here: hashing blocks, by design.

mod hasher;
mod phc;
pub mod rules;

use std::fmt;

use argon2::Params;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

pub use hasher::Hasher;
pub use rules::{Weak, set_rules};

use crate::chance::Chance;
use crate::error::{Code, Error, Result};
use phc::{Stored, written};

/// The longest password, in bytes after normalisation.
pub const MAX_BYTES: usize = 1024;

/// What a hash may ask for at most, a stored one too, so that an imported one cannot exhaust the
/// machine.
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

/// Says whether `password` is the one behind `phc`, at the cost that `phc` states. An error means
/// that `phc` cannot be read, not that the password is wrong.
pub fn verify(password: &str, phc: &str) -> Result<bool> {
    Hasher::default().verify(password, phc)
}

/// Says whether `phc` should be made anew at the next login: it costs less than `cost` asks for.
pub fn outdated(phc: &str, cost: &Cost) -> bool {
    let current = |stored: &Stored| cost.within(stored.cost()) && stored.hash.len() >= HASH_LENGTH;
    !Stored::read(phc).is_ok_and(|stored| current(&stored))
}

/// Says whether `phc` can be verified against, without doing so: for imports.
pub fn readable(phc: &str) -> Result<()> {
    Stored::read(phc).map(drop)
}

/// A hash that no password has, at the configured cost. It is drawn, not computed.
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
mod tests {
    use super::*;
    use crate::chance::Seeded;

    const CHEAP: Cost = Cost { memory: 32, iterations: 1, parallelism: 1 };

    fn cheap(password: &str) -> String {
        hash(password, &CHEAP, &Seeded::new(1)).unwrap()
    }

    #[test]
    fn the_right_password_fits_and_no_other() {
        let phc = cheap("correct horse");
        assert!(phc.starts_with("$argon2id$v=19$m=32,t=1,p=1$"), "{phc}");
        assert!(verify("correct horse", &phc).unwrap());
        for wrong in ["", "correct horse ", "Correct horse", "correct horse\0"] {
            assert!(!verify(wrong, &phc).unwrap(), "{wrong:?}");
        }
    }

    #[test]
    fn a_hash_by_the_reference_implementation_fits() {
        // printf password | argon2 somesalt -id -t 2 -k 64 -p 4 -e
        let phc = "$argon2id$v=19$m=64,t=2,p=4$c29tZXNhbHQ\
                   $1cp+rkzm4iaaLdA2LKOSe0ncDQ6LNEz6256dSZ/VQJ4";
        assert!(verify("password", phc).unwrap());
        assert!(!verify("Password", phc).unwrap());
    }

    #[test]
    fn a_shorter_hash_fits_and_is_outdated() {
        // printf 'Schl\u00fcssel' | argon2 somesalt -id -t 1 -k 64 -p 1 -l 24 -e
        let phc = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$QSQ28HXVCY49Ym3TkGXZ6KoKkVeE0iCX";
        assert!(verify("Schl\u{fc}ssel", phc).unwrap());
        assert!(outdated(phc, &CHEAP));
    }

    #[test]
    fn salts_differ() {
        let chance = Seeded::new(1);
        assert_ne!(hash("a", &CHEAP, &chance).unwrap(), hash("a", &CHEAP, &chance).unwrap());
    }

    #[test]
    fn composed_and_decomposed_are_one_password() {
        assert!(verify("Schlu\u{308}ssel", &cheap("Schl\u{fc}ssel")).unwrap());
        assert!(verify("\u{212b}", &cheap("\u{c5}")).unwrap());
        // NFKC would make these equal and passwords poorer.
        assert!(!verify("x2", &cheap("x\u{b2}")).unwrap());
    }

    #[test]
    fn nothing_is_truncated() {
        let longest = "x".repeat(MAX_BYTES);
        let phc = cheap(&longest);
        assert!(verify(&longest, &phc).unwrap());
        assert!(!verify(&longest[1..], &phc).unwrap());
        assert!(!verify(&(longest.clone() + "x"), &phc).unwrap());
        assert_eq!(
            hash(&(longest + "x"), &CHEAP, &Seeded::new(1)).unwrap_err().code(),
            Code::Usage
        );
    }

    #[test]
    fn the_limit_is_of_the_normal_form() {
        // Two characters of three bytes become one of two.
        let typed = "u\u{308}".repeat(MAX_BYTES / 2);
        assert!(typed.len() > MAX_BYTES);
        assert!(verify(&typed, &cheap(&typed)).unwrap());
        assert!(normalised(&"\u{fb2c}".repeat(MAX_BYTES / 4)).is_none());
    }

    #[test]
    fn what_cannot_be_read_is_an_error_and_not_a_wrong_password() {
        let good = cheap("a");
        for phc in [
            "",
            "a",
            "$",
            "$argon2id$v=19$m=32,t=1,p=1",
            &good.replace("argon2id", "argon2i"),
            &good.replace("v=19", "v=16"),
            &good.replace("$v=19", ""),
            &good.replace("m=32", "m=1048577"),
            &good.replace("m=32", "m=4294967295"),
            &good.replace("t=1", "t=65"),
            &good.replace("t=1", "t=0"),
            &good.replace("p=1", "p=17"),
            &good.replace("m=32,t=1,p=1", "m=4096,t=1,p=17"),
            &good.replace("m=32", "m=x"),
            &good.replace("p=1", "p=1,z=1"),
            &(good.clone() + "$"),
            &good[..good.len() - 40],
        ] {
            assert!(verify("a", phc).is_err(), "{phc}");
            assert!(readable(phc).is_err(), "{phc}");
            assert!(outdated(phc, &CHEAP), "{phc}");
        }
        readable(&good).unwrap();
    }

    #[test]
    fn a_cost_that_cannot_be_is_refused_by_name() {
        for cost in [
            Cost { memory: 7, ..CHEAP },
            Cost { memory: MOST.memory + 1, ..CHEAP },
            Cost { iterations: 0, ..CHEAP },
            Cost { parallelism: 5, ..CHEAP },
        ] {
            let error = hash("a", &cost, &Seeded::new(1)).unwrap_err();
            assert_eq!(error.code(), Code::Settings);
            assert!(error.to_string().contains(&cost.to_string()), "{error}");
            assert!(stand_in(&cost, &Seeded::new(1)).is_err());
        }
    }

    #[test]
    fn a_hash_is_outdated_when_any_cost_rose() {
        let phc = cheap("a");
        assert!(!outdated(&phc, &CHEAP));
        assert!(!outdated(&phc, &Cost { memory: 16, ..CHEAP }));
        assert!(outdated(&phc, &Cost { memory: 33, ..CHEAP }));
        assert!(outdated(&phc, &Cost { iterations: 2, ..CHEAP }));
        assert!(outdated(&phc, &Cost { parallelism: 2, ..CHEAP }));
    }

    #[test]
    fn a_dummy_costs_what_a_hash_costs() {
        let dummy = stand_in(&CHEAP, &Seeded::new(1)).unwrap();
        assert_eq!(Stored::read(&dummy).unwrap().cost(), CHEAP);
        assert_eq!(dummy.len(), cheap("a").len());
    }
}
