//! Hashing and checking, one password at a time.

use argon2::{Algorithm, Argon2, Version};
use zeroize::Zeroizing;

use super::memory::Memory;
use super::phc::written;
use super::stored::Stored;
use super::{Cost, HASH_LENGTH, SALT_LENGTH, normalised};
use crate::chance::Chance;
use crate::error::Result;

/// Hashes one password at a time. It holds argon2's memory until dropped, which saves the operating
/// system's work of giving it anew.
#[derive(Default)]
pub struct Hasher {
    memory: Memory,
    owner: Option<Box<dyn FnOnce(Self) + Send>>,
}

impl Hasher {
    /// The same hasher, lent: `owner` gets it back as soon as it may rest.
    #[must_use]
    pub fn lent(self, owner: impl FnOnce(Self) + Send + 'static) -> Self {
        Self { owner: Some(Box::new(owner)), ..self }
    }

    /// Most likely there is nothing more to hash: whoever lent the memory gets it back. If there is
    /// all the same, it takes memory of its own.
    pub fn rest(&mut self) {
        if let Some(owner) = self.owner.take() {
            owner(std::mem::take(self));
        }
    }

    /// Hashes `password` for the store.
    pub fn hash(&mut self, password: &str, cost: &Cost, chance: &dyn Chance) -> Result<String> {
        let password = normalised(password).ok_or_else(super::rules::too_long)?;
        let params = cost.params()?;
        let mut salt = [0; SALT_LENGTH];
        chance.fill(&mut salt);
        let mut hash = Zeroizing::new([0; HASH_LENGTH]);
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        self.memory.argon2(&argon2, password.as_bytes(), &salt, &mut *hash)?;
        written(argon2.params(), &salt, &*hash)
    }

    /// Says whether `password` is the one behind the stored hash `text`. A password longer than any
    /// can be takes as long as the others.
    pub fn verify(&mut self, password: &str, text: &str) -> Result<bool> {
        let stored = Stored::read(text)?;
        let Some(normal) = normalised(password) else {
            stored.fits(b"", &mut self.memory)?;
            return Ok(false);
        };
        let fits = stored.fits(normal.as_bytes(), &mut self.memory)?;
        // Whoever made an imported hash may have taken the password as it was typed.
        if fits || stored.is_own() || *normal == password {
            return Ok(fits);
        }
        stored.fits(password.as_bytes(), &mut self.memory)
    }

    /// The same for a login: who has no hash (unknown, disabled, without password) is checked
    /// against `stand_in`, which may be any readable hash, and refused.
    pub fn check(&mut self, password: &str, own: Option<&str>, stand_in: &str) -> Result<bool> {
        let fits = self.verify(password, own.unwrap_or(stand_in))?;
        Ok(fits && own.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Seeded;

    const CHEAP: Cost = Cost { memory: 32, iterations: 1, parallelism: 1 };

    #[test]
    fn one_hasher_serves_hashes_of_any_cost() {
        let mut hasher = Hasher::default();
        let chance = Seeded::new(1);
        for cost in [CHEAP, Cost { memory: 80, iterations: 2, parallelism: 4 }, CHEAP] {
            let phc = hasher.hash("a", &cost, &chance).unwrap();
            assert!(super::super::verify("a", &phc).unwrap());
            assert!(hasher.verify("a", &phc).unwrap());
        }
    }

    #[test]
    fn who_has_no_hash_is_refused() {
        let mut hasher = Hasher::default();
        let chance = Seeded::new(1);
        let own = hasher.hash("a", &CHEAP, &chance).unwrap();
        let others = hasher.hash("b", &CHEAP, &chance).unwrap();
        assert!(hasher.check("a", Some(&own), &others).unwrap());
        assert!(!hasher.check("b", Some(&own), &others).unwrap());
        assert!(!hasher.check("a", None, &others).unwrap());
        assert!(!hasher.check("b", None, &others).unwrap(), "the password behind the stand-in");
        assert!(hasher.check("a", Some("nonsense"), &others).is_err());
        assert!(hasher.check("a", None, "nonsense").is_err());
    }
}
