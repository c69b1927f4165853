//! Arguments of the commands that make and look at tokens.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Arguments of `jot issue`.
#[derive(Debug, Args)]
pub(crate) struct IssueArgs {
    /// The user's name, stored or not
    #[arg(long, short, value_name = "NAME", required_unless_present_any = ["from", "batch"])]
    pub(crate) user: Option<String>,
    /// Which token; a refresh token or a pair begins a session
    #[arg(long = "type", value_enum, default_value_t, value_name = "TYPE")]
    pub(crate) kind: IssueType,
    /// How long it lives: 90s, 15m, 1h30m, 30d, never; of a pair, the access token
    #[arg(long, value_name = "DURATION")]
    pub(crate) ttl: Option<String>,
    /// For whom it is meant (aud); repeat for several
    #[arg(long, value_name = "AUDIENCE")]
    pub(crate) aud: Vec<String>,
    /// Who issues it (iss)
    #[arg(long, value_name = "ISSUER")]
    pub(crate) iss: Option<String>,
    /// The client it is issued to, for the profile rfc9068
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// A permission, besides the stored user's; repeat for several
    #[arg(long, value_name = "PERMISSION")]
    pub(crate) perm: Vec<String>,
    /// A claim: name=text, name:=JSON, a.b=text, or @FILE with an object of claims
    #[arg(long = "claim", short = 'c', value_name = "CLAIM")]
    pub(crate) claims: Vec<String>,
    /// Take user, audience and claims from this token of ours ("-": from stdin)
    #[arg(long, value_name = "TOKEN")]
    pub(crate) from: Option<String>,
    /// The shape of the claims
    #[arg(long, value_enum, value_name = "PROFILE")]
    pub(crate) profile: Option<ProfileName>,
    /// One token for each line of FILE ("-": stdin), such as {"user":"alice","ttl":"1h"}
    #[arg(long, value_name = "FILE", conflicts_with_all = ["user", "from"])]
    pub(crate) batch: Option<PathBuf>,
    /// Use a private key file that others can read
    #[arg(long)]
    pub(crate) allow_open_key: bool,
}

/// Which tokens `jot issue` makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum IssueType {
    /// An access token without a session
    #[default]
    Access,
    /// A refresh token
    Refresh,
    /// Both, of one session
    Pair,
}

/// The shape of a token's claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProfileName {
    /// As djwto writes them
    Djwto,
    /// As django-ninja-simple-jwt writes them
    Ninja,
    /// JWT access tokens for OAuth 2.0 (RFC 9068)
    Rfc9068,
}

/// Arguments of `jot decode`.
#[derive(Debug, Args)]
pub(crate) struct DecodeArgs {
    /// The token, whatever stands around it; "-" reads stdin, "@FILE" a file
    #[arg(value_name = "TOKEN")]
    pub(crate) token: Vec<String>,
}

/// Arguments of `jot validate`.
#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    /// The tokens; "-", or none at all, reads them from stdin, one a line, "@FILE" from a file
    #[arg(value_name = "TOKEN")]
    pub(crate) tokens: Vec<String>,
    /// The type it must have (default: access; of a foreign token: not asked)
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    pub(crate) kind: Option<TokenType>,
    /// A permission it must carry; repeat for several
    #[arg(long, value_name = "PERMISSION")]
    pub(crate) perm: Vec<String>,
    /// The issuer it must name
    #[arg(long, value_name = "ISSUER")]
    pub(crate) iss: Option<String>,
    /// An audience that you are; it must name one of them
    #[arg(long, value_name = "AUDIENCE")]
    pub(crate) aud: Vec<String>,
    /// A claim it must have; repeat for several
    #[arg(long, value_name = "CLAIM")]
    pub(crate) require: Vec<String>,
    /// How far clocks may be apart
    #[arg(long, value_name = "DURATION")]
    pub(crate) leeway: Option<String>,
    /// Judge it at this moment: now, +1d, -2h, 2027-01-01, RFC 3339, seconds since 1970
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) at: Option<String>,
    /// Take an expired token too
    #[arg(long)]
    pub(crate) ignore_exp: bool,
    /// The shape its claims must have
    #[arg(long, value_enum, value_name = "PROFILE")]
    pub(crate) profile: Option<ProfileName>,
    /// A foreign token: verify with this key (PEM, DER, JWK, JWKS, secret); the store is not asked
    #[arg(long, value_name = "FILE", conflicts_with = "jwks")]
    pub(crate) key: Option<PathBuf>,
    /// A foreign token: verify with this key set
    #[arg(long, value_name = "FILE")]
    pub(crate) jwks: Option<PathBuf>,
    /// An algorithm that is allowed; repeat for several
    #[arg(long, value_name = "ALG")]
    pub(crate) alg: Vec<String>,
    /// A file with the passphrase of an encrypted key
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Use a private key file that others can read
    #[arg(long)]
    pub(crate) allow_open_key: bool,
}

/// The type a token must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TokenType {
    /// An access token
    Access,
    /// A refresh token
    Refresh,
    /// Either
    Any,
}

/// Arguments of `jot refresh`.
#[derive(Debug, Args)]
pub(crate) struct RefreshArgs {
    /// The refresh token; "-" reads stdin
    #[arg(value_name = "REFRESH", default_value = "-")]
    pub(crate) token: String,
    /// Print an access token alone; the refresh token stays as it is
    #[arg(long, conflicts_with = "update")]
    pub(crate) access_only: bool,
    /// Replace the refresh token by one that ends later
    #[arg(long)]
    pub(crate) update: bool,
}

pub(super) const ISSUE: &str = "\
Examples:
  $ jot issue --user alice
  $ jot issue --user alice --type pair --json
  $ jot issue --user alice --aud api --ttl 1h -c role=admin -c 'limits:={\"day\":100}'
  $ jot issue --from $TOKEN --ttl 5m
  $ printf '{\"user\":\"alice\"}\\n{\"user\":\"bob\"}\\n' | jot issue --batch -";

pub(super) const DECODE: &str = "\
Examples:
  $ jot decode $TOKEN
  $ echo \"Authorization: Bearer $TOKEN\" | jot decode -
  $ jot decode --json $TOKEN";

pub(super) const VALIDATE: &str = "\
Examples:
  $ jot validate $TOKEN
  $ jot validate --json $TOKEN
  $ jot validate --type refresh $REFRESH
  $ jot validate --at +2m $TOKEN
  $ jot validate --key jwt-signing.pub --require sub $TOKEN
  $ echo $TOKEN | jot validate -";

pub(super) const REFRESH: &str = "\
Examples:
  $ jot refresh --access-only $REFRESH
  $ jot refresh $REFRESH
  $ echo $REFRESH | jot refresh --update";
