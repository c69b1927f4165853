//! Keys in DER: PKCS#1, PKCS#8 plain and encrypted, SEC1 and SPKI, told apart by their structure.

use pkcs8::der::asn1::{AnyRef, OctetStringRef};
use pkcs8::der::{Decode, Reader, SliceReader, Tag, Tagged};
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::{Kdf, Parameters};
use pkcs8::spki::SubjectPublicKeyInfoRef;
use pkcs8::{EncryptedPrivateKeyInfoRef, ObjectIdentifier, PrivateKeyInfoRef, SecretDocument};
use rsa::pkcs1::{RsaPrivateKeyRef, RsaPublicKeyRef};

use super::elliptic::{Curve, Ec, Ed};
use super::material::Material;
use super::rsa::{Rsa, Secrets};
use super::{Wanted, unfit, unreadable};
use crate::error::{Error, Result};

pub(super) const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
pub(super) const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
pub(super) const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// Algorithms and curves that are known and not used.
const UNUSED: [(&str, &str); 12] = [
    ("1.2.840.113549.1.1.10", "an RSASSA-PSS key; a plain RSA key serves PS256 too"),
    ("1.2.840.10040.4.1", "a DSA key"),
    ("1.2.840.113549.1.3.1", "a Diffie-Hellman key"),
    ("1.3.101.110", "an X25519 key, which does not sign"),
    ("1.3.101.111", "an X448 key, which does not sign"),
    ("1.3.101.113", "an Ed448 key"),
    ("1.2.840.10045.3.1.1", "an EC P-192 key"),
    ("1.3.132.0.33", "an EC P-224 key"),
    ("1.3.132.0.35", "an EC P-521 key"),
    ("1.3.132.0.10", "an EC secp256k1 key"),
    ("1.3.36.3.3.2.8.1.1.7", "an EC brainpoolP256r1 key"),
    ("1.3.36.3.3.2.8.1.1.11", "an EC brainpoolP384r1 key"),
];

/// The most that scrypt may be told to use (RFC 7914 2): OpenSSL writes 16 MiB and one lane.
const SCRYPT_MEMORY: u64 = 256 << 20;
const SCRYPT_LANES: u16 = 16;
/// The most passes that PBKDF2 may be told to make: seconds of work, far above what any tool asks for.
const PBKDF2_PASSES: u32 = 10_000_000;

/// What a DER document is by its structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Pkcs1Private,
    Pkcs1Public,
    Pkcs8,
    Encrypted,
    Sec1,
    Spki,
    Certificate,
    Pkcs12,
    Dsa,
}

/// The structure of `der`, if it is that of anything known.
pub(super) fn shape(der: &[u8]) -> Option<Shape> {
    let tags: Vec<_> = elements(der)?.iter().map(Tagged::tag).collect();
    Some(match tags.as_slice() {
        [Tag::Integer, Tag::Sequence, Tag::OctetString, ..] => Shape::Pkcs8,
        [Tag::Integer, Tag::OctetString, ..] => Shape::Sec1,
        [Tag::Integer, Tag::Integer] => Shape::Pkcs1Public,
        [Tag::Integer, Tag::Sequence, ..] => Shape::Pkcs12,
        [Tag::Sequence, Tag::OctetString] => Shape::Encrypted,
        [Tag::Sequence, Tag::BitString] => Shape::Spki,
        [Tag::Sequence, Tag::Sequence, Tag::BitString] => Shape::Certificate,
        tags if tags.iter().all(|tag| *tag == Tag::Integer) && tags.len() == 6 => Shape::Dsa,
        [Tag::Integer, rest @ ..] if rest.len() >= 8 => Shape::Pkcs1Private,
        _ => return None,
    })
}

/// The key in `der`; `None` if it has the structure of nothing known.
pub(super) fn read(der: &[u8], wanted: &Wanted<'_>) -> Result<Option<Material>> {
    let Some(shape) = shape(der) else { return Ok(None) };
    match shape {
        Shape::Pkcs1Private => pkcs1_private(der),
        Shape::Pkcs1Public => pkcs1_public(der),
        Shape::Pkcs8 => pkcs8(der),
        Shape::Encrypted => pkcs8(decrypt(der, wanted)?.as_bytes()),
        Shape::Sec1 => ec_private(der),
        Shape::Spki => spki(der),
        Shape::Certificate => Err(certificate()),
        Shape::Pkcs12 => Err(unreadable("this is a PKCS#12 store, which is not read")
            .hint("take the key out with openssl pkcs12 -in STORE -nocerts -out KEY")),
        Shape::Dsa => Err(unfit("this is a DSA key, which no supported algorithm uses")),
    }
    .map(Some)
}

pub(super) fn certificate() -> Error {
    unreadable("this is an X.509 certificate, not a key")
        .hint("take its key out with openssl x509 -in CERTIFICATE -pubkey -noout")
}

fn elements(der: &[u8]) -> Option<Vec<AnyRef<'_>>> {
    let outer = AnyRef::from_der(der).ok().filter(|any| any.tag() == Tag::Sequence)?;
    let mut reader = SliceReader::new(outer.value()).ok()?;
    let mut elements = Vec::new();
    while !reader.is_finished() {
        elements.push(AnyRef::decode(&mut reader).ok()?);
    }
    Some(elements)
}

