//! Pages for people, in the cookie modes of the djwto door: logging in, one's own account, and being
//! sent on where a session goes on. Plain forms and links; no page has or needs a script.
//!
//! The access cookie is sent everywhere and is over soon; the refresh cookie is sent only below the
//! refresh path. So whoever comes without the first is sent there and back, by redirects alone.

use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::authority::Bond;
use crate::claims::{Claims, Kind};
use crate::error::{Code, Error};
use crate::server::doors::Doors;
use crate::server::refused::Refused;
use crate::server::reply::{self, Answer};
use crate::server::request::Request;
use crate::server::route::{Dialect, Route, Routes};
use crate::server::work::Failure;
use crate::server::{State, djwto, foreign};

mod accept;
mod account;
mod enter;
mod next;
mod onward;
mod page;
mod said;
mod view;

use view::refusal::{self, Refusal};

/// The door's name in the audit log.
const DOOR: &str = "people";

const DIALECT: Dialect = Dialect { refuse, methods: reply::methods };

/// The pages' paths, each with and without the last slash. Without cookies there are none, and
/// `/login/` is the djwto door's alone.
pub(super) fn routes(doors: &Doors) -> Routes {
    if !doors.mode.has_cookies() {
        return Routes::default().both("/login", Route::shared("POST, OPTIONS", djwto::login));
    }
    let login = Route::shared("GET, HEAD, POST, OPTIONS", login);
    let refresh = &doors.refresh_path;
    let mut routes = Routes::default()
        .both("/login", login)
        .both("/account", DIALECT.looking("GET, HEAD", account::show))
        .both(&format!("{refresh}/continue"), DIALECT.changing("GET", onward::go_on));
    for act in account::Act::ALL {
        let path = act.path();
        let near = move |state: &State, request: &Request| account::near(state, request, act);
        let far = move |state: &State, request: &Request| account::far(state, request, act);
        routes = routes
            .both(path, DIALECT.changing("POST", near))
            .both(&format!("{refresh}{path}"), DIALECT.changing("POST", far));
    }
    routes
}

/// `/login/`: a page for people, and for everybody else what the djwto door answers.
async fn login(state: State, request: Request) -> Answer {
    if enter::is_for_people(&request) {
        DIALECT.answer("GET, HEAD, POST", (state, request), enter::login).await
    } else {
        djwto::login(state, request).await
    }
}

/// What is not there: a page that says so for whoever asks for pages.
pub(super) fn absent(state: &State, headers: &HeaderMap) -> Answer {
    if state.doors.mode.has_cookies() && accept::wants_page(headers) {
        refuse(Refused::Absent)
    } else {
        reply::not_found()
    }
}

/// Whose good token of that kind came in its cookie. None: there is no such cookie, or the token is
/// not good any more.
fn visitor(state: &State, request: &Request, kind: Kind) -> Result<Option<Claims>, Refused> {
    let Some(token) = djwto::kept(state, request, kind)? else { return Ok(None) };
    let asked = djwto::asked(state, kind);
    let report = state.authority.validate(token, &asked, &request.source(DOOR))?;
    Ok(report.claims.clone().filter(|_| report.failure().is_none()))
}

/// What proves that a form is ours, and the cookie that goes with it if the browser has none that
/// will do: another page's form must stay good.
fn proof(
    state: &State,
    request: &Request,
    fits: impl Fn(Bond) -> bool,
    sid: Option<&str>,
) -> Result<(String, Option<HeaderValue>), Refused> {
    let had = request.cookie(foreign::COOKIE)?;
    if let Some(token) = had
        && state.authority.csrf_bond(token)?.is_some_and(fits)
    {
        return Ok((token.to_owned(), None));
    }
    let token = state.authority.csrf_token(sid)?;
    let cookie = djwto::tokens::csrf_cookie(&state.doors, &token, state.authority.now())?;
    Ok((token, Some(cookie)))
}

/// Whether the browser keeps cookies: each of our pages with a form sets one, that comes back with
/// the form.
fn keeps_cookies(request: &Request) -> Result<bool, Refused> {
    Ok(request.cookie(foreign::COOKIE)?.is_some())
}

/// Sends somebody to another path of ours.
fn send(status: StatusCode, path: &str) -> Result<Answer, Refused> {
    let to = HeaderValue::from_str(path).map_err(|_| {
        let seen = format!("\"{}\" is no path to send anybody to", path.escape_debug());
        Refused::Failed(Failure::Broken(Error::new(Code::Failed, seen)))
    })?;
    let mut answer = reply::of(status, axum::body::Body::empty());
    answer.headers_mut().insert(LOCATION, to);
    Ok(answer)
}

/// To another page (RFC 9110 15.4.4).
fn see(path: &str) -> Result<Answer, Refused> {
    send(StatusCode::SEE_OTHER, path)
}

/// A refusal as people see it.
fn refuse(refused: Refused) -> Answer {
    let (refusal, status, after) = match refused {
        Refused::Unreadable(_) => (Refusal::Unreadable, StatusCode::BAD_REQUEST, None),
        // A token that is not good sends people on; what is left is a cookie that came twice.
        Refused::Login(_) | Refused::Token(_) | Refused::Revoked(_) => {
            (Refusal::CookieTwice, StatusCode::BAD_REQUEST, None)
        }
        Refused::Throttled(seconds) => {
            let refusal = Refusal::Throttled(seconds);
            (refusal, StatusCode::TOO_MANY_REQUESTS, Some(seconds))
        }
        Refused::Permission(_) => (Refusal::Permission, StatusCode::FORBIDDEN, None),
        Refused::Foreign(_) => (Refusal::Form, StatusCode::FORBIDDEN, None),
        Refused::Unlisted(_) => (Refusal::Address, StatusCode::FORBIDDEN, None),
        Refused::TooLarge(_) => (Refusal::TooLarge, StatusCode::FORBIDDEN, None),
        Refused::Absent => (Refusal::Absent, StatusCode::NOT_FOUND, None),
        Refused::Failed(failure) => {
            let (status, _, after) = reply::failed(&failure);
            let refusal = match failure {
                Failure::Busy => Refusal::Busy,
                Failure::Broken(_) if status == StatusCode::SERVICE_UNAVAILABLE => Refusal::Away,
                Failure::Broken(_) => Refusal::Failed,
            };
            (refusal, status, after)
        }
    };
    reply::retry_after(refusal::page(refusal, next::ACCOUNT).answer(status), after)
}

/// 403 for a browser that keeps no cookies; `next` is where it wanted to go.
fn no_cookies(next: &str) -> Answer {
    refusal::page(Refusal::NoCookies, next).answer(StatusCode::FORBIDDEN)
}

/// The `next` of the query, if it stands there once. A proxy cannot escape the path that it sends
/// people back to: one that begins with a slash is taken as it stands, to the end of the query.
fn asked_next(request: &Request) -> Option<String> {
    if let Some((_, rest)) = format!("&{}", request.query).split_once("&next=/") {
        return Some(format!("/{rest}"));
    }
    let mut asked = request.asked("next");
    asked.pop().filter(|_| asked.is_empty())
}

/// Whether a request only looks.
fn looks(request: &Request) -> bool {
    [Method::GET, Method::HEAD].contains(&request.method)
}
