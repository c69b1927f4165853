//! The door of django-ninja-simple-jwt: for mobile clients, which keep both tokens, and for web
//! clients, whose refresh token is a cookie. Every refusal of a token is the same 401.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{ALLOW, CONTENT_TYPE};

use crate::authority::issue::{Pair, Token};
use crate::authority::login::Credentials;
use crate::authority::refresh::Wish;
use crate::authority::{Caller, Hasher};
use crate::claims::{Kind, Profile};
use crate::error::{Code, Error};
use crate::server::State;
use crate::server::cookies::{self, Cookie};
use crate::server::foreign::{self, Referer};
use crate::server::refused::Refused;
use crate::server::reply::{self, Answer};
use crate::server::request::Request;
use crate::server::route::{Dialect, Routes};

mod body;
mod described;

pub(super) use described::{described, invalid_schema};

/// The door's name in the audit log.
const DOOR: &str = "ninja";

/// The profile of its tokens.
const PROFILE: Profile = Profile::Ninja;

const DIALECT: Dialect = Dialect { refuse, methods };

/// Who signs in, and so where the refresh token goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Client {
    Mobile,
    Web,
}

pub(super) fn routes() -> Routes {
    let sign_in =
        |client| DIALECT.route("POST", move |state, request| sign_in(state, request, client));
    Routes::default()
        .route("/api/auth/mobile/sign-in", sign_in(Client::Mobile))
        .route("/api/auth/mobile/token-refresh", DIALECT.changing("POST", refresh_mobile))
        .route("/api/auth/web/sign-in", sign_in(Client::Web))
        .route("/api/auth/web/token-refresh", DIALECT.changing("POST, DELETE", web))
        .route("/api/auth/web/sign-out", DIALECT.changing("POST", sign_out))
}

async fn sign_in(state: State, request: Request, client: Client) -> Result<Answer, Refused> {
    foreign::judge_origin(&state.doors.site, &request)?;
    let [username, password] = match body::texts(&request, ["username", "password"])? {
        Ok(texts) => texts,
        Err(invalid) => return Ok(invalid),
    };
    let (work, address) = (state.work.clone(), request.client);
    let enter = move |hasher: &mut Hasher| -> Result<Answer, Refused> {
        let source = request.source(DOOR);
        let carries = |token: &_| carries(&state, token, client);
        let caller = Caller { source: &source, profile: Some(PROFILE), carries: &carries };
        let typed = Credentials { username: &username, password: &password };
        let pair = state.authority.login(typed, hasher, caller)?;
        let Pair { refresh, access } = pair.ok_or_else(unauthorized)?;
        let access = ("access", access.text.as_str());
        match client {
            Client::Mobile => Ok(reply::ok(&[("refresh", &refresh.text), access])),
            Client::Web => Ok(with_cookie(&state, reply::ok(&[access]), &refresh)?),
        }
    };
    work.hashing(address, enter).await
}

/// The answer has no place for another refresh token, and the client keeps the one it has.
fn refresh_mobile(state: &State, request: &Request) -> Result<Answer, Refused> {
    let [token] = match body::texts(request, ["refresh"])? {
        Ok(texts) => texts,
        Err(invalid) => return Ok(invalid),
    };
    let Pair { access, .. } =
        refresh((state, request), (&token, Wish::AccessOnly), Client::Mobile)?;
    Ok(reply::ok(&[("access", &access.text)]))
}

/// The cookie comes to this path alone: it is refreshed and given up here.
fn web(state: &State, request: &Request) -> Result<Answer, Refused> {
    foreign::judge_source(&state.doors.site, request, Referer::Judged)?;
    let token = request.cookie(&state.doors.ninja_cookie.0)?;
    if request.method == axum::http::Method::DELETE {
        return give_up((state, request), token);
    }
    let token = token.ok_or_else(unauthorized)?;
    let Pair { refresh, access } = refresh((state, request), (token, Wish::Renewal), Client::Web)?;
    Ok(with_cookie(state, reply::ok(&[("access", &access.text)]), &refresh)?)
}

