//! What the header says of algorithms, keys, extensions and types.

use super::quoted;
use crate::alg;
use crate::finding::{Finding, token as rules};
use crate::json::Json;
use crate::reading::{KEY_SOURCES, Kind, Part, Reading};
use crate::user::is_control;

/// Registered algorithms that jot itself does not sign with: those of signatures, then those that
/// manage keys (IANA, JSON Web Signature and Encryption Algorithms).
const REGISTERED: [&str; 30] = [
    "ES256K",
    "ES512",
    "Ed448",
    "ESP256",
    "ESP384",
    "ESP512",
    "ML-DSA-44",
    "ML-DSA-65",
    "ML-DSA-87",
    "RSA-OAEP",
    "RSA-OAEP-256",
    "RSA-OAEP-384",
    "RSA-OAEP-512",
    "A128KW",
    "A192KW",
    "A256KW",
    "dir",
    "ECDH-ES",
    "ECDH-ES+A128KW",
    "ECDH-ES+A192KW",
    "ECDH-ES+A256KW",
    "A128GCMKW",
    "A192GCMKW",
    "A256GCMKW",
    "PBES2-HS256+A128KW",
    "PBES2-HS384+A192KW",
    "PBES2-HS512+A256KW",
    "HPKE-0",
    "HPKE-1",
    "HPKE-4",
];

/// Those with known attacks, or built on SHA-1 or shorter.
const DEPRECATED: [&str; 4] = ["RSA1_5", "RS1", "HS1", "HS256/64"];

/// Extensions that `crit` may name and that some verifiers know (RFC 7797, RFC 8555 6.2).
const EXTENSIONS: [&str; 1] = ["b64"];

/// The longest `kid` that is still a name.
const LONGEST_KID: usize = 256;

pub(super) fn lint(reading: &Reading, findings: &mut Vec<Finding>) {
    let header = &reading.header;
    if *header == Part::Absent {
        return;
    }
    algorithm(header, findings);
    for name in KEY_SOURCES.iter().filter(|name| header.get(name).is_some()) {
        findings.push(rules::KEY_IN_HEADER.seen(format!("\"{name}\" is in the header")));
    }
    findings.extend(header.get("crit").and_then(|crit| critical(crit, header)));
    if header.get("b64").and_then(Json::as_bool) == Some(false) {
        findings.push(rules::B64.seen("\"b64\" is false"));
    }
    if let Some(zip) = header.get("zip") {
        findings.push(rules::ZIP.seen(format!("\"zip\" is {}", shown(zip))));
    }
    if let Some(why) = header.get("kid").and_then(strange) {
        findings.push(rules::KID.seen(format!("\"kid\" {why}")));
    }
    findings.extend(typ(reading));
}

fn algorithm(header: &Part, findings: &mut Vec<Finding>) {
    let name = match header.get("alg") {
        Some(Json::String(name)) => name.as_str(),
        Some(other) => {
            findings.push(rules::ALG_MISSING.seen(format!("\"alg\" is {}", other.kind())));
            return;
        }
        None => {
            let object = header.json().is_some_and(|json| json.members().is_some());
            let seen = if object { "there is no \"alg\"" } else { "the header is no object" };
            findings.push(rules::ALG_MISSING.seen(seen));
            return;
        }
    };
    let rule = if name.eq_ignore_ascii_case("none") {
        &rules::ALG_NONE
    } else if DEPRECATED.contains(&name) {
        &rules::ALG_DEPRECATED
    } else if alg::from_name(name).is_none() && !REGISTERED.contains(&name) {
        &rules::ALG_UNKNOWN
    } else {
        return;
    };
    findings.push(rule.seen(format!("\"alg\" is {}", quoted(name))));
}

/// RFC 7515 4.1.11: names, not none, each once, each in the header.
fn critical(crit: &Json, header: &Part) -> Option<Finding> {
    let Some(names) = crit.as_strings() else {
        return Some(rules::CRIT_MALFORMED.seen(format!("\"crit\" is {}", listed(crit))));
    };
    let fault = |(at, name): (usize, &&str)| {
        if names[..at].contains(name) {
            Some(format!("\"crit\" names {} twice", quoted(name)))
        } else if header.get(name).is_none() {
            Some(format!("\"crit\" names {}, which is not in the header", quoted(name)))
        } else {
            None
        }
    };
    if names.is_empty() {
        return Some(rules::CRIT_MALFORMED.seen("\"crit\" is empty"));
    }
    if let Some(seen) = names.iter().enumerate().find_map(fault) {
        return Some(rules::CRIT_MALFORMED.seen(seen));
    }
    let unknown = names.iter().find(|name| !EXTENSIONS.contains(name))?;
    Some(rules::CRIT.seen(format!("\"crit\" names {}", quoted(unknown))))
}

fn listed(crit: &Json) -> &'static str {
    match crit {
        Json::Array(_) => "a list with something else than names",
        other => other.kind(),
    }
}

/// Why a `kid` is more than a name.
fn strange(kid: &Json) -> Option<String> {
    let Some(name) = kid.as_str() else {
        return Some(format!("is {}, not a string", kid.kind()));
    };
    let what = if name.chars().any(is_control) {
        "holds control characters"
    } else if name.contains("://") {
        "looks like an address"
    } else if name.contains("..") || name.starts_with(['/', '~', '|']) || name.contains('\\') {
        "looks like a path or a command"
    } else if is_query(name) {
        "looks like a part of a query"
    } else if name.len() > LONGEST_KID {
        return Some(format!("has {} bytes", name.len()));
    } else {
        return None;
    };
    Some(format!("{what}: {}", quoted(name)))
}

fn is_query(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let words = ["UNION ", "SELECT ", "DROP TABLE", " --"];
    name.contains(['\'', '"', ';']) || words.iter().any(|word| upper.contains(word))
}

/// `JWT`, or what RFC 8725 3.11 recommends: a type that ends with `+jwt`.
fn typ(reading: &Reading) -> Option<Finding> {
    let named = match reading.header.get("typ") {
        None if reading.header.json().is_none() => return None,
        None => return Some(rules::NO_TYP.seen("there is no \"typ\"")),
        Some(typ) => typ,
    };
    let text = named.as_str().unwrap_or_default().to_ascii_lowercase();
    let bare = text.strip_prefix("application/").unwrap_or(&text);
    let usual =
        bare == "jwt" || bare.ends_with("+jwt") || (bare == "jose" && reading.kind == Kind::Jwe);
    (!usual).then(|| rules::TYP.seen(format!("\"typ\" is {}", shown(named))))
}

/// A value of the header, in short.
fn shown(value: &Json) -> String {
    value.as_str().map_or_else(|| value.kind().to_owned(), quoted)
}
