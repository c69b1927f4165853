//! What jot keeps: users, clients, sessions, revocations, events, and the ledger of what it minted. Never a
//! token.
//!
//! Every command and every door knows this trait alone. A look-up answers `Option`: what to make
//! of "not there" is the caller's. Whatever is written is a list of [`Change`]s, one transaction,
//! durable when [`Store::write`] returns. What a change is for, and what belongs together, is
//! decided above.

use std::path::Path;

use crate::client::Client;
use crate::error::Result;
use crate::event::Event;
use crate::json::Json;
use crate::revocation::{Revocation, Target};
use crate::session::Session;
use crate::throttle::{Counter, Guess, Lifted, Seen};
use crate::user::{Group, Subject, User};

mod copy;
pub mod imported;
mod list;
mod outbox;
mod purge;
pub mod sqlite;
mod standing;

pub use copy::{Copied, Meaning, Merged, Restored};
pub use list::{Each, EventFilter, Filter};
pub use outbox::{Letter, Taken};
pub use purge::{Horizon, Purged};
pub use standing::{Account, Question, Standing, Whose};

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

/// A user to be added.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The id, if the user has one already; none: the next one.
    pub id: Option<i64>,
    /// Already in its kept form.
    pub username: String,
    /// The password's hash.
    pub password: Option<String>,
    /// An inactive user gets no token.
    pub active: bool,
    /// Passes every permission check.
    pub superuser: bool,
    /// Explicit permissions.
    pub permissions: Vec<String>,
    /// The groups.
    pub groups: Vec<Group>,
    /// Free attributes, an object.
    pub attributes: Json,
    /// The last login by password.
    pub last_login: Option<i64>,
    /// When it was added.
    pub created: i64,
}

