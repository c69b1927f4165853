//! jsonwebtoken's cryptography, told to remember the RSA keys it has parsed.
//!
//! Its own signer parses and checks the private key at every signature, which takes as long as
//! the signature itself. This one keeps the parsed key under the SHA-256 of the key's DER, so that
//! nothing secret is held twice; everything else goes to jsonwebtoken's own provider.

use std::collections::HashMap;
use std::sync::{Arc, Once, PoisonError, RwLock};

use aws_lc_rs::digest::{self, SHA256, SHA256_OUTPUT_LEN};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self as aws, RsaEncoding, RsaKeyPair};
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::{Algorithm, AlgorithmFamily, EncodingKey};
use signature::{Error, Signer};

type Parsed = RwLock<Option<HashMap<[u8; SHA256_OUTPUT_LEN], Arc<RsaKeyPair>>>>;

static PARSED: Parsed = RwLock::new(None);

/// How many keys are kept: those of a ring and a few more. A server that sees rotations for years
/// must not keep every key it ever signed with.
const MOST: usize = 8;

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: DEFAULT_PROVIDER.verifier_factory,
    key_utils: jsonwebtoken::crypto::KeyUtils::new_unimplemented(),
};

/// Makes jsonwebtoken use this provider. Must come before its first signature or verification.
pub(super) fn install() {
    static ONCE: Once = Once::new();
    // An error means that another provider is installed already; it signs as well, only slower.
    ONCE.call_once(|| _ = PROVIDER.install_default());
}

/// Signs with a key that was parsed once.
struct RsaSigner {
    key: Arc<RsaKeyPair>,
    alg: Algorithm,
    encoding: &'static dyn RsaEncoding,
}

impl Signer<Vec<u8>> for RsaSigner {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, Error> {
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(self.encoding, &SystemRandom::new(), message, &mut signature)
            .map_err(Error::from_source)?;
        Ok(signature)
    }
}

impl JwtSigner for RsaSigner {
    fn algorithm(&self) -> Algorithm {
        self.alg
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is jsonwebtoken's")]
fn signer(alg: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    let encoding: &'static dyn RsaEncoding = match alg {
        Algorithm::RS256 => &aws::RSA_PKCS1_SHA256,
        Algorithm::RS384 => &aws::RSA_PKCS1_SHA384,
        Algorithm::RS512 => &aws::RSA_PKCS1_SHA512,
        Algorithm::PS256 => &aws::RSA_PSS_SHA256,
        Algorithm::PS384 => &aws::RSA_PSS_SHA384,
        Algorithm::PS512 => &aws::RSA_PSS_SHA512,
        _ => return (DEFAULT_PROVIDER.signer_factory)(alg, key),
    };
    if key.family() != AlgorithmFamily::Rsa {
        return Err(ErrorKind::InvalidKeyFormat.into());
    }
    Ok(Box::new(RsaSigner { key: parsed(key.as_bytes())?, alg: *alg, encoding }))
}

/// The parsed form of a private key, from the table or, the first time, from its DER.
fn parsed(der: &[u8]) -> Result<Arc<RsaKeyPair>> {
    let mut name = [0; SHA256_OUTPUT_LEN];
    name.copy_from_slice(digest::digest(&SHA256, der).as_ref());
    let table = PARSED.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(key) = table.as_ref().and_then(|table| table.get(&name)) {
        return Ok(Arc::clone(key));
    }
    drop(table);
    let key = RsaKeyPair::from_der(der).map_err(|e| ErrorKind::InvalidRsaKey(e.to_string()))?;
    let key = Arc::new(key);
    let mut table = PARSED.write().unwrap_or_else(PoisonError::into_inner);
    let table = table.get_or_insert_with(HashMap::new);
    if table.len() >= MOST {
        table.clear();
    }
    table.insert(name, Arc::clone(&key));
    Ok(key)
}
