//! A key written out, each half in each form that fits it.

use pem::{EncodeConfig, LineEnding, Pem};
use pkcs8::der::Encode;
use pkcs8::der::asn1::{AnyRef, BitStringRef};
use pkcs8::pkcs5::pbes2;
use pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use zeroize::Zeroizing;

use super::jwk::wipe;
use super::material::Material;
use super::{Key, Part, der, unfit};
use crate::alg;
use crate::chance::Chance;
use crate::error::{Code, Error, Result};
use crate::json::Json;

/// How often a passphrase is hashed: about a third of a second for who guesses (RFC 8018 4.2).
const ITERATIONS: u32 = 600_000;

/// The form of a key file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// PEM: PKCS#8 for a private key, SPKI for a public one.
    Pkcs8,
    /// PEM: PKCS#1, for RSA only.
    Pkcs1,
    /// PEM: SEC1 for an EC private key, SPKI for a public one.
    Sec1,
    /// DER: PKCS#8 for a private key, SPKI for a public one.
    Der,
    /// A JWK.
    Jwk,
    /// A JWKS of this one key.
    Jwks,
}

/// What a private key is encrypted with.
#[derive(Clone, Copy)]
pub struct Seal<'a> {
    /// The passphrase.
    pub passphrase: &'a str,
    /// Where the salt comes from.
    pub chance: &'a dyn Chance,
}

impl Key {
    /// The bytes of a file that holds this `part` of the key.
    pub fn write(
        &self,
        form: Form,
        part: Part,
        seal: Option<&Seal<'_>>,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let sealable = matches!(form, Form::Pkcs8 | Form::Der) && part == Part::Private;
        if seal.is_some() && !sealable {
            let sentence = "a passphrase protects only a private key in PKCS#8";
            let hint = if self.is_symmetric() {
                "leave --passphrase-file out: a secret has no such form"
            } else {
                "choose --format pkcs8"
            };
            return Err(Error::new(Code::Usage, sentence).hint(hint));
        }
        match form {
            Form::Jwk => line(self.jwk(part)?),
            Form::Jwks => {
                let keys = Json::Array(vec![self.jwk(part)?]);
                line(Json::Object(vec![("keys".to_owned(), keys)]))
            }
            _ if part == Part::Private => self.private(form, seal),
            _ => self.public(form),
        }
    }

    /// The key as a JWK (RFC 7517), with its `use`, `alg` and `kid`.
    pub fn jwk(&self, part: Part) -> Result<Json> {
        self.check_part(part)?;
        let mut members = self.material.public_members();
        if part == Part::Private {
            members.extend(self.material.private_members()?);
        }
        let word = |name: &str, value: &str| (name.to_owned(), Json::string(value));
        let mut all: Vec<_> = members.iter().map(|(name, value)| word(name, value)).collect();
        let about = [("use", "sig"), ("alg", alg::name(self.alg)), ("kid", self.kid())];
        all.splice(1..1, about.iter().map(|(name, value)| word(name, value)));
        Ok(Json::Object(all))
    }

    fn private(&self, form: Form, seal: Option<&Seal<'_>>) -> Result<Zeroizing<Vec<u8>>> {
        self.check_part(Part::Private)?;
        match (form, &self.material) {
            (Form::Pkcs1, Material::Rsa(key)) => {
                Ok(framed("RSA PRIVATE KEY", &key.pkcs1_private()?))
            }
            (Form::Sec1, Material::Ec(key)) => Ok(framed("EC PRIVATE KEY", &key.sec1()?)),
            (Form::Pkcs8 | Form::Der, material) => {
                let plain = match material {
                    Material::Rsa(key) => key.pkcs8(),
                    Material::Ec(key) => key.pkcs8(),
                    Material::Ed(key) => key.pkcs8(),
                    Material::Secret(_) => Err(self.formless()),
                }?;
                let (label, der) = match seal {
                    None => ("PRIVATE KEY", plain),
                    Some(seal) => ("ENCRYPTED PRIVATE KEY", encrypted(&plain, seal)?),
                };
                Ok(if form == Form::Der { der } else { framed(label, &der) })
            }
            _ => Err(self.formless()),
        }
    }

    fn public(&self, form: Form) -> Result<Zeroizing<Vec<u8>>> {
        self.check_part(Part::Public)?;
        if form == Form::Pkcs1 {
            let Material::Rsa(key) = &self.material else { return Err(self.formless()) };
            return Ok(framed("RSA PUBLIC KEY", &key.pkcs1_public()?));
        }
        let der = match &self.material {
            Material::Rsa(key) => key.spki()?,
            Material::Ec(key) => {
                let oid = key.curve().oid();
                spki(der::EC, Some(AnyRef::from(&oid)), key.point())?
            }
            Material::Ed(key) => spki(der::ED25519, None, key.public())?,
            Material::Secret(_) => return Err(self.formless()),
        };
        Ok(if form == Form::Der { Zeroizing::new(der) } else { framed("PUBLIC KEY", &der) })
    }

    fn check_part(&self, part: Part) -> Result<()> {
        match part {
            Part::Public if self.is_symmetric() => {
                Err(unfit("a symmetric key has no public half and is never published"))
            }
            Part::Private if !self.is_secret() => {
                Err(unfit(format!("this is {}; the private one is needed", self.description())))
            }
            _ => Ok(()),
        }
    }

    fn formless(&self) -> Error {
        let sentence = format!("{} cannot be written in this form", self.description());
        Error::new(Code::Usage, sentence).hint("leave --format out")
    }
}

fn line(json: Json) -> Result<Zeroizing<Vec<u8>>> {
    let text = serde_json::to_vec(&json).map(Zeroizing::new);
    wipe(json);
    let mut text = text.map_err(|_| unfit("this key cannot be written"))?;
    text.push(b'\n');
    Ok(text)
}

fn framed(label: &str, der: &[u8]) -> Zeroizing<Vec<u8>> {
    let block = Pem::new(label, der);
    let config = EncodeConfig::new().set_line_ending(LineEnding::LF);
    let text = Zeroizing::new(pem::encode_config(&block, config).into_bytes());
    drop(Zeroizing::new(block.into_contents()));
    text
}

fn spki(oid: ObjectIdentifier, parameters: Option<AnyRef<'_>>, key: &[u8]) -> Result<Vec<u8>> {
    let unwritable = |_| unfit("this public key cannot be written");
    let info = SubjectPublicKeyInfoRef {
        algorithm: AlgorithmIdentifierRef { oid, parameters },
        subject_public_key: BitStringRef::from_bytes(key).map_err(unwritable)?,
    };
    info.to_der().map_err(unwritable)
}

/// PBES2 with PBKDF2 and AES-256-CBC (RFC 8018 6.2), which OpenSSL has read since 1.0.
fn encrypted(plain: &[u8], seal: &Seal<'_>) -> Result<Zeroizing<Vec<u8>>> {
    if seal.passphrase.is_empty() {
        return Err(Error::new(Code::Usage, "the passphrase is empty"));
    }
    let (mut salt, mut start) = ([0; 16], [0; 16]);
    seal.chance.fill(&mut salt);
    seal.chance.fill(&mut start);
    let parameters = pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(ITERATIONS, &salt, start)
        .map_err(pkcs8::Error::from);
    let document = PrivateKeyInfoRef::try_from(plain)
        .and_then(|info| info.encrypt_with_params(parameters?, seal.passphrase));
    document
        .map(|document| document.to_bytes())
        .map_err(|_| unfit("this private key cannot be encrypted"))
}
