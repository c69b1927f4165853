//! `/login/` for people: the page, and what becomes of its form.

use axum::http::StatusCode;

use crate::authority::Hasher;
use crate::authority::login::Credentials;
use crate::server::djwto::tokens::{self, Handed};
use crate::server::foreign::{self, Referer};
use crate::server::people::next::{ACCOUNT, safe_next};
use crate::server::people::said::Said;
use crate::server::people::view::login::{self, Before, Login};
use crate::server::people::{accept, asked_next, keeps_cookies, looks, no_cookies, proof, see};
use crate::server::refused::Refused;
use crate::server::reply::{self, Answer};
use crate::server::request::{Posted, Request};
use crate::server::work::What;
use crate::server::{State, djwto};

/// Whether a request is a person's, who wants to see the page or sends its form. Only our own form
/// has the field: a client of the djwto door sends a header, if anything.
pub(super) fn is_for_people(request: &Request) -> bool {
    let ours = || match request.posted() {
        Ok(Posted::Form(fields)) => fields.iter().any(|(name, _)| name == foreign::FIELD),
        _ => false,
    };
    let post = request.method == axum::http::Method::POST;
    accept::wants_page(&request.headers) && (looks(request) || post && ours())
}

/// Shows the page, or logs in.
pub(super) async fn login(state: State, request: Request) -> Result<Answer, Refused> {
    let work = state.work.clone();
    if looks(&request) {
        return work.doing(What::Looking, move || show(&state, &request)).await;
    }
    foreign::judge_origin(&state.doors.site, &request)?;
    if !keeps_cookies(&request)? {
        return Ok(no_cookies(ACCOUNT));
    }
    let posted = request.posted()?;
    let shown = (Some(&posted), Referer::Judged);
    foreign::judge((&state.authority, &state.doors), &request, shown)?;
    let field = |name| posted.text(name).map(Option::unwrap_or_default);
    let (username, password) = (field("username")?, field("password")?);
    let next = posted.text("next")?;
    let next = safe_next(next.as_deref(), &state.doors.refresh_path).to_owned();
    if username.is_empty() || password.is_empty() {
        return again(&state, &request, (&next, &username, Before::Missing));
    }
    let client = request.client;
    let enter = move |hasher: &mut Hasher| {
        let typed = Credentials { username: &username, password: &password };
        enter(&state, (&request, typed, &next), hasher)
    };
    work.hashing(client, enter).await
}

fn show(state: &State, request: &Request) -> Result<Answer, Refused> {
    let said = Said::heard(state, request)?;
    let before = match said.as_ref().map(|(said, _)| *said) {
        Some(Said::LoggedOut) => Before::LoggedOut,
        Some(Said::LoggedOutEverywhere) => Before::LoggedOutEverywhere,
        Some(Said::NothingDone) => Before::NothingDone,
        Some(Said::SessionEnded) | None => Before::Nothing,
    };
    let next = asked_next(request);
    let next = safe_next(next.as_deref(), &state.doors.refresh_path);
    let login = Login { next, before, ..Login::default() };
    let answer = page(state, request, (StatusCode::OK, login))?;
    Ok(reply::set_cookies(answer, said.map(|(_, forget)| forget).into_iter().collect()))
}

/// The page with a form that this browser may send.
fn page(
    state: &State,
    request: &Request,
    (status, login): (StatusCode, Login<'_>),
) -> Result<Answer, Refused> {
    let (csrf, cookie) = proof(state, request, |_| true, None)?;
    let answer = login::page(&Login { csrf: &csrf, ..login }).answer(status);
    Ok(reply::set_cookies(answer, cookie.into_iter().collect()))
}

/// The page for another try.
fn again(
    state: &State,
    request: &Request,
    (next, username, before): (&str, &str, Before),
) -> Result<Answer, Refused> {
    let login = Login { next, username, before, ..Login::default() };
    let answer = page(state, request, (StatusCode::UNAUTHORIZED, login))?;
    Ok(reply::challenge(answer, djwto::BEARER))
}

/// Logs in and goes on to `next`, or shows the page again.
fn enter(
    state: &State,
    (request, typed, next): (&Request, Credentials<'_>, &str),
    hasher: &mut Hasher,
) -> Result<Answer, Refused> {
    let Some((pair, csrf)) = djwto::login::begin(state, (request, typed), hasher)? else {
        return again(state, request, (next, typed.username, Before::Wrong));
    };
    let handed = Handed { pair: &pair, csrf: Some(&csrf) };
    let cookies = tokens::set(&state.doors, &handed, state.authority.now())?;
    Ok(reply::set_cookies(see(next)?, cookies))
}
