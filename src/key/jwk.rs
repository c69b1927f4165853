//! JSON Web Keys and sets of them, read (RFC 7517, RFC 7518 6, RFC 8037 2).

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::{Zeroize, Zeroizing};

use super::elliptic::{Curve, Ec, Ed};
use super::material::Material;
use super::rsa::{Rsa, Secrets};
use super::{Key, KeySet, SetAside, Wanted, unfit, unreadable};
use crate::alg;
use crate::error::{Error, Result};
use crate::json::{Json, MAX_DEPTH};

/// The text, if it is to be read as JSON: no PEM, DER or sensible secret begins with a brace.
pub(super) fn is_json(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    (text.starts_with('{') || (text.starts_with('[') && text.ends_with(']'))).then_some(text)
}

/// The key or the keys of a JSON text.
pub(super) fn read(text: &str, wanted: &Wanted<'_>) -> Result<KeySet> {
    let json = Json::read(text, MAX_DEPTH)
        .map_err(|_| unreadable("this looks like JSON and is damaged; a JWK is expected"))?;
    let set = of_json(&json, wanted);
    wipe(json);
    set
}

fn of_json(json: &Json, wanted: &Wanted<'_>) -> Result<KeySet> {
    if let Some(twice) = json.duplicates().first() {
        let twice = twice.escape_debug();
        return Err(unfit(format!("the member \"{twice}\" stands twice in this JWK")));
    }
    match json.get("keys") {
        Some(Json::Array(entries)) => of_set(entries, wanted),
        Some(other) => {
            Err(unreadable(format!("\"keys\" of this JWKS is {}, not an array", other.kind())))
        }
        None if json.members().is_none() => {
            Err(unreadable(format!("this is JSON, {}; a JWK is an object", json.kind())))
        }
        None => Ok(KeySet { keys: vec![of_entry(json, wanted)?], set_aside: Vec::new() }),
    }
}

fn of_set(entries: &[Json], wanted: &Wanted<'_>) -> Result<KeySet> {
    let symmetric = entries.iter().filter(|entry| kty(entry) == Some("oct")).count();
    if symmetric != 0 && symmetric != entries.len() {
        return Err(unfit("this JWKS mixes symmetric keys with public or private ones")
            .hint("keep the symmetric keys in a file of their own"));
    }
    let (mut keys, mut set_aside, mut kids) = (Vec::new(), Vec::new(), HashSet::new());
    let mut first = None;
    for entry in entries {
        let own = entry.get("kid").and_then(Json::as_str).map(str::to_owned);
        let read = of_entry(entry, wanted);
        let kid = read.as_ref().ok().map(|key| key.kid().to_owned()).or_else(|| own.clone());
        if let Some(kid) = kid.filter(|kid| !kids.insert(kid.clone())) {
            let kid = kid.escape_debug();
            return Err(unfit(format!("the kid \"{kid}\" stands for two keys of this JWKS")));
        }
        match read {
            Ok(key) => keys.push(key),
            Err(error) => {
                set_aside.push(SetAside { kid: own, reason: error.to_string() });
                first.get_or_insert(error);
            }
        }
    }
    match first {
        _ if entries.is_empty() => Err(unfit("this JWKS holds no key")),
        Some(error) if keys.is_empty() => Err(error),
        _ => Ok(KeySet { keys, set_aside }),
    }
}

fn of_entry(entry: &Json, wanted: &Wanted<'_>) -> Result<Key> {
    let Some(kty) = kty(entry) else {
        return Err(unreadable("this JSON has no \"kty\", which a JWK has (RFC 7517 4.1)"));
    };
    let kid = word(entry, "kid")?.map(str::to_owned);
    check_use(entry)?;
    let alg = match word(entry, "alg")? {
        None => None,
        Some(name) => Some(alg::from_name(name).ok_or_else(|| {
            let name = name.escape_debug();
            unfit(format!("this JWK is for the algorithm \"{name}\", which is not supported"))
        })?),
    };
    let material = match kty {
        "RSA" => rsa(entry),
        "EC" => ec(entry),
        "OKP" => okp(entry),
        "oct" => Ok(Material::Secret(number(entry, "k")?)),
        other => Err(unfit(format!(
            "this JWK is of the unknown kind (kty) \"{}\"",
            other.escape_debug()
        ))),
    }?;
    let may_sign = may_sign(entry, &material)?;
    let alg = alg.map_or_else(|| material.choose(wanted.algs), Ok)?;
    let key = Key::new(material, alg, kid)?;
    Ok(if may_sign { key } else { key.only_verifying() })
}

