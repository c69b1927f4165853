//! Keys: read, refused when they are unfit, made, written and kept in a ring.
//!
//! A [`Key`] carries exactly one algorithm, so that a token's header never chooses. It does not
//! sign or verify: it hands out what `jsonwebtoken` signs and verifies with. The `rsa` crate is
//! used to make and inspect keys and for nothing else (RUSTSEC-2023-0071).

use std::fmt;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use zeroize::Zeroizing;

use crate::alg::{self, Algorithm};
use crate::error::{Code, Error, Result};

pub mod change;
mod der;
mod elliptic;
pub mod file;
mod folder;
mod generate;
mod hold;
mod jwk;
pub mod manifest;
mod material;
mod place;
mod read;
pub mod ring;
mod roca;
mod rsa;
mod seen;
mod text;
mod times;
mod write;

pub use folder::Stamp;
pub use generate::generate;
pub use hold::{Held, New};
pub use place::Place;
pub use read::{TooOpen, Wanted, contents, is_sealed, read, read_file, read_private};
pub use ring::Ring;
pub use write::{Form, Seal};

use material::Material;

/// A key that may be used, with the one algorithm it is used with.
pub struct Key {
    alg: Algorithm,
    own_kid: Option<String>,
    thumbprint: String,
    material: Material,
    signing: Option<EncodingKey>,
    verifying: DecodingKey,
}

/// Which half of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What anyone may have.
    Public,
    /// What signs.
    Private,
}

/// The keys of one file.
#[derive(Debug)]
pub struct KeySet {
    /// Those that may be used, at least one.
    pub keys: Vec<Key>,
    /// Those of a JWKS that may not, each with the reason.
    pub set_aside: Vec<SetAside>,
}

/// A key of a set that is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Its `kid`, if it has one.
    pub kid: Option<String>,
    /// Why it is not used.
    pub reason: String,
}

impl Key {
    /// The key of `material`, refused if it must not be used with `alg`.
    fn new(material: Material, alg: Algorithm, own_kid: Option<String>) -> Result<Self> {
        material.check_fit(alg)?;
        Ok(Self {
            alg,
            own_kid,
            thumbprint: thumbprint(&material),
            signing: material.signing()?,
            verifying: material.verifying(),
            material,
        })
    }

    /// The same key, not to be signed with.
    fn only_verifying(self) -> Self {
        Self { signing: None, ..self }
    }

    /// Its one algorithm.
    pub fn alg(&self) -> Algorithm {
        self.alg
    }

    /// The `kid` its JWK was written with, else its thumbprint.
    pub fn kid(&self) -> &str {
        self.own_kid.as_deref().unwrap_or(&self.thumbprint)
    }

    /// Whether its JWK was written with a `kid`.
    pub fn has_own_kid(&self) -> bool {
        self.own_kid.is_some()
    }

    /// Its thumbprint (RFC 7638, SHA-256), equal for both halves of a pair.
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// Its size: of the modulus, the curve or the secret.
    pub fn bits(&self) -> usize {
        self.material.bits()
    }

    /// Whether it signs.
    pub fn is_private(&self) -> bool {
        self.signing.is_some()
    }

    /// Whether who verifies with it can also sign.
    pub fn is_symmetric(&self) -> bool {
        matches!(self.material, Material::Secret(_))
    }

    /// Whether nobody else may have it.
    pub fn is_secret(&self) -> bool {
        self.material.is_private()
    }

    /// What kind of key it is, in words: "an EC P-256 public key".
    pub fn description(&self) -> String {
        self.material.description()
    }

    /// What `jsonwebtoken` signs with.
    pub fn signing(&self) -> Option<&EncodingKey> {
        self.signing.as_ref()
    }

    /// What `jsonwebtoken` verifies with.
    pub fn verifying(&self) -> &DecodingKey {
        &self.verifying
    }
}

/// Never the key itself.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("alg", &alg::name(self.alg))
            .field("kid", &self.kid())
            .field("private", &self.is_private())
            .finish_non_exhaustive()
    }
}

/// RFC 7638 3: the SHA-256 of the members that make the key, in the order of their names.
fn thumbprint(material: &Material) -> String {
    let mut members = material.public_members();
    members.sort_by_key(|(name, _)| *name);
    let mut text = Zeroizing::new(String::from("{"));
    for (name, value) in &members {
        let comma = if text.len() > 1 { "," } else { "" };
        for piece in [comma, "\"", name, "\":\"", value, "\""] {
            text.push_str(piece);
        }
    }
    text.push('}');
    base64url(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn unfit(sentence: impl Into<String>) -> Error {
    Error::new(Code::KeyUnfit, sentence)
}

fn unreadable(sentence: impl Into<String>) -> Error {
    Error::new(Code::KeyUnreadable, sentence)
}
