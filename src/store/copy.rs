//! Copies of a store, and what bringing one back comes to.

use crate::event::Event;
use crate::revocation::Revocation;
use crate::store::Letter;

/// What a copy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Copied {
    /// How large it is.
    pub bytes: u64,
    /// Users, the removed ones left out.
    pub users: u64,
    /// Sessions.
    pub sessions: u64,
    /// Revocations.
    pub revocations: u64,
    /// Rows of the ledger.
    pub tokens: u64,
    /// Events.
    pub events: u64,
}

/// What is known of a store and a backup when they have been put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    /// The backup was made of this very store, so that an id is the same user's in both.
    pub of_this_store: bool,
    /// The latest `exp` of anything recorded in either.
    pub latest_expiry: Option<i64>,
}

/// What bringing a backup back means, besides that it is brought back.
#[derive(Debug, Clone)]
pub struct Meaning {
    /// What is refused with it.
    pub refusal: Option<Revocation>,
    /// What the audit log says of it.
    pub event: Event,
    /// What is sent of it.
    pub letter: Option<Letter>,
}

/// What bringing a backup back came to.
///
/// Users and groups are those of the backup. Of all else nothing is lost: refusals, sessions, the
/// ledger and the log are what either of both knows, where they differ what the store knows. No id
/// that either has given is given again. Who was disabled or removed in the store is not let in
/// again: they come back disabled. Who is in the store alone is removed; a name that was somebody's
/// there and is nobody's in the backup is nobody's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Restored {
    /// Who is disabled, since the store says so or has removed them.
    pub disabled: Vec<String>,
    /// Who was added since the backup, and is removed.
    pub removed: Vec<String>,
    /// Whose password's hash was another one.
    pub passwords: Vec<String>,
    /// Whose own permissions, groups or superuser's mark were others.
    pub permissions: Vec<String>,
}