fn rsa(entry: &Json) -> Result<Material> {
    let (n, e) = (number(entry, "n")?, number(entry, "e")?);
    if entry.get("d").is_none() {
        return Rsa::new(&n, &e, None).map(Material::rsa);
    }
    if entry.get("oth").is_some() {
        return Err(unfit("this RSA key has more than two primes, which is not supported"));
    }
    let secret = |name| number(entry, name);
    let secrets = Secrets { d: &secret("d")?, p: &secret("p")?, q: &secret("q")? };
    Rsa::new(&n, &e, Some(&secrets)).map(Material::rsa)
}

fn ec(entry: &Json) -> Result<Material> {
    let name = word(entry, "crv")?.unwrap_or_default();
    let curve = Curve::ALL.into_iter().find(|curve| curve.name() == name);
    let curve = curve.ok_or_else(|| unused_curve("EC", name))?;
    let (x, y) = (number(entry, "x")?, number(entry, "y")?);
    let d = private(entry)?;
    Ec::new(curve, &x, &y, d.as_ref().map(|d| d.as_slice())).map(Material::Ec)
}

fn okp(entry: &Json) -> Result<Material> {
    match word(entry, "crv")?.unwrap_or_default() {
        "Ed25519" => {
            let (x, d) = (number(entry, "x")?, private(entry)?);
            Ed::new(Some(&x), d.as_ref().map(|d| d.as_slice())).map(Material::Ed)
        }
        name => Err(unused_curve("OKP", name)),
    }
}

fn unused_curve(kty: &str, name: &str) -> Error {
    let name = name.escape_debug();
    unfit(format!("this is an {kty} key on the curve \"{name}\"; no supported algorithm uses it"))
}

/// RFC 7517 4.2: a key that says what it is for is used for nothing else.
fn check_use(entry: &Json) -> Result<()> {
    match word(entry, "use")? {
        None | Some("sig") => Ok(()),
        Some(other) => {
            let other = other.escape_debug();
            Err(unfit(format!("this JWK is for the use \"{other}\", not \"sig\"")))
        }
    }
}

/// Whether the key may sign as well as verify, by its list of operations (RFC 7517 4.3). A
/// private key is there to sign; a symmetric one may be given only to verify with.
fn may_sign(entry: &Json, material: &Material) -> Result<bool> {
    let Some(listed) = entry.get("key_ops") else { return Ok(true) };
    let listed = listed
        .as_strings()
        .ok_or_else(|| unfit("\"key_ops\" of this JWK is not an array of strings"))?;
    let sign = listed.contains(&"sign");
    let needed = match material {
        Material::Secret(_) if !sign => "verify",
        material if material.is_private() => "sign",
        _ => "verify",
    };
    if listed.contains(&needed) {
        return Ok(sign);
    }
    Err(unfit(format!("\"key_ops\" of this JWK does not contain \"{needed}\"")))
}

fn kty(entry: &Json) -> Option<&str> {
    entry.get("kty").and_then(Json::as_str)
}

fn word<'a>(entry: &'a Json, name: &str) -> Result<Option<&'a str>> {
    match entry.get(name) {
        None => Ok(None),
        Some(Json::String(text)) => Ok(Some(text)),
        Some(other) => {
            Err(unfit(format!("\"{name}\" of this JWK is {}, not a string", other.kind())))
        }
    }
}

fn private(entry: &Json) -> Result<Option<Zeroizing<Vec<u8>>>> {
    entry.get("d").map(|_| number(entry, "d")).transpose()
}

/// Strict base64url without padding (RFC 7515 2).
fn number(entry: &Json, name: &str) -> Result<Zeroizing<Vec<u8>>> {
    let text = word(entry, name)?.ok_or_else(|| unfit(format!("this JWK has no \"{name}\"")))?;
    URL_SAFE_NO_PAD.decode(text).map(Zeroizing::new).map_err(|_| {
        unfit(format!("\"{name}\" of this JWK is not base64url without padding (RFC 7515 2)"))
    })
}

/// Every string of it leaves the memory.
pub(super) fn wipe(json: Json) {
    match json {
        Json::String(mut text) => text.zeroize(),
        Json::Array(items) => items.into_iter().for_each(wipe),
        Json::Object(members) => members.into_iter().for_each(|(_, value)| wipe(value)),
        _ => {}
    }
}
