//! The algorithms jot signs and verifies with (RFC 7518 3.1, RFC 8037 3.1), by name.

use crate::error::{Code, Error, Result};

pub mod known;

pub use jsonwebtoken::{Algorithm, AlgorithmFamily as Family};

/// Every supported algorithm with the name a header carries.
pub const ALL: [(Algorithm, &str); 12] = [
    (Algorithm::RS256, "RS256"),
    (Algorithm::RS384, "RS384"),
    (Algorithm::RS512, "RS512"),
    (Algorithm::PS256, "PS256"),
    (Algorithm::PS384, "PS384"),
    (Algorithm::PS512, "PS512"),
    (Algorithm::ES256, "ES256"),
    (Algorithm::ES384, "ES384"),
    (Algorithm::EdDSA, "EdDSA"),
    (Algorithm::HS256, "HS256"),
    (Algorithm::HS384, "HS384"),
    (Algorithm::HS512, "HS512"),
];

/// The name a header carries. Ed25519 is written "EdDSA", which every peer reads.
pub fn name(alg: Algorithm) -> &'static str {
    ALL.iter().find(|(known, _)| *known == alg).map_or("unsupported", |(_, name)| name)
}

/// The algorithm of a header's or a JWK's `alg`; RFC 9864 names EdDSA over Ed25519 "Ed25519".
pub fn from_name(name: &str) -> Option<Algorithm> {
    let name = if name == "Ed25519" { "EdDSA" } else { name };
    ALL.iter().find(|(_, known)| *known == name).map(|(alg, _)| *alg)
}

/// The algorithm a person typed.
pub fn parse(text: &str) -> Result<Algorithm> {
    from_name(text).ok_or_else(|| {
        let known: Vec<_> = ALL.iter().map(|(_, name)| *name).collect();
        Error::new(Code::Usage, format!("unsupported algorithm \"{}\"", text.escape_debug()))
            .hint(format!("one of {}", known.join(", ")))
    })
}

/// The length of the hash an HMAC algorithm uses, which is the least its secret may have
/// (RFC 7518 3.2); zero for the others.
pub fn hash_length(alg: Algorithm) -> usize {
    match alg {
        Algorithm::HS256 => 32,
        Algorithm::HS384 => 48,
        Algorithm::HS512 => 64,
        _ => 0,
    }
}
