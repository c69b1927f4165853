//! Hashes of schemes that are verified and never made: what Django keeps besides argon2. The order
//! of the fields and their forms are those of `django.contrib.auth.hashers`.

use std::fmt::Write;
use std::num::NonZeroU32;

use aws_lc_rs::{digest, pbkdf2};
use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, STANDARD};
use zeroize::Zeroizing;

use super::memory::too_little;
use super::stored::{same, unreadable};
use crate::error::Result;

/// How often PBKDF2 may go round: ten times what Django 5.2 asks for.
const MOST_ITERATIONS: u32 = 10_000_000;
/// How much scrypt may work through in all, in KiB.
const MOST_KIBIBYTES: u32 = 1024 * 1024;
/// What bcrypt may cost, as a power of two: Django asks for 12.
const MOST_COST: u32 = 16;
/// What bcrypt costs at least.
const LEAST_COST: u32 = 4;

/// bcrypt's own base64.
const BCRYPT: GeneralPurpose = GeneralPurpose::new(&alphabet::BCRYPT, NO_PAD);
/// How many of bcrypt's characters are its salt; the others are its hash.
const BCRYPT_SALT: usize = 22;

/// PBKDF2 with HMAC-SHA-256 (RFC 8018 5.2).
pub(super) struct Pbkdf2 {
    iterations: NonZeroU32,
    salt: String,
    hash: [u8; 32],
}

impl Pbkdf2 {
    pub(super) fn read(text: &str) -> Result<Self> {
        let [iterations, salt, hash] = fields(text)?;
        Ok(Self {
            iterations: number(iterations, "number of iterations", MOST_ITERATIONS)?,
            salt: salted(salt)?,
            hash: decoded(&STANDARD, hash, "hash")?,
        })
    }

    pub(super) fn fits(&self, password: &[u8]) -> bool {
        let (scheme, salt) = (pbkdf2::PBKDF2_HMAC_SHA256, self.salt.as_bytes());
        pbkdf2::verify(scheme, self.iterations, salt, password, &self.hash).is_ok()
    }
}

/// bcrypt over the SHA-256 of the password, in hexadecimal.
pub(super) struct Bcrypt {
    cost: u32,
    salt: [u8; 16],
    hash: [u8; 23],
}

impl Bcrypt {
    pub(super) fn read(text: &str) -> Result<Self> {
        let ["", version, cost, data] = fields(text)? else {
            return Err(unreadable("it does not begin with bcrypt_sha256$$"));
        };
        // They differ in what early programs did wrong, and in nothing for 64 digits.
        if !["2a", "2b", "2y"].contains(&version) {
            return Err(unreadable("it is not bcrypt 2a, 2b or 2y"));
        }
        let cost = number(cost, "cost", MOST_COST)?.get();
        if cost < LEAST_COST {
            return Err(unreadable(&format!("its cost is below {LEAST_COST}")));
        }
        let (salt, hash) = data.split_at_checked(BCRYPT_SALT).unwrap_or((data, ""));
        Ok(Self {
            cost,
            salt: decoded(&BCRYPT, salt, "salt")?,
            hash: decoded(&BCRYPT, hash, "hash")?,
        })
    }

    pub(super) fn fits(&self, password: &[u8]) -> bool {
        let mut key = Zeroizing::new(String::with_capacity(2 * digest::SHA256_OUTPUT_LEN + 1));
        for byte in digest::digest(&digest::SHA256, password).as_ref() {
            _ = write!(*key, "{byte:02x}");
        }
        // What bcrypt is given ends with a zero byte.
        key.push('\0');
        let hash = Zeroizing::new(bcrypt::bcrypt(self.cost, self.salt, key.as_bytes()));
        same(&hash[..self.hash.len()], &self.hash)
    }
}

/// scrypt (RFC 7914). Its memory is the crate's own and cannot be wiped from here.
pub(super) struct Scrypt {
    params: scrypt::Params,
    kibibytes: u32,
    salt: String,
    hash: [u8; 64],
}

impl Scrypt {
    pub(super) fn read(text: &str) -> Result<Self> {
        let [n, salt, r, p, hash] = fields(text)?;
        let field = |text, name| number(text, name, u32::MAX).map(NonZeroU32::get);
        let (n, r, p) = (field(n, "N")?, field(r, "r")?, field(p, "p")?);
        if n < 2 || !n.is_power_of_two() {
            return Err(unreadable("its N is not a power of 2"));
        }
        // N blocks of 128 r bytes, worked through p times.
        let asked = u128::from(n) * u128::from(r) * u128::from(p) / 8;
        let too_much = || unreadable(&format!("it asks for more than {MOST_KIBIBYTES} KiB"));
        let kibibytes = u32::try_from(asked).ok().filter(|asked| *asked <= MOST_KIBIBYTES);
        let kibibytes = kibibytes.ok_or_else(too_much)?;
        let params = u8::try_from(n.ilog2()).ok().and_then(|n| scrypt::Params::new(n, r, p).ok());
        Ok(Self {
            params: params.ok_or_else(too_much)?,
            kibibytes,
            salt: salted(salt)?,
            hash: decoded(&STANDARD, hash, "hash")?,
        })
    }

    pub(super) fn fits(&self, password: &[u8]) -> Result<bool> {
        let mut hash = Zeroizing::new([0; 64]);
        let failed = || too_little(self.kibibytes);
        // The crate would abort the process where there is no memory.
        let bytes = usize::try_from(self.kibibytes).map_err(|_| failed())? * 1024;
        Vec::<u8>::new().try_reserve_exact(bytes).map_err(|_| failed())?;
        scrypt::scrypt(password, self.salt.as_bytes(), &self.params, &mut *hash)
            .map_err(|_| failed())?;
        Ok(same(&*hash, &self.hash))
    }
}

fn fields<const COUNT: usize>(text: &str) -> Result<[&str; COUNT]> {
    let fields: Vec<_> = text.split('$').collect();
    let seen = fields.len();
    fields.try_into().map_err(|_| unreadable(&format!("it has {seen} fields, expected {COUNT}")))
}

fn number(digits: &str, name: &str, most: u32) -> Result<NonZeroU32> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(unreadable(&format!("its {name} is not a number")));
    }
    match digits.parse() {
        Ok(number) if number <= most => {
            NonZeroU32::new(number).ok_or_else(|| unreadable(&format!("its {name} is 0")))
        }
        _ => Err(unreadable(&format!("its {name} is above {most}"))),
    }
}

fn salted(salt: &str) -> Result<String> {
    if salt.is_empty() { Err(unreadable("its salt is missing")) } else { Ok(salt.to_owned()) }
}

fn decoded<const LENGTH: usize>(
    base64: &GeneralPurpose,
    text: &str,
    name: &str,
) -> Result<[u8; LENGTH]> {
    let bytes = base64.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| unreadable(&format!("its {name} is not {LENGTH} bytes in base64")))
}

#[cfg(test)]
mod tests;
