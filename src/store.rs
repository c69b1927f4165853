//! What jot keeps: users, sessions, revocations, and the ledger of what it minted. Never a token.
//!
//! Every command and every door knows this trait alone. A look-up answers `Option`: what to make
//! of "not there" is the caller's. Every method is one transaction, durable when it returns.

use std::ops::ControlFlow;

use crate::error::Result;
use crate::revocation::{Revocation, Target};
use crate::session::Session;
use crate::user::{Subject, User};

pub mod imported;
pub mod sqlite;

/// One minted token, as the ledger remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minted {
    /// Its `jti`.
    pub jti: String,
    /// Its session, if it has one.
    pub sid: Option<String>,
    /// Whom it is about.
    pub subject: Subject,
    /// `access` or `refresh`.
    pub kind: String,
    /// The shape of its claims.
    pub profile: String,
    /// When it was issued.
    pub issued: i64,
    /// When it ends.
    pub expires: i64,
    /// The key that signed it.
    pub kid: String,
}

/// What a token says of itself, for the question whether anything stored speaks against it.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Its `jti`.
    pub jti: Option<&'a str>,
    /// Its `sid`.
    pub sid: Option<&'a str>,
    /// The id of its user.
    pub user_id: Option<i64>,
    /// The name of its user.
    pub username: Option<&'a str>,
    /// When it was issued.
    pub issued: i64,
}

/// What the store knows that bears on a token, read in one transaction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// The revocation that names the token, or else its session, or else a watermark at or after
    /// its `iat`: its user's where it has a user id, its name's where it has none, or everybody's.
    pub revocation: Option<Revocation>,
    /// Its session's row.
    pub session: Option<Session>,
    /// The stored user its id belongs to; without an id, the stored user of its name.
    pub user: Option<User>,
}

/// A user to be added.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Already in its kept form.
    pub username: String,
    /// The password's hash.
    pub password: Option<String>,
    /// Passes every permission check.
    pub superuser: bool,
    /// Explicit permissions.
    pub permissions: Vec<String>,
    /// When it was added.
    pub created: i64,
}

/// Takes the rows of a list one by one, and says whether to go on.
pub type Each<'a, T> = &'a mut dyn FnMut(T) -> Result<ControlFlow<()>>;

/// Which rows of a list are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only this user's.
    pub username: Option<String>,
    /// Only from this moment on.
    pub since: Option<i64>,
    /// Only up to this moment.
    pub until: Option<i64>,
    /// At most so many.
    pub limit: Option<u64>,
}

/// What one revocation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The refusal as it is stored now.
    pub revocation: Revocation,
    /// It was refused before.
    pub already: bool,
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
}

/// Where users, sessions, revocations and the ledger are kept. Whoever is given rows one at a time
/// must not ask the store meanwhile.
pub trait Store: Send + Sync {
    /// The user of that name.
    fn user(&self, username: &str) -> Result<Option<User>>;

    /// The user with that id.
    fn user_by_id(&self, id: i64) -> Result<Option<User>>;

    /// Adds a user. [`Exists`](crate::error::Code::Exists) if the name is taken.
    fn add_user(&self, user: &NewUser) -> Result<User>;

    /// Every user, by name.
    fn users(&self, each: Each<'_, User>) -> Result<()>;

    /// Sets a password's hash, ends all of the user's sessions, and stores the watermark, which
    /// must be this user's. [`UnknownUser`](crate::error::Code::UnknownUser) if there is none.
    fn set_password(&self, id: i64, hash: &str, watermark: &Revocation) -> Result<()>;

    /// Notes a login. `rehashed` is the new hash and then the one it replaces, if that one is
    /// still stored. [`UnknownUser`](crate::error::Code::UnknownUser) if there is none.
    fn note_login(&self, id: i64, at: i64, rehashed: Option<(&str, &str)>) -> Result<()>;

    /// The latest watermark that binds new tokens of this subject: its own, its name's or
    /// everybody's.
    fn watermark(&self, subject: &Subject) -> Result<Option<i64>>;

    /// Records what was minted and the sessions it began.
    /// [`Exists`](crate::error::Code::Exists) if a `jti` or `sid` is taken,
    /// [`UnknownUser`](crate::error::Code::UnknownUser) if a session's user id is nobody's.
    fn record(&self, minted: &[Minted], begun: &[Session]) -> Result<()>;

    /// The session with that id.
    fn session(&self, sid: &str) -> Result<Option<Session>>;

    /// Puts `becomes` in the place of `was`, if the row still is `was`.
    fn replace_session(&self, was: &Session, becomes: &Session) -> Result<bool>;

    /// What bears on a token.
    fn standing(&self, question: &Question<'_>) -> Result<Standing>;

    /// Stores the refusals, all or none. A session among them is ended; so are, for a watermark,
    /// the sessions that began, or whose refresh token was issued, up to it. An earlier refusal of
    /// the same thing stays, with the longer `until`; a later watermark takes its place.
    fn revoke(&self, revocations: &[Revocation]) -> Result<Vec<Done>>;

    /// The stored refusals, the latest first; memory does not grow with their number.
    fn revocations(&self, filter: &Filter, each: Each<'_, Revocation>) -> Result<()>;

    /// The stored refusal of this very thing, whatever its moment.
    fn revocation(&self, target: &Target) -> Result<Option<Revocation>>;

    /// The stored refusals whose id starts with `prefix`, at most two. Those whose whole id it is
    /// come alone: a user's id is a short one.
    fn find_revocations(&self, prefix: &str) -> Result<Vec<Revocation>>;

    /// Takes a refusal back. A session that it ended stays ended. False: there was none.
    fn forget_revocation(&self, target: &Target) -> Result<bool>;

    /// The ledger, the latest first; memory does not grow with its length.
    fn tokens(&self, filter: &Filter, each: Each<'_, Minted>) -> Result<()>;

    /// The ledger's rows whose `jti` starts with `prefix`, at most two.
    fn find_tokens(&self, prefix: &str) -> Result<Vec<Minted>>;

    /// The sessions whose id, or whose current or previous refresh token's `jti`, starts with
    /// `prefix`, at most two.
    fn find_sessions(&self, prefix: &str) -> Result<Vec<Session>>;

    /// The latest `exp` of anything ever recorded.
    fn latest_expiry(&self) -> Result<Option<i64>>;

    /// When the last purge ended.
    fn last_purge(&self) -> Result<Option<i64>>;

    /// Takes away, in small batches, what can no longer change an answer at `now`. A session goes
    /// 30 days after its refresh token ends: that is how long an access token may outlive it.
    fn purge(&self, now: i64) -> Result<Purged>;
}
