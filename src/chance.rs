//! Chance, as an argument: ids, secrets and salts come from a [`Chance`]; tests own theirs.

use std::sync::{Mutex, PoisonError};

use rand::rand_core::UnwrapErr;
use rand::rngs::{StdRng, SysRng};
use rand::{CryptoRng, Rng, SeedableRng};

/// A source of random bytes.
pub trait Chance: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl System {
    /// The same source, as the generator that key generation takes.
    pub fn generator() -> impl CryptoRng {
        UnwrapErr(SysRng)
    }
}

impl Chance for System {
    fn fill(&self, bytes: &mut [u8]) {
        Self::generator().fill_bytes(bytes);
    }
}

/// A generator that repeats itself: the same seed, the same bytes. For tests only.
#[derive(Debug)]
pub struct Seeded(Mutex<StdRng>);

impl Seeded {
    /// A generator for `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Chance for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }
}

/// A fresh UUID, version 4 (RFC 9562 5.4).
pub fn uuid(chance: &dyn Chance) -> uuid::Uuid {
    let mut bytes = [0; 16];
    chance.fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
