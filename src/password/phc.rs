//! The form in which a hash is kept: a PHC string, `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. Hashes of
//! other kinds are not read.

use std::fmt;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Params, Version};

use super::{Cost, MOST};
use crate::error::{Code, Error, Result};

/// A PHC string, taken apart and found to be within bounds.
pub(super) struct Stored {
    pub(super) params: Params,
    pub(super) salt: Salt,
    pub(super) hash: Output,
}

impl Stored {
    pub(super) fn read(phc: &str) -> Result<Self> {
        let parsed = PasswordHash::new(phc).map_err(|error| unreadable(&error.to_string()))?;
        if parsed.algorithm != ARGON2ID_IDENT {
            return Err(unreadable("it is not argon2id"));
        }
        if parsed.version != Some(Version::V0x13.into()) {
            return Err(unreadable("it is not of version 19"));
        }
        let params = Params::try_from(&parsed).map_err(|error| unreadable(&error.to_string()))?;
        let (Some(salt), Some(hash)) = (parsed.salt, parsed.hash) else {
            return Err(unreadable("its salt or its hash is missing"));
        };
        let stored = Self { params, salt, hash };
        if !stored.cost().within(MOST) {
            return Err(unreadable(&format!("it asks for {}, at most {MOST}", stored.cost())));
        }
        Ok(stored)
    }

    pub(super) fn cost(&self) -> Cost {
        Cost {
            memory: self.params.m_cost(),
            iterations: self.params.t_cost(),
            parallelism: self.params.p_cost(),
        }
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

fn unreadable(why: &str) -> Error {
    Error::new(Code::Failed, format!("a stored password hash cannot be read: {why}"))
}
