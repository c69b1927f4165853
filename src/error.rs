//! The one error of the library: a code, a sentence and, where there is one, a hint.
//!
//! The sentence says what was seen and what was expected; the hint is a command that works when
//! typed, or what to change. Neither ever holds a secret. How an error is shown is not decided
//! here: the binary prints it, the server answers with a status and a body of its own.

use std::fmt;

/// What every fallible function of the library answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure, told in words for a person and by a code for a program.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    code: Code,
    message: String,
    hint: Option<String>,
}

impl Error {
    /// An error without a hint.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None }
    }

    /// The same error with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What kind of failure it is.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The hint, if there is one.
    pub fn hint_text(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

/// The kinds of failure that a program may tell apart, each with its name and exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// Anything that has no code of its own.
    Failed,
    /// The command line says something that cannot be meant.
    Usage,
    /// A token was refused, at this stage.
    Refused(Stage),
    /// A settings file or variable is wrong.
    Settings,
    /// A settings file names a command and is not trusted to.
    SettingsUntrusted,
    /// There is no key where one was looked for.
    KeyMissing,
    /// A key is there and cannot be read.
    KeyUnreadable,
    /// Others can read a private key.
    KeyTooOpen,
    /// A key can be read and must not be used.
    KeyUnfit,
    /// The store cannot be reached.
    StoreAway,
    /// The store is held by another process.
    StoreLocked,
    /// The store is damaged or not a store.
    StoreCorrupt,
    /// The store was written by a newer version.
    StoreNewer,
    /// The disk is full.
    DiskFull,
    /// The clock went back behind what the store knows.
    ClockBehind,
    /// It is there already.
    Exists,
    /// No such user.
    UnknownUser,
    /// No such client.
    UnknownClient,
    /// No such group.
    UnknownGroup,
    /// No such key.
    UnknownKey,
    /// No such token.
    UnknownToken,
    /// No such session.
    UnknownSession,
    /// This user may not be issued a token.
    UserRefused,
    /// Too many wrong passwords came; it is worth to try again after so many seconds.
    Throttled(u32),
    /// A token is larger than its way to the client can carry, or than anybody reads.
    TokenTooLarge,
    /// A command that the settings name did not do what it is for.
    CommandFailed,
}

impl Code {
    /// The name that JSON answers carry.
    pub fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Refused(stage) => stage.name(),
            Self::Settings => "settings-wrong",
            Self::SettingsUntrusted => "settings-untrusted",
            Self::KeyMissing => "key-missing",
            Self::KeyUnreadable => "key-unreadable",
            Self::KeyTooOpen => "key-too-open",
            Self::KeyUnfit => "key-unfit",
            Self::StoreAway => "store-away",
            Self::StoreLocked => "store-locked",
            Self::StoreCorrupt => "store-corrupt",
            Self::StoreNewer => "store-newer",
            Self::DiskFull => "disk-full",
            Self::ClockBehind => "clock-behind",
            Self::Exists => "exists",
            Self::UnknownUser => "unknown-user",
            Self::UnknownClient => "unknown-client",
            Self::UnknownGroup => "unknown-group",
            Self::UnknownKey => "unknown-key",
            Self::UnknownToken => "unknown-token",
            Self::UnknownSession => "unknown-session",
            Self::UserRefused => "user-refused",
            Self::Throttled(_) => "throttled",
            Self::TokenTooLarge => "token-too-large",
            Self::CommandFailed => "command-failed",
        }
    }

    /// The exit code of a command that ends with this failure.
    pub fn exit(self) -> u8 {
        match self {
            Self::Failed | Self::TokenTooLarge | Self::CommandFailed => 1,
            Self::Usage => 2,
            Self::Refused(stage) => stage.exit(),
            Self::Settings | Self::SettingsUntrusted => 20,
            Self::KeyMissing | Self::KeyUnreadable | Self::KeyTooOpen | Self::KeyUnfit => 21,
            Self::StoreAway
            | Self::StoreLocked
            | Self::StoreCorrupt
            | Self::StoreNewer
            | Self::DiskFull
            | Self::ClockBehind => 22,
            Self::Exists => 23,
            Self::UnknownUser
            | Self::UnknownClient
            | Self::UnknownGroup
            | Self::UnknownKey
            | Self::UnknownToken
            | Self::UnknownSession => 24,
            Self::UserRefused | Self::Throttled(_) => 25,
        }
    }
}

/// The stages a token passes, in their order; a refusal names the first that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Not a JWS in compact form (RFC 7515 7.1), or a header that breaks a rule.
    Parse,
    /// No key fits.
    Key,
    /// The algorithm is not supported or not allowed.
    Alg,
    /// The signature does not match.
    Signature,
    /// A claim is missing, mistyped or not the one expected.
    Claims,
    /// `nbf` is still to come.
    NotYetValid,
    /// `exp` has passed.
    Expired,
    /// The token, its session or its user was revoked.
    Revoked,
    /// A permission is lacking.
    Permission,
}

impl Stage {
    /// The name that reports carry.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parse => "parse",
            Self::Key => "key",
            Self::Alg => "alg",
            Self::Signature => "signature",
            Self::Claims => "claims",
            Self::NotYetValid => "not-yet-valid",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Permission => "permission",
        }
    }

    /// The exit code of a command that refuses a token at this stage.
    pub fn exit(self) -> u8 {
        match self {
            Self::Parse => 10,
            Self::Key | Self::Alg => 11,
            Self::Signature => 12,
            Self::Claims => 13,
            Self::Expired => 14,
            Self::NotYetValid => 15,
            Self::Revoked => 16,
            Self::Permission => 17,
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
