//! The outbox: what is still to be sent, and what was taken out to be sent now.

/// Something to be sent, which is stored in one transaction with the event that it tells of. Where too
/// many wait, the oldest one about a failed login gives way, or if there is none the oldest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its own id, the same at every attempt.
    pub id: String,
    /// Where to.
    pub url: String,
    /// Letters of one stream to one URL go one after the other.
    pub stream: String,
    /// The kind of event.
    pub kind: String,
    /// When it happened.
    pub at: i64,
    /// What is sent.
    pub body: String,
    /// The event is stored too: by the change before this one.
    pub noted: bool,
}

/// A letter that somebody took out to send it. Nobody else does until the time is over for which
/// it was taken; once somebody did, what becomes of it is theirs to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its id.
    pub id: String,
    /// The kind of event.
    pub kind: String,
    /// When it happened.
    pub at: i64,
    /// What is sent.
    pub body: String,
    /// How often it was taken, this time among them.
    pub attempts: u32,
}
