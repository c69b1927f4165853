//! What the store knows of a token, an id or a name: the question, and the answer.

use crate::client::Client;
use crate::revocation::Revocation;
use crate::session::Session;
use crate::user::User;

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
    /// The client that it is about, if it is about no user.
    pub client: Option<&'a str>,
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
    /// Whose its id is; without an id, whose its name is; of a client's token, the client.
    pub account: Account,
    /// The latest watermark that binds new tokens of it, where no revocation names the token.
    pub watermark: Option<i64>,
}

/// What the store knows of an id or a name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Account {
    /// It is this user's.
    Stored(User),
    /// It is this client's.
    Client(Client),
    /// It was a user's or a client's once, and is nobody's.
    Removed,
    /// It was never anybody's.
    #[default]
    Unknown,
}

/// By what somebody is known.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    /// A user's id.
    Id(i64),
    /// A name, whoever has it.
    Name(&'a str),
    /// A client, by its id. No user is one, whatever the name.
    Client(&'a Client),
}
