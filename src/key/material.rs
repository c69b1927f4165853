//! What a key is made of, whatever file it came from, and which algorithms it serves.

use jsonwebtoken::{DecodingKey, EncodingKey};
use zeroize::Zeroizing;

use super::elliptic::{Curve, Ec, Ed};
use super::rsa::Rsa;
use super::{base64url, seen, unfit};
use crate::alg::{self, Algorithm};
use crate::error::{Code, Error, Result};

/// The numbers of a key, known to belong together.
pub(super) enum Material {
    Rsa(Box<Rsa>),
    Ec(Ec),
    Ed(Ed),
    Secret(Zeroizing<Vec<u8>>),
}

/// The kinds of key that the algorithms need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rsa,
    Ec(Curve),
    Ed,
    Secret,
}

/// The members of a JWK, by name.
pub(super) type Members = Vec<(&'static str, Zeroizing<String>)>;

impl Material {
    pub(super) fn rsa(key: Rsa) -> Self {
        Self::Rsa(Box::new(key))
    }

    /// "an EC P-256 public key"
    pub(super) fn description(&self) -> String {
        let half = if self.is_private() { "private" } else { "public" };
        match self.kind() {
            Kind::Secret => self.kind().words(""),
            kind => kind.words(&format!("{half} ")),
        }
    }

    pub(super) fn is_private(&self) -> bool {
        match self {
            Self::Rsa(key) => key.private().is_some(),
            Self::Ec(key) => key.scalar().is_some(),
            Self::Ed(key) => key.seed().is_some(),
            Self::Secret(_) => true,
        }
    }

    pub(super) fn bits(&self) -> usize {
        match self {
            Self::Rsa(key) => key.bits(),
            Self::Ec(key) => key.curve().length() * 8,
            Self::Ed(_) => 256,
            Self::Secret(secret) => secret.len() * 8,
        }
    }

    /// The algorithm to use it with when the key itself names none: the one of `wanted` that
    /// fits; if nothing is wanted, the one that is usual for its kind.
    pub(super) fn choose(&self, wanted: &[Algorithm]) -> Result<Algorithm> {
        let kind = self.kind();
        let mut fitting: Vec<_> =
            wanted.iter().copied().filter(|alg| Kind::of(*alg) == kind).collect();
        fitting.dedup();
        match (fitting.as_slice(), wanted) {
            ([alg], _) => Ok(*alg),
            ([], []) => kind.usual().ok_or_else(|| {
                unfit("this is a symmetric key that does not name its algorithm")
                    .hint("set JOT_KEYS__ALG=HS256 (keys.alg) for the ring, or --alg HS256 where you name the file")
            }),
            ([], [first, ..]) => Err(self.misfit(*first)),
            (several, _) => {
                let names: Vec<_> = several.iter().map(|alg| alg::name(*alg)).collect();
                Err(unfit(format!(
                    "this is {}, which fits {}, and does not say which is meant",
                    self.description(),
                    names.join(" and ")
                ))
                .hint("name exactly one with --alg"))
            }
        }
    }

    /// Refuses a key that is of the wrong kind for `alg`, or too short for it (RFC 7518 3.2).
    pub(super) fn check_fit(&self, alg: Algorithm) -> Result<()> {
        if self.kind() != Kind::of(alg) {
            return Err(self.misfit(alg));
        }
        let Self::Secret(secret) = self else { return Ok(()) };
        let (name, least) = (alg::name(alg), alg::hash_length(alg));
        if let Some(what) = seen::disguised(secret) {
            return Err(unfit(format!("the secret is really {what}, which others may have")));
        }
        match secret.len() {
            0 => Err(unfit("the secret is empty")),
            length if length < least => Err(unfit(format!(
                "the secret has {length} bytes; {name} needs at least {least} (RFC 7518 3.2)"
            ))),
            _ if alg::known::SECRETS.iter().any(|known| known.as_bytes() == &***secret) => {
                Err(unfit("the secret stands in documentation, so that everybody knows it"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn signing(&self) -> Result<Option<EncodingKey>> {
        if !self.is_private() {
            return Ok(None);
        }
        Ok(Some(match self {
            Self::Rsa(key) => EncodingKey::from_rsa_der(&key.pkcs1_private()?),
            Self::Ec(key) => EncodingKey::from_ec_der(&key.pkcs8()?),
            Self::Ed(key) => EncodingKey::from_ed_der(&key.pkcs8()?),
            Self::Secret(secret) => EncodingKey::from_secret(secret),
        }))
    }

    pub(super) fn verifying(&self) -> DecodingKey {
        match self {
            Self::Rsa(key) => DecodingKey::from_rsa_raw_components(key.n(), key.e()),
            Self::Ec(key) => DecodingKey::from_ec_der(key.point()),
            Self::Ed(key) => DecodingKey::from_ed_der(key.public()),
            Self::Secret(secret) => DecodingKey::from_secret(secret),
        }
    }

    /// The members that make the key, which a thumbprint is taken of (RFC 7638 3.2). Those of a
    /// symmetric key are the secret.
    pub(super) fn public_members(&self) -> Members {
        let text = |name, bytes: &[u8]| (name, Zeroizing::new(base64url(bytes)));
        let word = |name, word: &str| (name, Zeroizing::new(word.to_owned()));
        match self {
            Self::Rsa(key) => vec![word("kty", "RSA"), text("n", key.n()), text("e", key.e())],
            Self::Ec(key) => {
                let (x, y) = key.coordinates();
                let crv = word("crv", key.curve().name());
                vec![word("kty", "EC"), crv, text("x", x), text("y", y)]
            }
            Self::Ed(key) => {
                vec![word("kty", "OKP"), word("crv", "Ed25519"), text("x", key.public())]
            }
            Self::Secret(secret) => vec![word("kty", "oct"), text("k", secret)],
        }
    }

    /// The members that only the private half has.
    pub(super) fn private_members(&self) -> Result<Members> {
        let text = |name, bytes: &[u8]| (name, Zeroizing::new(base64url(bytes)));
        Ok(match self {
            Self::Rsa(key) => {
                key.private_numbers()?.iter().map(|(name, bytes)| text(*name, bytes)).collect()
            }
            Self::Ec(key) => key.scalar().map(|scalar| text("d", scalar)).into_iter().collect(),
            Self::Ed(key) => key.seed().map(|seed| text("d", seed)).into_iter().collect(),
            Self::Secret(_) => Vec::new(),
        })
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Rsa(_) => Kind::Rsa,
            Self::Ec(key) => Kind::Ec(key.curve()),
            Self::Ed(_) => Kind::Ed,
            Self::Secret(_) => Kind::Secret,
        }
    }

    fn misfit(&self, alg: Algorithm) -> Error {
        let (name, needs) = (alg::name(alg), Kind::of(alg).words(""));
        let sentence = format!("this is {}; {name} needs {needs}", self.description());
        Error::new(Code::KeyUnfit, sentence)
    }
}

impl Kind {
    fn of(alg: Algorithm) -> Self {
        match alg {
            Algorithm::ES256 => Self::Ec(Curve::P256),
            Algorithm::ES384 => Self::Ec(Curve::P384),
            Algorithm::EdDSA => Self::Ed,
            Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => Self::Secret,
            _ => Self::Rsa,
        }
    }

    fn usual(self) -> Option<Algorithm> {
        match self {
            Self::Rsa => Some(Algorithm::RS256),
            Self::Ec(Curve::P256) => Some(Algorithm::ES256),
            Self::Ec(Curve::P384) => Some(Algorithm::ES384),
            Self::Ed => Some(Algorithm::EdDSA),
            Self::Secret => None,
        }
    }

    fn words(self, half: &str) -> String {
        match self {
            Self::Rsa => format!("an RSA {half}key"),
            Self::Ec(curve) => format!("an EC {} {half}key", curve.name()),
            Self::Ed => format!("an Ed25519 {half}key"),
            Self::Secret => "a symmetric key".to_owned(),
        }
    }
}
