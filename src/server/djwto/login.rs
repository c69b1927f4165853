//! `/login/`: from a name and a password to a session's first tokens.

use axum::http::HeaderValue;

use crate::authority::issue::Pair;
use crate::authority::login::{Credentials, REFUSED};
use crate::authority::{Caller, Hasher};
use crate::claims::Kind;
use crate::error::Error;
use crate::server::State;
use crate::server::djwto::shown::asked;
use crate::server::djwto::tokens::{self, Handed};
use crate::server::djwto::{DOOR, PROFILE, refuse};
use crate::server::foreign;
use crate::server::refused::Refused;
use crate::server::reply::{self, Answer};
use crate::server::request::Request;
use crate::server::work::What;

const REQUIRED: &str = "This field is required.";
const NO_NUL: &str = "Null characters are not allowed.";

pub(super) async fn login(state: State, request: Request) -> Result<Answer, Refused> {
    if state.doors.mode.has_cookies() {
        foreign::judge_origin(&state.doors.site, &request)?;
    }
    let posted = request.posted()?;
    let (username, password) = (posted.text("username")?, posted.text("password")?);
    let work = state.work.clone();
    if username.is_none() && password.is_none() {
        return work.doing(What::Looking, move || without_credentials(&state, &request)).await;
    }
    let (username, password) = (username.unwrap_or_default(), password.unwrap_or_default());
    if let Some(why) = incomplete(&username, &password) {
        return Err(Refused::Login(why));
    }
    let client = request.client;
    let login = move |hasher: &mut Hasher| {
        let typed = Credentials { username: &username, password: &password };
        enter(&state, (&request, typed), hasher)
    };
    work.hashing(client, login).await
}

fn enter(
    state: &State,
    (request, typed): (&Request, Credentials<'_>),
    hasher: &mut Hasher,
) -> Result<Answer, Refused> {
    let Some((pair, csrf)) = begin(state, (request, typed), hasher)? else {
        let answer = refuse(Refused::Login(REFUSED.to_owned()));
        return Ok(reply::set_cookies(answer, first_csrf(state, request)?));
    };
    let handed = Handed { pair: &pair, csrf: Some(&csrf) };
    tokens::hand(state, "Tokens successfully created.", &handed)
}

/// Logs in, if the client can keep the tokens: they, and a CSRF token of their session. None: the name
/// or the password is wrong.
pub(in crate::server) fn begin(
    state: &State,
    (request, typed): (&Request, Credentials<'_>),
    hasher: &mut Hasher,
) -> Result<Option<(Pair, String)>, Error> {
    let source = request.source(DOOR);
    let carries = |token: &_| state.doors.carry(token);
    let caller = Caller { source: &source, profile: Some(PROFILE), carries: &carries };
    let Some(pair) = state.authority.login(typed, hasher, caller)? else { return Ok(None) };
    let csrf = state.authority.csrf_token(pair.access.sid.as_deref())?;
    Ok(Some((pair, csrf)))
}

/// As the original does, a browser without a CSRF token gets one with a refusal too.
fn first_csrf(state: &State, request: &Request) -> Result<Vec<HeaderValue>, Error> {
    if !state.doors.mode.has_cookies() || !matches!(request.cookie(foreign::COOKIE), Ok(None)) {
        return Ok(Vec::new());
    }
    let csrf = state.authority.csrf_token(None)?;
    Ok(vec![tokens::csrf_cookie(&state.doors, &csrf, state.authority.now())?])
}

/// Somebody who posts no name and no password may be somebody who is logged in.
fn without_credentials(state: &State, request: &Request) -> Result<Answer, Refused> {
    let token = match state.doors.mode.cookie(Kind::Access) {
        Some(name) => request.cookie(name),
        None => request.bearer(),
    };
    if let Ok(Some(token)) = token {
        let asked = asked(state, Kind::Access);
        let report = state.authority.validate(token, &asked, &request.source(DOOR))?;
        if report.failure().is_none() {
            return Ok(reply::ok(&[("msg", "User already authenticated.")]));
        }
    }
    Err(Refused::Login(incomplete("", "").unwrap_or_default()))
}

/// What is lacking, as the original's form says it: JSON in a string.
fn incomplete(username: &str, password: &str) -> Option<String> {
    let of_field = |value: &str| match value {
        "" => Some(REQUIRED),
        value if value.contains('\0') => Some(NO_NUL),
        _ => None,
    };
    let faults: Vec<_> = [("username", username), ("password", password)]
        .into_iter()
        .filter_map(|(name, value)| {
            of_field(value).map(|fault| format!("\"{name}\": [\"{fault}\"]"))
        })
        .collect();
    (!faults.is_empty()).then(|| format!("{{{}}}", faults.join(", ")))
}
