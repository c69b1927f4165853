//! What a purge takes away.

/// From when on a row can no longer change an answer.
#[derive(Debug, Clone, Copy)]
pub struct Horizon {
    /// What ended before this moment is over.
    pub over: i64,
    /// Events from before this moment are not kept.
    pub events: i64,
}

/// How many rows a purge took away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Purged {
    /// Revocations.
    pub revocations: u64,
    /// Sessions.
    pub sessions: u64,
    /// Rows of the ledger.
    pub tokens: u64,
    /// Events.
    pub events: u64,
}
