//! JWS in compact form (RFC 7515 7.1): read, verified, signed.
//!
//! Trust is carried by types. Anyone may make a [`Parsed`] and look at it; only
//! [`Parsed::verify`] makes a [`Verified`]. What the claims mean is not known here.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::alg::{self, Algorithm};
use crate::error::{Code, Error, Result, Stage};
use crate::json::{Json, MAX_DEPTH};
use crate::key::{Key, SetAside};

mod provider;

/// The longest token that is looked at, in bytes.
pub const MAX_TOKEN: usize = 16 * 1024;

/// Why a token was not believed: the stage it failed at, and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Refusal {
    /// The stage.
    pub stage: Stage,
    /// What was seen and what was expected.
    pub reason: String,
    /// The algorithm is one that nobody here knows: no key was looked at.
    pub unsupported: bool,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::new(Code::Refused(refusal.stage), refusal.reason)
    }
}

/// A token that is well formed. Nothing in it may be believed.
#[derive(Debug)]
pub struct Parsed<'a> {
    header: Json,
    signed: &'a str,
    payload: Vec<u8>,
    signature: &'a str,
}

/// A token whose signature is that of a key we hold.
#[derive(Debug)]
pub struct Verified<'a> {
    /// The header, now to be believed.
    pub header: &'a Json,
    /// The payload's bytes, whatever they are.
    pub payload: &'a [u8],
    /// The key that signed.
    pub key: &'a Key,
}

/// The keys that a token may be verified with.
#[derive(Debug, Default)]
pub struct Candidates<'a> {
    /// The keys.
    pub keys: Vec<&'a Key>,
    /// Keys that were there and must not be used, with the reason.
    pub set_aside: &'a [SetAside],
    /// A token that names a key must name one of these. Otherwise a key that has no id of its
    /// own, such as a bare PEM, may verify a token whatever id that names.
    pub exact: bool,
}

impl<'a> Parsed<'a> {
    /// Reads a token: three parts of strict base64url, no padding and no white space, so that
    /// one token is one string of bytes; a header that is an object without duplicate members.
    pub fn read(token: &'a str) -> Result<Self, Refusal> {
        if token.len() > MAX_TOKEN {
            return Err(parse(format!(
                "the token has {} bytes, at most {MAX_TOKEN} are read",
                token.len()
            )));
        }
        if let Some(stray) = token.chars().find(|c| !is_compact(*c)) {
            return Err(parse(format!(
                "{stray:?} stands in the token, where only base64url and dots may"
            )));
        }
        let mut parts = token.splitn(6, '.');
        let (header, payload, signature) =
            match (parts.next(), parts.next(), parts.next(), parts.next()) {
                (Some(header), Some(payload), Some(signature), None) => {
                    (header, payload, signature)
                }
                (Some(_), Some(_), Some(_), Some(_)) if parts.count() == 1 => {
                    return Err(parse(
                        "the token has five parts, it is encrypted (JWE); three were expected",
                    ));
                }
                _ => {
                    let seen = match token.split('.').count() {
                        _ if token.is_empty() => "is empty".to_owned(),
                        1 => "has one part".to_owned(),
                        count => format!("has {count} parts"),
                    };
                    return Err(parse(format!("the token {seen}, three parts were expected")));
                }
            };
        let header = read_header(&decode(header, "header")?)?;
        let payload = decode(payload, "payload")?;
        decode(signature, "signature")?;
        let signed = &token[..token.len() - signature.len() - 1];
        Ok(Self { header, signed, payload, signature })
    }

    /// The header, unverified.
    pub fn header(&self) -> &Json {
        &self.header
    }

