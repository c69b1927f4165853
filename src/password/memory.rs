//! The memory that argon2 works in: kept from hash to hash by who hashes often, wiped after each.

use argon2::{Argon2, Block};
use zeroize::Zeroize;

use crate::error::{Code, Error, Result};

/// At least this much is asked for at a time, in KiB: what is larger than 32 MiB glibc always takes
/// from and gives back to the operating system, and what is smaller it likes to keep. Only what is
/// used of it takes memory.
const MAPPED: usize = 33 * 1024;

/// Blocks of 1 KiB. It grows to what the dearest hash needed.
#[derive(Default)]
pub(super) struct Memory {
    blocks: Vec<Block>,
}

impl Memory {
    /// Fills `hash`.
    pub(super) fn argon2(
        &mut self,
        argon2: &Argon2<'_>,
        password: &[u8],
        salt: &[u8],
        hash: &mut [u8],
    ) -> Result<()> {
        let needed = argon2.params().block_count();
        if self.blocks.len() < needed {
            let more = needed.max(MAPPED) - self.blocks.len();
            let kibibytes = argon2.params().m_cost();
            self.blocks.try_reserve_exact(more).map_err(|_| too_little(kibibytes))?;
            self.blocks.resize(needed, Block::new());
        }
        let blocks = &mut self.blocks[..needed];
        let done = argon2.hash_password_into_with_memory(password, salt, hash, &mut *blocks);
        // From what is in the memory a guess can be tested without its cost.
        for block in blocks {
            block.as_mut().zeroize();
        }
        done.map_err(|error| {
            Error::new(Code::Failed, format!("a password was not hashed: {error}"))
        })
    }
}

/// The operating system gives no more.
pub(super) fn too_little(kibibytes: u32) -> Error {
    Error::new(Code::Failed, format!("no memory to hash a password: {kibibytes} KiB"))
}

#[cfg(test)]
mod tests {
    use argon2::{Algorithm, Params, Version};

    use super::*;

    #[test]
    fn memory_is_kept_and_wiped() {
        let mut memory = Memory::default();
        for (cost, kept) in [(32, 32), (80, 80), (32, 80)] {
            let params = Params::new(cost, 1, 1, None).unwrap();
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            memory.argon2(&argon2, b"a", b"somesalt", &mut [0; 32]).unwrap();
            assert_eq!(memory.blocks.len(), kept);
            assert!(memory.blocks.iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
        }
    }
}
