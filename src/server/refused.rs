//! Why a door does not do what it was asked. Which status and which words that has is a matter of
//! its dialect.

use crate::error::{Code, Error};
use crate::server::work::Failure;

/// Why a door does not do what it was asked.
#[derive(Debug)]
pub(super) enum Refused {
    /// What was sent cannot be read.
    Unreadable(String),
    /// A name and a password are not those of anybody who may come in.
    Login(String),
    /// Too many wrong passwords came, and after so many seconds it is worth to try again.
    Throttled(u32),
    /// No token was shown, or none that is good.
    Token(String),
    /// The token was good once: it, its session or its user was refused since. With the words of
    /// the original, which tell what could not be done.
    Revoked(&'static str),
    /// The token lacks a permission, or a claim that was asked for.
    Permission(String),
    /// The request may come from a foreign page.
    Foreign(String),
    /// The request comes from a page of ours, at an address that the settings do not list.
    Unlisted(String),
    /// The client could not keep the token, or nobody would read it.
    TooLarge(String),
    /// It is not offered here.
    Absent,
    /// We could not.
    Failed(Failure),
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        match error.code() {
            Code::Throttled(seconds) => Self::Throttled(seconds),
            Code::TokenTooLarge => Self::TooLarge(error.to_string()),
            _ => Self::Failed(Failure::Broken(error)),
        }
    }
}
