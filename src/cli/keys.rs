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
    /// List the ring's keys, with their states
    List,
    /// Show a key's algorithm, size, id and public part
    Show(KeyShowArgs),
    /// Take a key from a file into the ring
    Import(KeyImportArgs),
    /// Write a key in another form
    Export(KeyExportArgs),
    /// Make the next key: published now, signing when everybody knows it
    Rotate(KeyRotateArgs),
    /// Let a key sign no more; it verifies until its tokens have ended
    Retire {
        /// Its id (kid), or the beginning of it
        #[arg(value_name = "KID", allow_hyphen_values = true)]
        kid: String,
    },
    /// Refuse a key and all that it signed, from now on
    Revoke(KeyRevokeArgs),
    /// Forget a key and delete its files
    Remove(KeyRemoveArgs),
}

/// Arguments of `jot key show`.
#[derive(Debug, Args)]
pub(crate) struct KeyShowArgs {
    /// A key file, or the id (kid) of a key of the ring or its beginning; without one, all of the ring
    #[arg(value_name = "KID|FILE", allow_hyphen_values = true)]
    pub(crate) key: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: KeyReading,
}

/// Arguments of `jot key import`.
#[derive(Debug, Args)]
pub(crate) struct KeyImportArgs {
    /// The key file; it is copied and stays as it is
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Only verify with it: tokens that it signed elsewhere
    #[arg(long, conflicts_with = "now")]
    pub(crate) verify_only: bool,
    /// Sign with it at once, although verifiers may not know it yet
    #[arg(long)]
    pub(crate) now: bool,
    #[command(flatten)]
    pub(crate) reading: KeyReading,
}

/// Arguments of `jot key export`.
#[derive(Debug, Args)]
pub(crate) struct KeyExportArgs {
    /// A key file, or the id (kid) of a key of the ring or its beginning; without one, the signing key
    #[arg(value_name = "KID|FILE", allow_hyphen_values = true)]
    pub(crate) key: Option<PathBuf>,
    /// The form
    #[arg(long, value_enum, default_value = "jwk", value_name = "FORMAT")]
    pub(crate) format: ExportForm,
    /// The private key, not the public one
    #[arg(long)]
    pub(crate) private: bool,
    /// Encrypt the private key with the passphrase in this file (pem and der)
    #[arg(long, value_name = "FILE", requires = "private")]
    pub(crate) new_passphrase_file: Option<PathBuf>,
    /// Write to this new file instead of stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: KeyReading,
}

/// Arguments of `jot key rotate`.
#[derive(Debug, Args)]
pub(crate) struct KeyRotateArgs {
    /// Sign at once, although verifiers may not know the key yet; a key that waits signs at once
    #[arg(long)]
    pub(crate) now: bool,
    /// The algorithm the key is for [default: that of the key that signs]
    #[arg(long, value_name = "ALG")]
    pub(crate) alg: Option<String>,
    /// The length of an RSA modulus [default: that of the key that signs, else 2048]
    #[arg(long, value_name = "BITS")]
    pub(crate) bits: Option<usize>,
    /// Encrypt it with the passphrase in this file [default: as the key that signs is encrypted]
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

/// Arguments of `jot key revoke`.
#[derive(Debug, Args)]
pub(crate) struct KeyRevokeArgs {
    /// Its id (kid), or the beginning of it
    #[arg(value_name = "KID", allow_hyphen_values = true)]
    pub(crate) kid: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}

/// Arguments of `jot key remove`.
#[derive(Debug, Args)]
pub(crate) struct KeyRemoveArgs {
    /// Its id (kid), or the beginning of it
    #[arg(value_name = "KID", allow_hyphen_values = true)]
    pub(crate) kid: String,
    /// Also a key that signs, or whose tokens may be alive
    #[arg(long)]
    pub(crate) force: bool,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
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
    #[value(alias = "pkcs8")]
    Pem,
    /// PEM, PKCS#1, RSA only
    Pkcs1,
    /// PEM: SPKI, or SEC1 with --private, EC only
    Sec1,
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
  $ jot key list
  $ jot key show jwt-signing.pub --json
  $ jot key export --format jwks
  $ jot key export jwt-signing.pem --private --format pkcs1 --out copy.pem
  $ jot key rotate --alg ES256
  $ jot key rotate --now
  $ jot key revoke $KID --reason 'left on a laptop' --yes
  $ jot key remove $KID --yes
  $ jot keygen --alg ES256 --out legacy
  $ jot key import legacy.pub";
