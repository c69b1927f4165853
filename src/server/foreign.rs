//! Requests that a foreign page may have made a browser send: what the browser says of their origin,
//! and the CSRF token that a foreign page cannot know.

use crate::authority::{Authority, Bond};
use crate::server::doors::{Doors, Site};
use crate::server::refused::Refused;
use crate::server::request::{Posted, Request};
use crate::server::seldom::Seldom;

/// The cookie with the CSRF token, and how long it is kept, as Django does.
pub(super) const COOKIE: &str = "csrftoken";
pub(super) const COOKIE_AGE: i64 = 31_449_600;
/// The field of a form with the same.
pub(super) const FIELD: &str = "csrfmiddlewaretoken";

fn foreign(why: &str) -> Refused {
    Refused::Foreign(format!("CSRF verification failed: {why}."))
}

/// Refuses what a browser says comes from a foreign page. Who is no browser says nothing.
pub(super) fn judge_origin(site: &Site, request: &Request) -> Result<(), Refused> {
    let twice = |()| foreign("a header of the origin cannot be read");
    let origin = request.header("origin").map_err(twice)?;
    let fetched = request.header("sec-fetch-site").map_err(twice)?;
    match origin {
        Some(origin) if site.knows(origin) => return Ok(()),
        Some(origin) => return Err(unknown(request, origin)),
        None => {}
    }
    match fetched {
        Some(from) if from.eq_ignore_ascii_case("cross-site") => {
            Err(foreign("the request comes from another site"))
        }
        _ => Ok(()),
    }
}

/// The refusal of an origin. Where it is the very host that was asked, the page is our own, and only
/// the settings do not know it.
fn unknown(request: &Request, origin: &str) -> Refused {
    static TOLD: Seldom = Seldom::new();
    let seen: String = origin.chars().take(100).collect();
    let why = format!("the origin {seen} is not one of this server's (server.public_origins)");
    let host = origin.split_once("://").map(|(_, host)| host);
    if host.is_none() || request.header("host") != Ok(host) {
        return foreign(&why);
    }
    if let Some(others) = TOLD.tell() {
        tracing::warn!(
            origin = seen,
            others,
            "a page from this server was refused: its origin is not in server.public_origins"
        );
    }
    Refused::Unlisted(format!("CSRF verification failed: {why}."))
}

/// What is made of a Referer where there is no Origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Referer {
    /// Over TLS there must be one, as Django asks for.
    Required,
    /// Over TLS it is judged if it is there: where a proxy asks, which may have left it out, and
    /// where no session is at stake yet.
    Judged,
}

/// Refuses a request that a cookie authenticates and that may come from a foreign page.
pub(super) fn judge_source(
    site: &Site,
    request: &Request,
    referers: Referer,
) -> Result<(), Refused> {
    judge_origin(site, request)?;
    judge_referer(site, request, referers)
}

fn judge_referer(site: &Site, request: &Request, referers: Referer) -> Result<(), Refused> {
    if !site.secure || request.headers.contains_key("origin") {
        return Ok(());
    }
    let referer = request.header("referer").map_err(|()| foreign("there are two Referers"))?;
    let referer = match referer {
        None if referers == Referer::Judged => return Ok(()),
        None => return Err(foreign("there is neither Origin nor Referer")),
        Some(referer) => referer,
    };
    let origin = referer.split_once("://").map(|(scheme, rest)| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        format!("{scheme}://{host}")
    });
    match origin {
        Some(origin) if site.knows(&origin) => Ok(()),
        _ => Err(foreign("the Referer is not of this server (server.public_origins)")),
    }
}

/// Refuses an unsafe request, authenticated by cookies, that may come from a foreign page. The
/// answer is of which session its CSRF token is; none: no CSRF token is asked for.
pub(super) fn judge(
    (authority, doors): (&Authority, &Doors),
    request: &Request,
    (posted, referers): (Option<&Posted>, Referer),
) -> Result<Option<Bond>, Refused> {
    judge_source(&doors.site, request, if doors.csrf { referers } else { Referer::Judged })?;
    if !doors.csrf {
        return Ok(None);
    }
    let twice = |_| foreign("the cookie csrftoken was sent twice");
    let cookie = request.cookie(COOKIE).map_err(twice)?;
    let cookie = cookie.ok_or_else(|| foreign("there is no cookie csrftoken"))?;
    let header =
        request.header("x-csrftoken").map_err(|()| foreign("there are two X-CSRFToken"))?;
    let field = match posted {
        Some(posted) if header.is_none() => posted.text(FIELD)?,
        _ => None,
    };
    let shown = header.or(field.as_deref()).ok_or_else(|| {
        foreign("send the cookie csrftoken as X-CSRFToken or csrfmiddlewaretoken as well")
    })?;
    // Both come from the client: what is secret is whether the cookie is ours.
    if shown != cookie {
        return Err(foreign("the CSRF token is not the one of the cookie csrftoken"));
    }
    let bond = authority.csrf_bond(cookie)?;
    bond.map(Some).ok_or_else(|| foreign("the cookie csrftoken is not from this server"))
}

/// Refuses a CSRF token that is of another session.
pub(super) fn judge_bond(bond: Option<Bond>, sid: Option<&str>) -> Result<(), Refused> {
    match bond {
        Some(bond) if bond != Bond::to(sid) => {
            Err(foreign("the cookie csrftoken is not of this session"))
        }
        _ => Ok(()),
    }
}
