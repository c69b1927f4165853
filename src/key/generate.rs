//! New keys. RSA primes are searched by the `rsa` crate; curves are the business of aws-lc.

use rsa::RsaPrivateKey;
use rsa::rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::elliptic::{Curve, Ec, Ed};
use super::material::Material;
use super::rsa::{BITS, Rsa};
use super::{Key, unfit};
use crate::alg::{self, Algorithm};
use crate::error::{Code, Error, Result};

/// The size of an RSA key of which nothing is said.
const USUAL_BITS: usize = 2048;

/// A new key for `alg`. Only an RSA key has a choice of `bits`. Curves draw from aws-lc's own
/// generator, all else from `generator`.
pub fn generate(
    alg: Algorithm,
    bits: Option<usize>,
    generator: &mut (impl CryptoRng + ?Sized),
) -> Result<Key> {
    let material = match alg {
        Algorithm::ES256 => Material::Ec(Ec::made(Curve::P256)?),
        Algorithm::ES384 => Material::Ec(Ec::made(Curve::P384)?),
        Algorithm::EdDSA => Material::Ed(Ed::made()?),
        Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => {
            let mut secret = Zeroizing::new(vec![0; alg::hash_length(alg)]);
            generator.fill_bytes(&mut secret);
            Material::Secret(secret)
        }
        _ => Material::rsa(rsa(bits.unwrap_or(USUAL_BITS), generator)?),
    };
    let made = material.bits();
    if let Some(bits) = bits.filter(|bits| *bits != made) {
        let name = alg::name(alg);
        let sentence = format!("a key for {name} has {made} bits, not {bits}");
        return Err(Error::new(Code::Usage, sentence).hint("leave out --bits"));
    }
    Key::new(material, alg, None)
}

fn rsa(bits: usize, generator: &mut (impl CryptoRng + ?Sized)) -> Result<Rsa> {
    if !BITS.contains(&bits) {
        let sentence = format!("an RSA key cannot have {bits} bits");
        let (least, most) = BITS.into_inner();
        return Err(Error::new(Code::Usage, sentence)
            .hint(format!("choose from {least} to {most}, 2048 or 3072 as a rule")));
    }
    RsaPrivateKey::new(generator, bits)
        .map(Rsa::made)
        .map_err(|_| unfit("no RSA key could be made"))
}
