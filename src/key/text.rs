//! Keys in PEM (RFC 7468): the blocks of a file, and which of them is its key.

use zeroize::Zeroizing;

use super::material::Material;
use super::{Wanted, der, thumbprint, unfit, unreadable};
use crate::error::{Error, Result};

const BEGIN: &str = "-----BEGIN ";

/// The labels of keys; any other block beside one of them is passed over.
const KEYS: [&str; 6] = [
    "PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "PUBLIC KEY",
    "RSA PUBLIC KEY",
];

/// Whether there is a PEM block in `bytes`.
pub(super) fn is_pem(bytes: &[u8]) -> bool {
    bytes.windows(BEGIN.len()).any(|window| window == BEGIN.as_bytes())
}

/// The one key of a PEM file: of a pair, its private half.
pub(super) fn read(bytes: &[u8], wanted: &Wanted<'_>) -> Result<Material> {
    let text = tidy(bytes);
    let labels: Vec<_> =
        text.split(BEGIN).skip(1).filter_map(|block| block.split("-----").next()).collect();
    if !labels.iter().any(|label| KEYS.contains(label)) {
        return Err(no_key(labels.first().copied().unwrap_or_default()));
    }
    if text.contains("Proc-Type:") {
        return Err(unreadable(
            "this private key is encrypted in the legacy way of OpenSSL (Proc-Type), \
             which is not read",
        )
        .hint("encrypt it anew with openssl pkcs8 -topk8 -in KEY -out NEW"));
    }
    let blocks = pem::parse_many(text.as_bytes()).map_err(|error| broken(&error))?;
    if blocks.len() < labels.len() {
        return Err(unreadable("this PEM text is cut short: the END line of a block is missing"));
    }
    let keys: Result<Vec<_>> = blocks
        .into_iter()
        .filter(|block| KEYS.contains(&block.tag()))
        .map(|block| of_block(block, wanted))
        .collect();
    one(keys?)
}

/// Lines without the white space around them and without empty ones, which a copy may have added
/// and which a parser may take for the end of headers. In an environment variable or a `.env`
/// file the ends of lines are often written out; no PEM text has a backslash of its own.
fn tidy(bytes: &[u8]) -> Zeroizing<String> {
    let text = Zeroizing::new(String::from_utf8_lossy(bytes).into_owned());
    let text = Zeroizing::new(text.replace("\\n", "\n"));
    let mut tidy = Zeroizing::new(String::with_capacity(text.len() + 1));
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        tidy.push_str(line);
        tidy.push('\n');
    }
    tidy
}

fn of_block(block: pem::Pem, wanted: &Wanted<'_>) -> Result<Material> {
    let label = block.tag().to_owned();
    let contents = Zeroizing::new(block.into_contents());
    der::read(&contents, wanted)?.ok_or_else(|| {
        unreadable(format!("the PEM block \"{label}\" does not hold a key, or a damaged one"))
    })
}

fn one(keys: Vec<Material>) -> Result<Material> {
    let mut thumbprints: Vec<_> = keys.iter().map(thumbprint).collect();
    thumbprints.sort();
    thumbprints.dedup();
    if thumbprints.len() > 1 {
        let count = thumbprints.len();
        return Err(unfit(format!("there are {count} different keys in this PEM text"))
            .hint("keep one in a file, or make a JWKS of them"));
    }
    let missing = || unreadable("there is no key in this PEM text");
    keys.into_iter().max_by_key(Material::is_private).ok_or_else(missing)
}

/// The parser's own words may quote the key.
fn broken(error: &pem::PemError) -> Error {
    unreadable(match error {
        pem::PemError::InvalidData(_) => "the base64 of this PEM text is damaged",
        pem::PemError::MismatchedTags(..) => "the BEGIN and END lines of this PEM text differ",
        _ => "this PEM text is damaged",
    })
}

fn no_key(label: &str) -> Error {
    match label {
        "OPENSSH PRIVATE KEY" => unreadable("this is an OpenSSH private key, which is not read")
            .hint("turn a copy of it into PKCS#8 with ssh-keygen -p -m PKCS8 -f COPY"),
        "DSA PRIVATE KEY" => unfit("this is a DSA key, which no supported algorithm uses"),
        "EC PARAMETERS" => unreadable("these are EC parameters without a key"),
        label if label.starts_with("PGP ") => unreadable("this is a PGP block, not a key"),
        label if label.contains("REQUEST") => {
            unreadable("this is a certificate request, not a key")
        }
        label if label.contains("CERTIFICATE") => der::certificate(),
        label => {
            let label: String = label.chars().take(40).collect();
            unreadable(format!("the PEM block \"{}\" is no key", label.escape_debug()))
        }
    }
}
