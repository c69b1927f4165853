//! Revocations: stored refusals of a token, a session, or of everything issued up to a moment.

/// What is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// One token, by its `jti`.
    Token(String),
    /// One session, by its `sid`: every token that came from it.
    Session(String),
    /// Every token of this user, by id, issued up to and including the moment.
    User(i64, i64),
    /// Every token of this name that carries no user id, issued up to and including the moment.
    Name(String, i64),
    /// Every token issued up to and including the moment.
    Everybody(i64),
}

impl Target {
    /// The kind, as listings name it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Token(_) => "token",
            Self::Session(_) => "session",
            Self::User(..) => "user",
            Self::Name(..) => "name",
            Self::Everybody(_) => "everybody",
        }
    }

    /// The id within the kind, as listings name it.
    pub fn id(&self) -> String {
        match self {
            Self::Token(id) | Self::Session(id) | Self::Name(id, _) => id.clone(),
            Self::User(id, _) => id.to_string(),
            Self::Everybody(_) => "*".to_owned(),
        }
    }

    /// The watermark: tokens with an `iat` up to it are refused.
    pub fn watermark(&self) -> Option<i64> {
        match self {
            Self::User(_, moment) | Self::Name(_, moment) | Self::Everybody(moment) => {
                Some(*moment)
            }
            Self::Token(_) | Self::Session(_) => None,
        }
    }
}

/// A stored refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// What is refused.
    pub target: Target,
    /// Whose it is, where that is known.
    pub username: Option<String>,
    /// Kept until no such token could be accepted any more.
    pub until: i64,
    /// When it was revoked.
    pub at: i64,
    /// Why, in the words of whoever revoked it.
    pub reason: Option<String>,
    /// Who revoked it: the operator's account, or the door.
    pub by: Option<String>,
}

impl Revocation {
    /// Whether it refuses already what `target` would, which has the same kind and id: of two
    /// watermarks the later one counts.
    pub fn covers(&self, target: &Target) -> bool {
        target.watermark() <= self.target.watermark()
    }
}

/// Whether an id that nobody knows can be a whole one: a UUID, with or without its dashes, as the
/// tokens of jot and of both originals carry. Anything else is more likely a slip than an id.
pub fn is_whole(id: &str) -> bool {
    let digits = id.chars().filter(char::is_ascii_hexdigit).count();
    digits == 32 && id.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

/// The ways in which tokens may carry this id, the likeliest last: a UUID that a person wrote in
/// capitals or in braces (RFC 9562 4) stands in a token with dashes or without, in small letters.
pub fn spellings(id: &str) -> Vec<String> {
    let Ok(uuid) = uuid::Uuid::try_parse(id) else { return vec![id.to_owned()] };
    let (hyphenated, simple) = (uuid.hyphenated().to_string(), uuid.simple().to_string());
    if id == simple { vec![hyphenated, simple] } else { vec![simple, hyphenated] }
}
