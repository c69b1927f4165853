//! Keys on elliptic curves: P-256 and P-384 (RFC 7518 6.2) and Ed25519 (RFC 8037 2).

use aws_lc_rs::encoding::AsBigEndian;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED,
    ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    EcdsaVerificationAlgorithm, Ed25519KeyPair, KeyPair, ParsedPublicKey,
};
use pkcs8::ObjectIdentifier;
use pkcs8::der::Encode;
use zeroize::Zeroizing;

use super::{rsa, unfit};
use crate::error::{Error, Result};

/// The curves of ES256 and ES384.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
}

/// An EC key: a point on its curve and perhaps the scalar that leads to it.
pub(super) struct Ec {
    curve: Curve,
    point: Vec<u8>,
    scalar: Option<Zeroizing<Vec<u8>>>,
}

/// An Ed25519 key.
pub(super) struct Ed {
    public: Vec<u8>,
    seed: Option<Zeroizing<Vec<u8>>>,
}

impl Curve {
    pub(super) const ALL: [Self; 2] = [Self::P256, Self::P384];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
        }
    }

    pub(super) fn oid(self) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(match self {
            Self::P256 => "1.2.840.10045.3.1.7",
            Self::P384 => "1.3.132.0.34",
        })
    }

    /// How many bytes a coordinate or a scalar has.
    pub(super) fn length(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
        }
    }

    fn verification(self) -> &'static EcdsaVerificationAlgorithm {
        match self {
            Self::P256 => &ECDSA_P256_SHA256_FIXED,
            Self::P384 => &ECDSA_P384_SHA384_FIXED,
        }
    }

    fn signing(self) -> &'static EcdsaSigningAlgorithm {
        match self {
            Self::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
            Self::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        }
    }
}

impl Ec {
    /// A key of the numbers of a JWK. RFC 7518 6.2.1.2 wants them of full length; a writer that
    /// lost or added leading zeros is forgiven.
    pub(super) fn new(curve: Curve, x: &[u8], y: &[u8], d: Option<&[u8]>) -> Result<Self> {
        let point = [&[4][..], &full_length(curve, x)?, &full_length(curve, y)?].concat();
        let Some(d) = d else { return Self::from_point(curve, &point) };
        let d = full_length(curve, d)?;
        Self::from_point(curve, &point)?;
        let pair = EcdsaKeyPair::from_private_key_and_public_key(curve.signing(), &d, &point)
            .map_err(|_| apart())?;
        Self::from_pair(curve, &pair)
    }

    /// A public key of its point, which is checked to be on the curve.
    pub(super) fn from_point(curve: Curve, point: &[u8]) -> Result<Self> {
        if let [2 | 3, rest @ ..] = point
            && rest.len() == curve.length()
        {
            let command = "openssl pkey -pubin -in KEY -pubout -ec_conv_form uncompressed";
            return Err(unfit("this EC key has a compressed point, which is not read")
                .hint(format!("write it out: {command}")));
        }
        let fits = point.len() == 1 + 2 * curve.length() && point[0] == 4;
        if !fits || ParsedPublicKey::new(curve.verification(), point).is_err() {
            let name = curve.name();
            return Err(unfit(format!("the point of this EC key is not on the curve {name}")));
        }
        Ok(Self { curve, point: point.to_vec(), scalar: None })
    }

    /// A private key from DER, SEC1 or PKCS#8, the curve by name or by its numbers.
    pub(super) fn from_private_der(der: &[u8]) -> Option<Result<Self>> {
        Curve::ALL.into_iter().find_map(|curve| {
            let pair = EcdsaKeyPair::from_private_key_der(curve.signing(), der).ok()?;
            Some(Self::from_pair(curve, &pair))
        })
    }

    /// A public key from an SPKI that gives the curve by its numbers: the curve they are of.
    pub(super) fn curve_of_spki(der: &[u8]) -> Option<Curve> {
        Curve::ALL.into_iter().find(|curve| ParsedPublicKey::new(curve.verification(), der).is_ok())
    }

    /// A fresh key.
    pub(super) fn made(curve: Curve) -> Result<Self> {
        Self::from_pair(curve, &EcdsaKeyPair::generate(curve.signing()).map_err(unwritable)?)
    }

    pub(super) fn curve(&self) -> Curve {
        self.curve
    }