    /// Verifies the signature. The key decides the algorithm, the header only has to agree, and
    /// so has the caller's list, if it is not empty.
    pub fn verify<'k: 'v, 'v>(
        &'v self,
        candidates: &Candidates<'k>,
        allowed: &[Algorithm],
    ) -> Result<Verified<'v>, Refusal> {
        let named = self.header.get("alg").and_then(Json::as_str).unwrap_or_default();
        let wanted = alg::from_name(named).ok_or_else(|| unsupported(named))?;
        if !allowed.is_empty() && !allowed.contains(&wanted) {
            let allowed: Vec<_> = allowed.iter().map(|alg| alg::name(*alg)).collect();
            let reason =
                format!("the token is signed with {named}, allowed: {}", allowed.join(", "));
            return Err(refused(Stage::Alg, reason));
        }
        let fitting = self.fitting(candidates)?;
        let carries: Vec<_> = fitting.iter().map(|key| alg::name(key.alg())).collect();
        let mut of_alg = fitting.into_iter().filter(|key| key.alg() == wanted).peekable();
        if of_alg.peek().is_none() {
            let reason =
                format!("the token is signed with {named}, the key is for {}", carries.join(", "));
            return Err(refused(Stage::Alg, reason));
        }
        provider::install();
        let matches = |key: &&Key| {
            jsonwebtoken::crypto::verify(
                self.signature,
                self.signed.as_bytes(),
                key.verifying(),
                wanted,
            )
            .unwrap_or(false)
        };
        match of_alg.find(matches) {
            Some(key) => Ok(Verified { header: &self.header, payload: &self.payload, key }),
            None => Err(refused(
                Stage::Signature,
                "the signature does not match: another key, or the token was changed",
            )),
        }
    }

    /// The keys that the token's `kid` allows.
    fn fitting<'k>(&self, candidates: &Candidates<'k>) -> Result<Vec<&'k Key>, Refusal> {
        let refuse = |reason: String| refused(Stage::Key, reason);
        let Some(kid) = self.header.get("kid").and_then(Json::as_str) else {
            if candidates.keys.is_empty() {
                return Err(refuse("there is no key to verify the token with".into()));
            }
            return Ok(candidates.keys.clone());
        };
        let named: Vec<_> =
            candidates.keys.iter().copied().filter(|key| key.kid() == kid).collect();
        if !named.is_empty() {
            return Ok(named);
        }
        let shown = kid.chars().take(64).collect::<String>().escape_debug().to_string();
        if let Some(aside) = candidates.set_aside.iter().find(|a| a.kid.as_deref() == Some(kid)) {
            return Err(refuse(format!("the key \"{shown}\" may not be used: {}", aside.reason)));
        }
        let any: Vec<_> =
            candidates.keys.iter().copied().filter(|key| !key.has_own_kid()).collect();
        if candidates.exact || any.is_empty() {
            return Err(refuse(format!("no key has the id \"{shown}\" that the token names")));
        }
        Ok(any)
    }
}

/// Signs `claims`; the header says `alg`, `typ` and `kid`, in that order.
pub fn sign(typ: &str, claims: &Json, key: &Key) -> Result<String> {
    let Some(secret) = key.signing() else {
        return Err(Error::new(
            Code::KeyMissing,
            format!("the key {} is public, it cannot sign", key.kid()),
        ));
    };
    let header = Json::Object(vec![
        ("alg".into(), Json::string(alg::name(key.alg()))),
        ("typ".into(), Json::string(typ)),
        ("kid".into(), Json::string(key.kid())),
    ]);
    let encode = |json: &Json| URL_SAFE_NO_PAD.encode(json.to_string());
    let signed = format!("{}.{}", encode(&header), encode(claims));
    provider::install();
    let signature =
        jsonwebtoken::crypto::sign(signed.as_bytes(), secret, key.alg()).map_err(|e| {
            Error::new(Code::KeyUnfit, format!("the key {} does not sign: {e}", key.kid()))
        })?;
    let token = format!("{signed}.{signature}");
    if token.len() > MAX_TOKEN {
        let seen =
            format!("the token would have {} bytes, at most {MAX_TOKEN} are accepted", token.len());
        return Err(Error::new(Code::TokenTooLarge, seen));
    }
    Ok(token)
}

fn refused(stage: Stage, reason: impl Into<String>) -> Refusal {
    Refusal { stage, reason: reason.into(), unsupported: false }
}

/// The algorithm is none of ours; "none" in any spelling is no algorithm at all (RFC 7515 8).
fn unsupported(alg: &str) -> Refusal {
    let shown = alg.chars().take(64).collect::<String>().escape_debug().to_string();
    let reason = if alg.eq_ignore_ascii_case("none") {
        format!("the token is not signed (alg \"{shown}\"), anybody can have written it")
    } else {
        format!("unsupported algorithm \"{shown}\"")
    };
    Refusal { unsupported: true, ..refused(Stage::Alg, reason) }
}

fn parse(reason: impl Into<String>) -> Refusal {
    refused(Stage::Parse, reason)
}

fn is_compact(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

fn decode(part: &str, name: &str) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| {
        parse(format!("the {name} is not base64url in its one form (RFC 7515 2): a character is missing or wrong"))
    })
}

/// The rules for a header (RFC 7515 4): an object, no duplicates, nothing critical that we do
/// not know, nothing that changes how the payload is to be read.
fn read_header(bytes: &[u8]) -> Result<Json, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|_| parse("the header is not UTF-8"))?;
    let header =
        Json::read(text, MAX_DEPTH).map_err(|fault| parse(format!("the header is {fault}")))?;
    if header.members().is_none() {
        return Err(parse(format!("the header is {}, an object was expected", header.kind())));
    }
    if let Some(name) = header.duplicates().first() {
        return Err(parse(format!("the header says \"{}\" twice", name.escape_debug())));
    }
    for name in ["alg", "kid", "typ"] {
        if let Some(value) = header.get(name).filter(|value| value.as_str().is_none()) {
            return Err(parse(format!(
                "the header's {name} is {}, a string was expected",
                value.kind()
            )));
        }
    }
    if header.get("alg").is_none() {
        return Err(parse("the header names no algorithm (alg)"));
    }
    for (name, what) in [
        ("crit", "an extension that must be understood, and none is"),
        ("b64", "an unencoded payload (RFC 7797)"),
        ("zip", "a compressed payload"),
    ] {
        if header.get(name).is_some() {
            return Err(parse(format!("the header asks for {what} ({name})")));
        }
    }
    Ok(header)
}
