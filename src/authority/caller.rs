//! Who asks for tokens: from where, in which profile, and what the way back can carry.

use crate::authority::issue::Token;
use crate::claims::Profile;
use crate::error::Result;
use crate::event::Source;

/// Who asks for tokens.
#[derive(Clone, Copy)]
pub struct Caller<'a> {
    /// From where.
    pub source: &'a Source,
    /// The profile that the door speaks; none: whatever the token has that is shown, or the rules'.
    pub profile: Option<Profile>,
    /// Whether the way back can carry a token. It is asked before anything is stored, so that a
    /// session never moves to a token that its client could not get.
    pub carries: &'a dyn Fn(&Token) -> Result<()>,
}

impl<'a> From<&'a Source> for Caller<'a> {
    fn from(source: &'a Source) -> Self {
        Self { source, profile: None, carries: &|_| Ok(()) }
    }
}
