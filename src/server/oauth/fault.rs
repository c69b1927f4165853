//! What OAuth has a word for: the errors of RFC 6749 5.2, RFC 7009 2.2.1 and RFC 6750 3.1.

use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};

use crate::error::Error;
use crate::server::State;
use crate::server::oauth::uncached;
use crate::server::refused::Refused;
use crate::server::reply::{self, Answer};
use crate::server::request::Request;

/// Why a client does not get what it asked for.
#[derive(Debug)]
pub(super) enum Fault {
    /// The request is not one.
    Request(&'static str),
    /// It is not known who asks, and this is how to say it.
    Client(&'static str),
    /// What is shown gives no right to what is asked.
    Grant(&'static str),
    /// This client may not do that.
    Unauthorized(&'static str),
    /// There is no such grant here.
    GrantType,
    /// More is asked than may be given.
    Scope,
    /// A token that cannot be revoked.
    TokenType,
    /// The Bearer token that shows who asks is not good.
    Bearer,
    /// It is good, and does not permit that.
    Permission,
    /// It is nothing that OAuth has a word for.
    Other(Refused),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Other(error.into())
    }
}

/// A door whose faults are told; what is left is for the dialect.
pub(super) fn telling(
    door: fn(&State, &Request) -> Result<Answer, Fault>,
) -> impl Fn(&State, &Request) -> Result<Answer, Refused> + Copy {
    move |state, request| door(state, request).or_else(Fault::told)
}

/// RFC 7617 2.1: that ids are UTF-8 is said.
const BASIC: &str = "Basic realm=\"oauth\", charset=\"UTF-8\"";

impl Fault {
    /// A client that could not be told from others.
    pub(super) const UNKNOWN: Self = Self::Client("The client is not known by what it shows.");

    /// RFC 6749 5.2: texts without quotation marks and backslashes.
    fn told(self) -> Result<Answer, Refused> {
        let (status, error, why) = match self {
            Self::Request(why) => (400, "invalid_request", why),
            Self::Client(why) => (401, "invalid_client", why),
            Self::Grant(why) => (400, "invalid_grant", why),
            Self::Unauthorized(why) => (400, "unauthorized_client", why),
            Self::GrantType => {
                let why = "The grants are client_credentials and refresh_token.";
                (400, "unsupported_grant_type", why)
            }
            Self::Scope => (400, "invalid_scope", "The scope was never given."),
            Self::TokenType => {
                let why = "The token names neither itself nor a session.";
                (400, "unsupported_token_type", why)
            }
            Self::Bearer => (401, "invalid_token", "The Bearer token is not good."),
            Self::Permission => {
                let why = "The Bearer token lacks the permission oauth.introspect.";
                (403, "insufficient_scope", why)
            }
            Self::Other(refused) => return Err(refused),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        let answer = reply::members_of(status, &[("error", error), ("error_description", why)]);
        Ok(uncached(match error {
            "invalid_client" => reply::challenge(answer, BASIC),
            "invalid_token" | "insufficient_scope" => bearer(answer, error, why),
            _ => answer,
        }))
    }
}

/// RFC 6750 3: the challenge says what is wrong with the token.
fn bearer(mut answer: Answer, error: &str, why: &str) -> Answer {
    let how = format!("Bearer realm=\"oauth\", error=\"{error}\", error_description=\"{why}\"");
    if let Ok(how) = HeaderValue::try_from(how) {
        answer.headers_mut().insert(WWW_AUTHENTICATE, how);
    }
    answer
}
