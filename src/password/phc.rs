//! argon2's hashes as PHC strings, `$argon2id$v=19$m=…,t=…,p=…$salt$hash`: ours, and what Django
//! keeps behind its own word for the scheme.

use std::fmt;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use super::memory::Memory;
use super::stored::{same, unreadable};
use super::{Cost, MOST};
use crate::error::{Code, Error, Result};

/// A PHC string, taken apart and found to be within bounds.
pub(super) struct Phc {
    argon2: Argon2<'static>,
    salt: Salt,
    hash: Output,
}

impl Phc {
    /// Reads one of these algorithms.
    pub(super) fn read(text: &str, algorithms: &[Algorithm]) -> Result<Self> {
        let parsed = PasswordHash::new(text).map_err(|error| unreadable(&error.to_string()))?;
        let Some(algorithm) = algorithms.iter().find(|one| one.ident() == parsed.algorithm) else {
            let known: Vec<_> = algorithms.iter().map(Algorithm::as_str).collect();
            let (seen, known) = (parsed.algorithm, known.join(" or "));
            return Err(unreadable(&format!("it is \"{seen}\", expected {known}")));
        };
        if parsed.version != Some(Version::V0x13.into()) {
            return Err(unreadable("it is not of version 19"));
        }
        let params = Params::try_from(&parsed).map_err(|error| unreadable(&error.to_string()))?;
        let (Some(salt), Some(hash)) = (parsed.salt, parsed.hash) else {
            return Err(unreadable("its salt or its hash is missing"));
        };
        let argon2 = Argon2::new(*algorithm, Version::V0x13, params);
        let phc = Self { argon2, salt, hash };
        if !phc.cost().within(MOST) {
            return Err(unreadable(&format!("it asks for {}, at most {MOST}", phc.cost())));
        }
        Ok(phc)
    }

    /// Says whether this is the hash of `password`.
    pub(super) fn fits(&self, password: &[u8], memory: &mut Memory) -> Result<bool> {
        let mut hash = Zeroizing::new([0; Output::MAX_LENGTH]);
        let hash = &mut hash[..self.hash.len()];
        memory.argon2(&self.argon2, password, &self.salt, hash)?;
        Ok(same(hash, self.hash.as_bytes()))
    }

    pub(super) fn cost(&self) -> Cost {
        let params = self.argon2.params();
        Cost { memory: params.m_cost(), iterations: params.t_cost(), parallelism: params.p_cost() }
    }

    /// How many bytes the hash has.
    pub(super) fn length(&self) -> usize {
        self.hash.len()
    }
}

/// The PHC string of a hash made with `params`.
pub(super) fn written(params: &Params, salt: &[u8], hash: &[u8]) -> Result<String> {
    let failed =
        |error: &dyn fmt::Display| Error::new(Code::Failed, format!("a password hash: {error}"));
    Ok(PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).map_err(|error| failed(&error))?,
        salt: Some(Salt::new(salt).map_err(|error| failed(&error))?),
        hash: Some(Output::new(hash).map_err(|error| failed(&error))?),
    }
    .to_string())
}