    /// The point, uncompressed (SEC 1 2.3.3).
    pub(super) fn point(&self) -> &[u8] {
        &self.point
    }

    pub(super) fn coordinates(&self) -> (&[u8], &[u8]) {
        self.point[1..].split_at(self.curve.length())
    }

    pub(super) fn scalar(&self) -> Option<&[u8]> {
        self.scalar.as_ref().map(|scalar| scalar.as_slice())
    }

    pub(super) fn pkcs8(&self) -> Result<Zeroizing<Vec<u8>>> {
        let scalar = self.scalar().unwrap_or_default();
        let signing = self.curve.signing();
        let pair = EcdsaKeyPair::from_private_key_and_public_key(signing, scalar, &self.point)
            .map_err(unwritable)?;
        Ok(Zeroizing::new(pair.to_pkcs8v1().map_err(unwritable)?.as_ref().to_vec()))
    }

    /// RFC 5915, with the curve's name and the point.
    pub(super) fn sec1(&self) -> Result<Zeroizing<Vec<u8>>> {
        let key = sec1::EcPrivateKey {
            private_key: self.scalar().unwrap_or_default(),
            parameters: Some(sec1::EcParameters::NamedCurve(self.curve.oid())),
            public_key: Some(&self.point),
        };
        key.to_der().map(Zeroizing::new).map_err(unwritable)
    }

    fn from_pair(curve: Curve, pair: &EcdsaKeyPair) -> Result<Self> {
        let scalar = pair.private_key().as_be_bytes().map_err(unwritable)?;
        let scalar = Some(Zeroizing::new(scalar.as_ref().to_vec()));
        Ok(Self { curve, point: pair.public_key().as_ref().to_vec(), scalar })
    }
}

impl Ed {
    /// A key of its public bytes, its seed, or both if they belong together.
    pub(super) fn new(public: Option<&[u8]>, seed: Option<&[u8]>) -> Result<Self> {
        if public.into_iter().chain(seed).any(|half| half.len() != 32) {
            return Err(unfit("this Ed25519 key does not have 32 bytes (RFC 8032 5.1.5)"));
        }
        let pair = match (public, seed) {
            (Some(public), None) => return Ok(Self { public: public.to_vec(), seed: None }),
            (Some(public), Some(seed)) => Ed25519KeyPair::from_seed_and_public_key(seed, public),
            (None, seed) => Ed25519KeyPair::from_seed_unchecked(seed.unwrap_or_default()),
        };
        Self::from_pair(&pair.map_err(|_| apart())?)
    }

    /// A fresh key.
    pub(super) fn made() -> Result<Self> {
        Self::from_pair(&Ed25519KeyPair::generate().map_err(unwritable)?)
    }

    pub(super) fn public(&self) -> &[u8] {
        &self.public
    }

    pub(super) fn seed(&self) -> Option<&[u8]> {
        self.seed.as_ref().map(|seed| seed.as_slice())
    }

    /// Version 1, without the public half: what every OpenSSL reads (RFC 8410 7).
    pub(super) fn pkcs8(&self) -> Result<Zeroizing<Vec<u8>>> {
        let seed = self.seed().unwrap_or_default();
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(unwritable)?;
        Ok(Zeroizing::new(pair.to_pkcs8v1().map_err(unwritable)?.as_ref().to_vec()))
    }

    fn from_pair(pair: &Ed25519KeyPair) -> Result<Self> {
        let seed = pair.seed().map_err(unwritable)?;
        let seed = seed.as_be_bytes().map_err(unwritable)?;
        let seed = Some(Zeroizing::new(seed.as_ref().to_vec()));
        Ok(Self { public: pair.public_key().as_ref().to_vec(), seed })
    }
}

fn full_length(curve: Curve, number: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let number = rsa::without_zeros(number);
    let name = curve.name();
    let missing = curve.length().checked_sub(number.len()).ok_or_else(|| {
        unfit(format!("a number of this EC key is longer than the {name} curve allows"))
    })?;
    let mut full = Zeroizing::new(vec![0; curve.length()]);
    full[missing..].copy_from_slice(number);
    Ok(full)
}

fn apart() -> Error {
    unfit("the public half of this key does not belong to its private half")
}

fn unwritable<E>(_: E) -> Error {
    unfit("this key cannot be made or written")
}
