//! RSA keys: which are refused, and the forms their numbers take. Nothing here signs or decrypts.

use rsa::pkcs1::der::Encode;
use rsa::pkcs1::der::asn1::UintRef;
use rsa::pkcs1::{EncodeRsaPublicKey, RsaPrivateKeyRef};
use rsa::pkcs8::{EncodePrivateKey, EncodePublicKey};
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{BoxedUint, RsaPrivateKey, RsaPublicKey};
use zeroize::Zeroizing;

use super::{roca, unfit};
use crate::error::{Error, Result};

/// The sizes of modulus that signatures are made and checked with (RFC 7518 3.3; the upper bound
/// is that of aws-lc).
pub(super) const BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// An RSA key whose numbers belong together.
pub(super) struct Rsa {
    n: Vec<u8>,
    e: Vec<u8>,
    private: Option<RsaPrivateKey>,
}

/// The private exponent and the two primes.
pub(super) struct Secrets<'a> {
    pub(super) d: &'a [u8],
    pub(super) p: &'a [u8],
    pub(super) q: &'a [u8],
}

/// Numbers by the names of their members.
pub(super) type Numbers = Vec<(&'static str, Zeroizing<Vec<u8>>)>;

impl Rsa {
    /// A key of its numbers, big-endian, leading zeros allowed.
    pub(super) fn new(n: &[u8], e: &[u8], secrets: Option<&Secrets<'_>>) -> Result<Self> {
        let (n, e) = (without_zeros(n), without_zeros(e));
        check(n, e)?;
        let apart = |_| unfit("the numbers of this RSA key do not belong together");
        let private = secrets.map(|Secrets { d, p, q }| {
            let primes = vec![number(p)?, number(q)?];
            RsaPrivateKey::from_components(number(n)?, number(e)?, number(d)?, primes)
                .map_err(apart)
        });
        Ok(Self { n: n.to_vec(), e: e.to_vec(), private: private.transpose()? })
    }

    /// A key fresh from the generator.
    pub(super) fn made(private: RsaPrivateKey) -> Self {
        let (n, e) = (private.n_bytes(), private.e_bytes());
        let (n, e) = (without_zeros(&n).to_vec(), without_zeros(&e).to_vec());
        Self { n, e, private: Some(private) }
    }

    pub(super) fn bits(&self) -> usize {
        bit_length(&self.n)
    }

    pub(super) fn n(&self) -> &[u8] {
        &self.n
    }

    pub(super) fn e(&self) -> &[u8] {
        &self.e
    }

    pub(super) fn private(&self) -> Option<&RsaPrivateKey> {
        self.private.as_ref()
    }

    /// The members of a private JWK (RFC 7518 6.3.2), empty for a public key.
    pub(super) fn private_numbers(&self) -> Result<Numbers> {
        let Some(key) = &self.private else { return Ok(Vec::new()) };
        let [p, q] = key.primes() else { return Err(unwritable("")) };
        let (Some(dp), Some(dq), Some(qinv)) = (key.dp(), key.dq(), key.qinv()) else {
            return Err(unwritable(""));
        };
        let qi = Zeroizing::new(qinv.retrieve());
        let numbers = [("d", key.d()), ("p", p), ("q", q), ("dp", dp), ("dq", dq), ("qi", &qi)];
        Ok(numbers.into_iter().map(|(name, number)| (name, bytes(number))).collect())
    }

    /// The crate's own way would compute the coefficient again, at a third of what reading the key
    /// takes.
    pub(super) fn pkcs1_private(&self) -> Result<Zeroizing<Vec<u8>>> {
        let numbers = self.private_numbers()?;
        let [d, p, q, dp, dq, qi] = numbers.as_slice() else { return Err(unwritable("")) };
        let whole = |bytes| UintRef::new(bytes).map_err(unwritable);
        let key = RsaPrivateKeyRef {
            modulus: whole(&self.n)?,
            public_exponent: whole(&self.e)?,
            private_exponent: whole(&d.1)?,
            prime1: whole(&p.1)?,
            prime2: whole(&q.1)?,
            exponent1: whole(&dp.1)?,
            exponent2: whole(&dq.1)?,
            coefficient: whole(&qi.1)?,
            other_prime_infos: None,
        };
        key.to_der().map(Zeroizing::new).map_err(unwritable)
    }

    pub(super) fn pkcs8(&self) -> Result<Zeroizing<Vec<u8>>> {
        let key = self.private.as_ref().ok_or_else(|| unwritable(""))?;
        Ok(key.to_pkcs8_der().map_err(unwritable)?.to_bytes())
    }

    pub(super) fn pkcs1_public(&self) -> Result<Vec<u8>> {
        Ok(self.public()?.to_pkcs1_der().map_err(unwritable)?.into_vec())
    }

    pub(super) fn spki(&self) -> Result<Vec<u8>> {
        Ok(self.public()?.to_public_key_der().map_err(unwritable)?.into_vec())
    }

    /// Made when it is asked for: the crate prepares it for calculations that nobody does here.
    fn public(&self) -> Result<RsaPublicKey> {
        RsaPublicKey::new(number(&self.n)?, number(&self.e)?).map_err(unwritable)
    }
}

/// Every public number that must not be used has its own sentence.
fn check(n: &[u8], e: &[u8]) -> Result<()> {
    let bits = bit_length(n);
    let (least, most) = BITS.into_inner();
    let is_even = |number: &[u8]| number.last().is_none_or(|last| last % 2 == 0);
    let refusal = if bits < least {
        format!("this RSA key has {bits} bits; at least {least} are needed (RFC 7518 3.3)")
    } else if bits > most {
        format!("this RSA key has {bits} bits; at most {most} are supported")
    } else if is_even(n) {
        "this RSA key has an even modulus, which is no product of two primes".to_owned()
    } else if e == [1] {
        "this RSA key has the exponent 1, with which anyone can sign".to_owned()
    } else if is_even(e) {
        "this RSA key has an even exponent, with which nothing can be signed".to_owned()
    } else if bit_length(e) > 33 {
        "this RSA key has an exponent of more than 33 bits, as no tool makes it".to_owned()
    } else if roca::is_flawed(n) {
        "this RSA key is of a flawed generator (ROCA, CVE-2017-15361): its primes can be found"
            .to_owned()
    } else {
        return Ok(());
    };
    Err(unfit(refusal).hint("make another with jot keygen"))
}

pub(super) fn without_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

fn bit_length(number: &[u8]) -> usize {
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

/// No number of a key is longer than the largest modulus, whatever a file says.
fn number(bytes: &[u8]) -> Result<BoxedUint> {
    let bytes = without_zeros(bytes);
    let long = || unfit("the numbers of this RSA key do not belong together");
    let length = Some(bytes.len()).filter(|length| length * 8 <= *BITS.end()).ok_or_else(long)?;
    let bits = u32::try_from(length.max(1) * 8).map_err(|_| long())?;
    BoxedUint::from_be_slice(bytes, bits).map_err(|_| long())
}

fn bytes(number: &BoxedUint) -> Zeroizing<Vec<u8>> {
    let all = Zeroizing::new(number.to_be_bytes().into_vec());
    Zeroizing::new(without_zeros(&all).to_vec())
}

fn unwritable<E>(_: E) -> Error {
    unfit("this RSA key cannot be written")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modulus(bits: usize) -> Vec<u8> {
        let mut n = vec![0xff; bits / 8];
        n[0] = 0x80;
        n
    }

    #[test]
    fn each_unfit_public_key_is_told_why() {
        let mut even = modulus(2048);
        even[255] = 0xfe;
        let cases: [(&[u8], &[u8], &str); 9] = [
            (&roca::tests::fingerprinted(7), &[1, 0, 1], "ROCA"),
            (&modulus(1024), &[3], "has 1024 bits; at least 2048"),
            (&modulus(16384), &[3], "has 16384 bits; at most 8192"),
            (&[], &[3], "has 0 bits"),
            (&even, &[3], "even modulus"),
            (&modulus(2048), &[0, 1], "the exponent 1,"),
            (&modulus(2048), &[], "even exponent"),
            (&modulus(2048), &[1, 0, 0], "even exponent"),
            (&modulus(2048), &[2, 0, 0, 0, 1], "more than 33 bits"),
        ];
        for (n, e, words) in cases {
            let refused = Rsa::new(n, e, None).err().unwrap().to_string();
            assert!(refused.contains(words), "{refused}");
        }
        assert!(Rsa::new(&modulus(2048), &[1, 0, 0, 0, 1], None).is_ok());
    }

    #[test]
    fn leading_zeros_do_not_count() {
        let padded = [vec![0; 3], modulus(2048)].concat();
        let key = Rsa::new(&padded, &[0, 1, 0, 1], None).unwrap();
        assert_eq!((key.bits(), key.n(), key.e()), (2048, &modulus(2048)[..], &[1, 0, 1][..]));
    }
}