fn sign_out(state: &State, request: &Request) -> Result<Answer, Refused> {
    foreign::judge_origin(&state.doors.site, request)?;
    give_up((state, request), request.bearer().ok().flatten())
}

/// Ends the session that a token of ours names, expired or not, and makes the browser forget.
fn give_up((state, request): (&State, &Request), token: Option<&str>) -> Result<Answer, Refused> {
    let leaving = token.map(|token| state.authority.leaving(token, PROFILE)).transpose()?;
    if let Some(claims) = leaving.flatten() {
        state.authority.log_out(&claims, &request.source(DOOR))?;
    }
    let (name, path) = &state.doors.ninja_cookie;
    let forgotten = cookies::forget((name, path), &state.doors.ninja)?;
    let answer = reply::of(StatusCode::NO_CONTENT, Body::empty());
    Ok(reply::set_cookies(answer, vec![forgotten]))
}

fn refresh(
    (state, request): (&State, &Request),
    (token, wish): (&str, Wish),
    client: Client,
) -> Result<Pair, Refused> {
    let source = request.source(DOOR);
    let carries = |token: &_| carries(state, token, client);
    let caller = Caller { source: &source, profile: Some(PROFILE), carries: &carries };
    state.authority.refresh(token, wish, caller).map_err(|error| match error.code() {
        Code::Refused(_) | Code::UserRefused => unauthorized(),
        _ => error.into(),
    })
}

/// Whether the client's browser keeps the refresh token's cookie.
fn carries(state: &State, token: &Token, client: Client) -> Result<(), Error> {
    if client == Client::Mobile || token.kind == Kind::Access {
        return Ok(());
    }
    cookie(state, token, 0).check_size(&state.doors.ninja)
}

fn cookie<'a>(state: &'a State, token: &'a Token, now: i64) -> Cookie<'a> {
    let (name, path) = &state.doors.ninja_cookie;
    Cookie { name, value: &token.text, path, http_only: true, ends: (token.expires, now) }
}

fn with_cookie(state: &State, answer: Answer, refresh: &Token) -> Result<Answer, Error> {
    let cookie = cookie(state, refresh, state.authority.now()).set(&state.doors.ninja)?;
    Ok(reply::set_cookies(answer, vec![cookie]))
}

fn unauthorized() -> Refused {
    Refused::Token("Unauthorized".to_owned())
}

fn methods(allowed: &'static str, _: bool) -> Answer {
    let answer = reply::of(StatusCode::METHOD_NOT_ALLOWED, Body::from("Method not allowed"));
    reply::with(reply::with(answer, CONTENT_TYPE, "text/html; charset=utf-8"), ALLOW, allowed)
}

fn refuse(refused: Refused) -> Answer {
    let detail = |status, why: &str| reply::members_of(status, &[("detail", why)]);
    match refused {
        Refused::Unreadable(_) => detail(StatusCode::BAD_REQUEST, "Cannot parse request body"),
        Refused::Login(_) | Refused::Token(_) | Refused::Revoked(_) => {
            reply::challenge(detail(StatusCode::UNAUTHORIZED, "Unauthorized"), "Bearer realm=api")
        }
        Refused::Permission(_) => detail(StatusCode::FORBIDDEN, "Forbidden"),
        Refused::Foreign(why) | Refused::Unlisted(why) | Refused::TooLarge(why) => {
            detail(StatusCode::FORBIDDEN, &why)
        }
        Refused::Throttled(seconds) => {
            let (status, why) = reply::throttled(seconds);
            reply::retry_after(detail(status, &why), Some(seconds))
        }
        Refused::Absent => detail(StatusCode::NOT_FOUND, "Not Found"),
        Refused::Failed(failure) => {
            let (status, why, after) = reply::failed(&failure);
            reply::retry_after(detail(status, why), after)
        }
    }
}