/// One change of what is kept.
#[derive(Debug, Clone, Copy)]
pub enum Change<'a> {
    /// Adds a user, who may have a removed one's name.
    /// [`Exists`](crate::error::Code::Exists) if the name or the id is taken.
    AddUser(&'a NewUser),
    /// Goes on only if this user, with all that groups give, still is as read.
    Still(&'a User),
    /// Puts `becomes` in the place of `was`, if the row still is `was`. A name that is given up is
    /// nobody's until it is added again.
    ReplaceUser {
        /// As it was read.
        was: &'a User,
        /// As it shall be.
        becomes: &'a User,
    },
    /// Takes a user away, if the row still is as it was read. The id is never given again, the
    /// name is nobody's until it is added again.
    RemoveUser(&'a User, i64),
    /// Makes a group, or gives it other permissions, if it still is what it was.
    SetGroup {
        /// As it was read; none: it was not there.
        was: Option<&'a Group>,
        /// As it shall be.
        becomes: &'a Group,
    },
    /// Adds a client, who may have a removed one's id: its tokens stay refused.
    /// [`Exists`](crate::error::Code::Exists) if the id is taken.
    AddClient(&'a Client),
    /// Takes a client away at this moment, if the row still is as it was read.
    RemoveClient(&'a Client, i64),
    /// Enters a token in the ledger. [`Exists`](crate::error::Code::Exists) if its `jti` is taken.
    Mint(&'a Minted),
    /// A token was given that is in no ledger, and ends at this moment.
    Outlast(i64),
    /// Begins a session. [`Exists`](crate::error::Code::Exists) if its `sid` is taken,
    /// [`UnknownUser`](crate::error::Code::UnknownUser) if its user id is nobody's.
    Begin(&'a Session),
    /// Puts `becomes` in the place of `was`, if the row still is `was`.
    ReplaceSession {
        /// As it was read.
        was: &'a Session,
        /// As it shall be.
        becomes: &'a Session,
    },
    /// Stores a refusal. A session named by it is ended; so are, for a watermark, the sessions that
    /// began, or whose refresh token was issued, up to it. An earlier refusal of the same thing
    /// stays, with the longer `until`; a later watermark takes its place.
    Revoke(&'a Revocation),
    /// Takes a refusal back, if it still is as read. A session that it ended stays ended.
    Forget(&'a Revocation),
    /// Puts counters of wrong passwords in the place of others, if what is seen still is that.
    Count(&'a Counted<'a>),
    /// The account of a guess knows its network, since this moment anew.
    Know(&'a Guess, i64),
    /// Takes counters away.
    Lift(&'a Lifted),
    /// Enters an event in the audit log.
    Note(&'a Event),
    /// Puts a letter into the outbox; where that is full, an older one gives way.
    Send(&'a Letter),
    /// The letter arrived.
    Sent(&'a Taken),
    /// The letter did not arrive, and is to be sent again at this moment.
    SendAgain(&'a Taken, i64),
    /// The letter will not be sent any more; why is added to what is stored of its event.
    GiveUp(&'a Taken, &'a str),
}

/// What is counted of a guess.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'a> {
    /// The guess.
    pub guess: &'a Guess,
    /// As it was seen.
    pub was: Seen,
    /// As it shall be.
    pub becomes: Seen,
}

/// What changes came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// The users that were added, in their order.
    pub users: Vec<User>,
    /// What the refusals came to, in their order.
    pub revoked: Vec<Done>,
    /// How many counters were taken away.
    pub lifted: u64,
    /// How many letters gave way to others.
    pub lost: u64,
}

/// What one revocation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The refusal as it is stored now.
    pub revocation: Revocation,
    /// It was refused before.
    pub already: bool,
}

/// Where users, sessions, revocations, events and the ledger are kept. Whoever is given rows one at
/// a time must not ask the store meanwhile.
pub trait Store: Send + Sync {
    /// Carries out all the changes in their order, or none: that is what `None` says, where a row
    /// that a change names is not any more what it was.
    fn write(&self, changes: &[Change<'_>]) -> Result<Option<Written>>;

    /// What is known of a user, and the latest watermark that binds the user's new tokens.
    fn account(&self, whose: Whose<'_>) -> Result<(Account, Option<i64>)>;

    /// The user of that name.
    fn user(&self, username: &str) -> Result<Option<User>>;

    /// Every user, by name.
    fn users(&self, each: Each<'_, User>) -> Result<()>;

    /// Every group, by name.
    fn groups(&self) -> Result<Vec<Group>>;

    /// The client with that id.
    fn client(&self, id: &str) -> Result<Option<Client>>;

    /// Every client, by id.
    fn clients(&self, each: Each<'_, Client>) -> Result<()>;

    /// A stored user who has a password, the same one for the same `draw` and the same users, and for
    /// evenly drawn numbers anybody. None if nobody has one.
    fn any_user(&self, draw: u64) -> Result<Option<User>>;

    /// A number that was drawn when the store was made, and that nobody else knows.
    fn secret(&self) -> Result<i64>;

    /// The key that makes the CSRF tokens of this store's servers authentic.
    fn csrf_key(&self) -> Result<[u8; 32]>;

    /// A number that is another one after every change of what is kept, by whoever; none where that
    /// cannot be told at once. What was read after it was asked for holds until it changes.
    fn state(&self) -> Option<i64>;

    /// What bears on a token.
    fn standing(&self, question: &Question<'_>) -> Result<Standing>;

    /// What stands about a guess at a password.
    fn seen(&self, guess: &Guess) -> Result<Seen>;

    /// The counters of wrong passwords, by class, what lasts longest first.
    fn counters(&self, each: Each<'_, Counter>) -> Result<()>;

    /// The session with that id.
    fn session(&self, sid: &str) -> Result<Option<Session>>;

    /// The sessions, the latest first; memory does not grow with their number.
    fn sessions(&self, filter: &Filter, each: Each<'_, Session>) -> Result<()>;

    /// The sessions of somebody that have not ended, the latest first. What others have does not make
    /// it slower.
    fn own_sessions(&self, whose: &Subject, each: Each<'_, Session>) -> Result<()>;

    /// The sessions whose id, or whose current or previous refresh token's `jti`, starts with
    /// `prefix`, at most two. Those whose whole id it is come alone.
    fn find_sessions(&self, prefix: &str) -> Result<Vec<Session>>;

    /// The stored refusals, the latest first; memory does not grow with their number.
    fn revocations(&self, filter: &Filter, each: Each<'_, Revocation>) -> Result<()>;

    /// The stored refusal of this very thing, whatever its moment.
    fn revocation(&self, target: &Target) -> Result<Option<Revocation>>;

    /// The stored refusals whose id starts with `prefix`, at most two. Those whose whole id it is
    /// come alone: a user's id is a short one.
    fn find_revocations(&self, prefix: &str) -> Result<Vec<Revocation>>;

    /// The ledger, the latest first; memory does not grow with its length.
    fn tokens(&self, filter: &Filter, each: Each<'_, Minted>) -> Result<()>;

    /// The ledger's rows whose `jti` starts with `prefix`, at most two. The one whose whole `jti` it
    /// is comes alone.
    fn find_tokens(&self, prefix: &str) -> Result<Vec<Minted>>;

    /// Events with their positions, the earliest first; memory does not grow with their number.
    fn events(&self, filter: &EventFilter, each: Each<'_, (i64, Event)>) -> Result<()>;

    /// The position of the latest event; 0 if there is none.
    fn last_event(&self) -> Result<i64>;

    /// Takes out a letter to that URL which is due and the first one of its stream, until `until`:
    /// then it is due again.
    fn take_letter(&self, url: &str, now: i64, until: i64) -> Result<Option<Taken>>;

    /// The latest `exp` of anything ever recorded.
    fn latest_expiry(&self) -> Result<Option<i64>>;

    /// When the last purge ended.
    fn last_purge(&self) -> Result<Option<i64>>;

    /// Takes away, in small batches, what lies behind the horizon. A session goes 30 days after its
    /// refresh token ends: that is how long an access token may outlive it.
    fn purge(&self, horizon: &Horizon) -> Result<Purged>;

    /// Copies all that is kept, as of one moment, while others go on writing: to a new file, checked
    /// and on the disk. [`Exists`](crate::error::Code::Exists) if something has that name.
    fn backup(&self, file: &Path) -> Result<Copied>;

    /// Brings back what a backup holds, as [`Restored`] says, in one transaction with what `meaning`
    /// decides. It is asked when nobody else can write any more, and must not ask the store.
    fn restore(
        &self,
        from: &Path,
        meaning: &dyn Fn(&Merged) -> Result<Meaning>,
    ) -> Result<Restored>;
}
