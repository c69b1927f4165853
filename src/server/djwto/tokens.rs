//! How tokens are handed out in each mode, and taken back.

use axum::http::HeaderValue;

use crate::authority::issue::{Pair, Token};
use crate::claims::Kind;
use crate::error::Result;
use crate::server::State;
use crate::server::cookies::{self, Cookie};
use crate::server::djwto::payload;
use crate::server::doors::{Attributes, Doors, Mode};
use crate::server::foreign;
use crate::server::reply::{self, Answer};

/// The cookie in which scripts read the access token's claims.
const PAYLOAD: &str = "jwt_access_payload";

/// A session's tokens, on their way to the client.
pub(in crate::server) struct Handed<'a> {
    pub(in crate::server) pair: &'a Pair,
    /// A new CSRF token.
    pub(in crate::server) csrf: Option<&'a str>,
}

/// The answer with the tokens; where they are cookies, the body says `done`.
pub(in crate::server) fn hand(
    state: &State,
    done: &str,
    handed: &Handed<'_>,
) -> Result<Answer, crate::server::refused::Refused> {
    if state.doors.mode == Mode::Json {
        let members = [("refresh", &handed.pair.refresh), ("access", &handed.pair.access)];
        return Ok(reply::ok(&members.map(|(name, token)| (name, token.text.as_str()))));
    }
    let cookies = set(&state.doors, handed, state.authority.now())?;
    Ok(reply::set_cookies(reply::ok(&[("msg", done)]), cookies))
}

/// The cookies that carry the tokens.
pub(in crate::server) fn set(
    doors: &Doors,
    handed: &Handed<'_>,
    now: i64,
) -> Result<Vec<HeaderValue>> {
    let mut set = Vec::new();
    for token in [&handed.pair.refresh, &handed.pair.access] {
        each(doors, (token, now), |cookie| {
            set.push(cookie.set(&doors.cookies)?);
            Ok(())
        })?;
    }
    if let Some(csrf) = handed.csrf {
        set.push(csrf_cookie(doors, csrf, now)?);
    }
    Ok(set)
}

impl Doors {
    /// Whether the browser of djwto's client keeps the cookies of a token.
    pub fn carry(&self, token: &Token) -> Result<()> {
        each(self, (token, 0), |cookie| cookie.check_size(&self.cookies))
    }
}

/// The name and the path of the cookie with a token; none in JSON mode.
fn place(doors: &Doors, kind: Kind) -> Option<(&'static str, &str)> {
    let path = if kind == Kind::Refresh { doors.refresh_path.as_str() } else { "/" };
    doors.mode.cookie(kind).map(|name| (name, path))
}

/// The cookies of one token.
fn each(
    doors: &Doors,
    (token, now): (&Token, i64),
    mut take: impl FnMut(&Cookie<'_>) -> Result<()>,
) -> Result<()> {
    let Some((name, path)) = place(doors, token.kind) else { return Ok(()) };
    let ends = (token.expires, now);
    take(&Cookie { name, value: &token.text, path, http_only: true, ends })?;
    if token.kind == Kind::Access && doors.mode == Mode::TwoCookies {
        let value = payload::of(&token.text);
        take(&Cookie { name: PAYLOAD, value: &value, path, http_only: false, ends })?;
    }
    Ok(())
}

/// The cookie with a CSRF token, which the page's scripts read; it outlives a log-out.
pub(in crate::server) fn csrf_cookie(doors: &Doors, value: &str, now: i64) -> Result<HeaderValue> {
    let ends = (now.saturating_add(foreign::COOKIE_AGE), now);
    Cookie { name: foreign::COOKIE, value, path: "/", http_only: false, ends }.set(&doors.cookies)
}

/// The cookies that make a browser forget the tokens; none in JSON mode.
pub(in crate::server) fn forgotten(doors: &Doors) -> Result<Vec<HeaderValue>> {
    let places = [Kind::Refresh, Kind::Access].into_iter().filter_map(|kind| place(doors, kind));
    let forget = |place| cookies::forget(place, &doors.cookies);
    let mut forgotten = places.map(forget).collect::<Result<Vec<_>>>()?;
    if doors.mode == Mode::TwoCookies {
        let readable = Attributes { http_only: false, ..doors.cookies.clone() };
        forgotten.push(cookies::forget((PAYLOAD, "/"), &readable)?);
    }
    Ok(forgotten)
}