fn pkcs1_private(der: &[u8]) -> Result<Material> {
    let key = RsaPrivateKeyRef::from_der(der).map_err(damaged)?;
    if key.other_prime_infos.is_some() {
        return Err(unfit("this RSA key has more than two primes, which is not supported"));
    }
    let secrets = Secrets {
        d: key.private_exponent.as_bytes(),
        p: key.prime1.as_bytes(),
        q: key.prime2.as_bytes(),
    };
    let (n, e) = (key.modulus.as_bytes(), key.public_exponent.as_bytes());
    Rsa::new(n, e, Some(&secrets)).map(Material::rsa)
}

fn pkcs1_public(der: &[u8]) -> Result<Material> {
    let key = RsaPublicKeyRef::from_der(der).map_err(damaged)?;
    Rsa::new(key.modulus.as_bytes(), key.public_exponent.as_bytes(), None).map(Material::rsa)
}

fn pkcs8(der: &[u8]) -> Result<Material> {
    let info = PrivateKeyInfoRef::from_der(der).map_err(damaged)?;
    let key = info.private_key.as_bytes();
    match info.algorithm.oid {
        RSA => pkcs1_private(key),
        EC => {
            check_curve(info.algorithm.parameters)?;
            ec_private(der)
        }
        ED25519 => {
            let seed = <&OctetStringRef>::from_der(key).map_err(damaged)?.as_bytes();
            let public = info.public_key.and_then(|bits| bits.as_bytes());
            Ed::new(public, Some(seed)).map(Material::Ed)
        }
        other => Err(unused(other)),
    }
}

fn spki(der: &[u8]) -> Result<Material> {
    let info = SubjectPublicKeyInfoRef::from_der(der).map_err(damaged)?;
    let key = info.subject_public_key.as_bytes().ok_or_else(|| damaged(()))?;
    match info.algorithm.oid {
        RSA => pkcs1_public(key),
        EC => {
            let named = check_curve(info.algorithm.parameters)?;
            let curve = named.or_else(|| Ec::curve_of_spki(der)).ok_or_else(other_curve)?;
            Ec::from_point(curve, key).map(Material::Ec)
        }
        ED25519 => Ed::new(Some(key), None).map(Material::Ed),
        other => Err(unused(other)),
    }
}

fn ec_private(der: &[u8]) -> Result<Material> {
    if let Some(key) = Ec::from_private_der(der) {
        return key.map(Material::Ec);
    }
    let named = sec1::EcPrivateKey::from_der(der).ok().and_then(|key| key.parameters);
    match named.and_then(sec1::EcParameters::named_curve) {
        Some(oid) if Curve::ALL.iter().all(|curve| curve.oid() != oid) => Err(unused(oid)),
        Some(_) => Err(unfit("the numbers of this EC private key do not belong together")),
        None => Err(other_curve()),
    }
}

/// The curve that is named; `None` for one given by its numbers.
fn check_curve(parameters: Option<AnyRef<'_>>) -> Result<Option<Curve>> {
    let Some(oid) = parameters.and_then(|any| any.decode_as::<ObjectIdentifier>().ok()) else {
        return Ok(None);
    };
    let curve = Curve::ALL.into_iter().find(|curve| curve.oid() == oid);
    curve.map(Some).ok_or_else(|| unused(oid))
}

fn decrypt(der: &[u8], wanted: &Wanted<'_>) -> Result<SecretDocument> {
    let info = EncryptedPrivateKeyInfoRef::try_from(der).map_err(|_| outdated())?;
    let Some(ask) = wanted.passphrase else {
        return Err(unreadable("this private key is encrypted and no passphrase was given")
            .hint("name a file that holds it with --passphrase-file"));
    };
    if !is_affordable(&info.encryption_algorithm) {
        return Err(unreadable(
            "this private key is encrypted with more work than any tool asks for",
        ));
    }
    let passphrase = ask()?;
    info.decrypt(passphrase.as_bytes()).map_err(|error| match error {
        pkcs8::Error::EncryptedPrivateKey(
            pkcs8::pkcs5::Error::NoPbes1CryptSupport
            | pkcs8::pkcs5::Error::UnsupportedAlgorithm { .. },
        ) => outdated(),
        _ => unreadable("the passphrase does not fit this private key"),
    })
}

/// A file must not make its reader run out of memory or out of time. The crate bounds what it
/// writes, not what it reads.
fn is_affordable(scheme: &EncryptionScheme) -> bool {
    let EncryptionScheme::Pbes2(Parameters { kdf, .. }) = scheme else { return true };
    match kdf {
        Kdf::Pbkdf2(pbkdf2) => pbkdf2.iteration_count <= PBKDF2_PASSES,
        Kdf::Scrypt(scrypt) => {
            let block = u64::from(scrypt.block_size) * 128;
            let memory = scrypt.cost_parameter.saturating_mul(block);
            memory <= SCRYPT_MEMORY && scrypt.parallelization <= SCRYPT_LANES
        }
        _ => true,
    }
}

fn outdated() -> Error {
    unreadable("this private key is encrypted in an outdated or unknown way, which is not read")
        .hint("encrypt it anew with openssl pkcs8 -topk8 -in KEY -out NEW")
}

fn unused(oid: ObjectIdentifier) -> Error {
    let oid = oid.to_string();
    match UNUSED.iter().find(|(unused, _)| *unused == oid) {
        Some((_, what)) => unfit(format!("this is {what}; no supported algorithm uses it")),
        None => unfit(format!("this is a key of the unknown kind {oid}")),
    }
}

fn other_curve() -> Error {
    unfit("this is an EC key on a curve that is neither P-256 nor P-384")
}

fn damaged<E>(_: E) -> Error {
    unreadable("this is a key in DER that is damaged")
}
