//! The memory that argon2 works in: kept from hash to hash by who hashes often, wiped after each.

use argon2::password_hash::phc::Output;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::{Zeroize, Zeroizing};

use super::phc::{Stored, written};
use super::{Cost, HASH_LENGTH, SALT_LENGTH, normalised};
use crate::chance::Chance;
use crate::error::{Code, Error, Result};

/// At least this much is asked for at a time, in KiB: what is larger than 32 MiB glibc always takes
/// from and gives back to the operating system, and what is smaller it likes to keep. Only what is
/// used of it takes memory.
const MAPPED: usize = 33 * 1024;

/// Hashes one password at a time. It holds its memory until dropped or told to
/// [`release`](Hasher::release) it, which saves the operating system's work of giving it anew.
#[derive(Default)]
pub struct Hasher {
    blocks: Vec<Block>,
}

impl Hasher {
    /// Hashes `password` for the store.
    pub fn hash(&mut self, password: &str, cost: &Cost, chance: &dyn Chance) -> Result<String> {
        let password = normalised(password).ok_or_else(super::rules::too_long)?;
        let params = cost.params()?;
        let mut salt = [0; SALT_LENGTH];
        chance.fill(&mut salt);
        let mut hash = Zeroizing::new([0; HASH_LENGTH]);
        self.fill(password.as_bytes(), &salt, &params, &mut *hash)?;
        written(&params, &salt, &*hash)
    }

    /// Says whether `password` is the one behind `phc`. A password longer than any can be takes as
    /// long as the others.
    pub fn verify(&mut self, password: &str, phc: &str) -> Result<bool> {
        let stored = Stored::read(phc)?;
        let password = normalised(password);
        let bytes = password.as_ref().map_or(&b""[..], |password| password.as_bytes());
        let mut hash = Zeroizing::new([0; Output::MAX_LENGTH]);
        let hash = &mut hash[..stored.hash.len()];
        self.fill(bytes, &stored.salt, &stored.params, hash)?;
        // The comparison of two outputs takes the same time wherever they differ.
        let same = Output::new(hash).is_ok_and(|hash| hash == stored.hash);
        Ok(same && password.is_some())
    }

    /// The same for a login: who has no hash (unknown, disabled, without password) is checked
    /// against `stand_in` and refused.
    pub fn check(&mut self, password: &str, own: Option<&str>, stand_in: &str) -> Result<bool> {
        let same = self.verify(password, own.unwrap_or(stand_in))?;
        Ok(same && own.is_some())
    }

    /// Gives the memory back.
    pub fn release(&mut self) {
        self.blocks = Vec::new();
    }

    fn fill(
        &mut self,
        password: &[u8],
        salt: &[u8],
        params: &Params,
        hash: &mut [u8],
    ) -> Result<()> {
        let needed = params.block_count();
        if self.blocks.len() < needed {
            let more = needed.max(MAPPED) - self.blocks.len();
            self.blocks.try_reserve_exact(more).map_err(|_| {
                let memory = params.m_cost();
                Error::new(Code::Failed, format!("no memory to hash a password: {memory} KiB"))
            })?;
            self.blocks.resize(needed, Block::new());
        }
        let blocks = &mut self.blocks[..needed];
        let done = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
            .hash_password_into_with_memory(password, salt, hash, &mut *blocks);
        // From what is in the memory a guess can be tested without its cost.
        for block in blocks {
            block.as_mut().zeroize();
        }
        done.map_err(|error| {
            Error::new(Code::Failed, format!("a password was not hashed: {error}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Seeded;

    const CHEAP: Cost = Cost { memory: 32, iterations: 1, parallelism: 1 };

    #[test]
    fn memory_is_kept_wiped_and_given_back() {
        let mut hasher = Hasher::default();
        let phc = hasher.hash("a", &CHEAP, &Seeded::new(1)).unwrap();
        assert!(hasher.verify("a", &phc).unwrap());
        assert_eq!(hasher.blocks.len(), 32);
        assert!(hasher.blocks.iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
        hasher.release();
        assert_eq!(hasher.blocks.capacity(), 0);
    }

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
        let dummy = super::super::stand_in(&CHEAP, &chance).unwrap();
        let phc = hasher.hash("a", &CHEAP, &chance).unwrap();
        assert!(hasher.check("a", Some(&phc), &dummy).unwrap());
        assert!(!hasher.check("b", Some(&phc), &dummy).unwrap());
        assert!(!hasher.check("a", None, &dummy).unwrap());
        assert!(hasher.check("a", Some("nonsense"), &dummy).is_err());
    }
}
