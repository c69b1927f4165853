//! Arguments of the commands that make and look at keys.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Arguments of `jot keygen`.
#[derive(Debug, Args)]
pub(crate) struct KeygenArgs {
    /// The algorithm the key is for [default: the setting keys.alg, else RS256]
    #[arg(long, value_name = "ALG")]
    pub(crate) alg: Option<String>,
    /// The length of an RSA modulus [default: 2048]
    #[arg(long, value_name = "BITS")]
    pub(crate) bits: Option<usize>,
    /// Where to write: NAME.pem (or NAME.jwk) and NAME.pub [default: the ring's, jwt-signing]
    #[arg(long, value_name = "NAME")]
    pub(crate) out: Option<PathBuf>,
    /// Replace a key that is there
    #[arg(long)]
    pub(crate) force: bool,
    /// Encrypt the private key with the passphrase in this file
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// How the private key is written [default: pkcs8; jwk where a PEM would not say the algorithm]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<KeyFormat>,
}

/// How `jot keygen` writes a private key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyFormat {
    /// PEM, PKCS#8 (RFC 5958)
    Pkcs8,
    /// PEM, PKCS#1 (RFC 8017), RSA only
    Pkcs1,
    /// JSON Web Key (RFC 7517)
    Jwk,
}

/// What `jot key` does.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyAction {
    /// Show a key's algorithm, size, id and public part
    Show(KeyShowArgs),
    /// Write a key in another form
    Export(KeyExportArgs),
}

/// Arguments of `jot key show`.
#[derive(Debug, Args)]
pub(crate) struct KeyShowArgs {
    /// A key file; without one, the ring's keys
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: KeyReading,
}

/// Arguments of `jot key export`.
#[derive(Debug, Args)]
pub(crate) struct KeyExportArgs {
    /// A key file; without one, the ring's signing key
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The form
    #[arg(long, value_enum, default_value = "jwk", value_name = "FORMAT")]
    pub(crate) format: ExportForm,
    /// The private key, not the public one
    #[arg(long)]
    pub(crate) private: bool,
    /// Write to this new file instead of stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: KeyReading,
}

/// How a key file is to be read.
#[derive(Debug, Args)]
pub(crate) struct KeyReading {
    /// What the key is for, where the file does not say
    #[arg(long, value_name = "ALG")]
    pub(crate) alg: Option<String>,
    /// A file with the passphrase of an encrypted key
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Use a private key file that others can read
    #[arg(long)]
    pub(crate) allow_open_key: bool,
}

/// The forms a key is exported in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportForm {
    /// JSON Web Key (RFC 7517)
    Jwk,
    /// JSON Web Key Set
    Jwks,
    /// PEM: SPKI, or PKCS#8 with --private
    Pem,
    /// PEM, PKCS#1, RSA only
    Pkcs1,
    /// DER: SPKI, or PKCS#8 with --private
    Der,
}

pub(super) const KEYGEN: &str = "\
Examples:
  $ jot keygen --out rsa
  $ jot keygen --alg ES256 --out es
  $ jot keygen --alg HS256 --out secret --json";

pub(super) const KEY: &str = "\
Examples:
  $ jot key show
  $ jot key show jwt-signing.pub --json
  $ jot key export --format jwks
  $ jot key export jwt-signing.pem --private --format pkcs1 --out copy.pem";
