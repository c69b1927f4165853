//! Forward-auth: a proxy asks whether a request may pass, before it passes it on. The decorators of
//! djwto for other people's applications.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::authority::Bond;
use crate::authority::validate::Asked;
use crate::claims::report::Check;
use crate::claims::{Claims, Kind};
use crate::error::Stage;
use crate::json::Json;
use crate::server::State;
use crate::server::djwto::{bearer, in_cookie, words};
use crate::server::foreign::{self, Referer};
use crate::server::refused::Refused;
use crate::server::reply::{self, Answer};
use crate::server::request::Request;
use crate::server::route::{Dialect, Routes};

mod described;

pub(super) use described::described;

/// The door's name in the audit log.
const DOOR: &str = "forward-auth";

/// RFC 3986 2.3: what needs no encoding.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

const ERROR: HeaderName = HeaderName::from_static("jot-error");

const DIALECT: Dialect = Dialect { refuse, methods: reply::methods };

/// OPTIONS is refused: a proxy that asks with the client's own method takes any 2xx for a yes.
pub(super) fn routes() -> Routes {
    Routes::default().route("/auth/verify", DIALECT.route("GET, HEAD", verify))
}

async fn verify(state: State, request: Request) -> Result<Answer, Refused> {
    check_question(&request)?;
    let kind = kind(&request)?;
    let (token, bond) = shown(&state, &request, kind)?;
    let asked = Asked { permissions: request.asked("perm"), ..state.authority.asked_of(kind) };
    let report = state.validate(&token, asked, request.source(DOOR)).await?;
    if let Some(claims) = &report.claims {
        foreign::judge_bond(bond, claims.sid.as_deref())?;
    }
    if let Some(failed) = report.failure() {
        return Ok(failed_check((&token, kind), failed, report.claims.as_ref()));
    }
    let Some(claims) = &report.claims else {
        return Err(Refused::Token("Failed to validate token.".to_owned()));
    };
    for asked in request.asked("claim") {
        has_claim(claims, &asked)?;
    }
    Ok(passed(claims))
}

/// Refuses a name that is none: misspelt by whoever set up the proxy, it would ask for nothing.
fn check_question(request: &Request) -> Result<(), Refused> {
    let why = |name| format!("Nothing can be asked as \"{name}\", only perm, type and claim.");
    let unknown = request.asked_besides(&["perm", "type", "claim"]);
    unknown.map_or(Ok(()), |name| Err(Refused::Permission(why(name))))
}

fn kind(request: &Request) -> Result<Kind, Refused> {
    let asked = request.asked("type");
    let wrong = || Refused::Permission("The type asked for must be access or refresh.".to_owned());
    match asked.as_slice() {
        [] => Ok(Kind::Access),
        [one] => Kind::from_name(one).ok_or_else(wrong),
        _ => Err(wrong()),
    }
}

/// The token of the request that is to pass: Bearer, or else the mode's cookie, which the browser
/// sends by itself, so that the page behind an unsafe request must be ours.
fn shown(state: &State, request: &Request, kind: Kind) -> Result<(String, Option<Bond>), Refused> {
    let Some(cookie) = state.doors.mode.cookie(kind).filter(|_| !request.has_bearer()) else {
        return Ok((bearer(request)?, None));
    };
    let token = in_cookie(request, cookie)?;
    if is_safe(request) {
        return Ok((token, None));
    }
    let authority = (state.authority.as_ref(), state.doors.as_ref());
    let bond = foreign::judge(authority, request, (None, Referer::Judged));
    Ok((token, bond.map_err(|refused| with_reason(refused, request))?))
}

/// Says why the request counts as one that may change something, where nobody may have meant that.
fn with_reason(refused: Refused, request: &Request) -> Refused {
    let why = match request.header("x-forwarded-method") {
        Ok(Some(_)) if request.proxied => return refused,
        Ok(Some(_)) => "X-Forwarded-Method is not believed: server.trusted_proxies lacks who asks",
        _ => "without X-Forwarded-Method of a trusted proxy it may change something",
    };
    match refused {
        Refused::Foreign(said) => Refused::Foreign(format!("{said} ({why})")),
        other => other,
    }
}

/// Whether a proxy of ours says that the request reads only. Whoever is no proxy of ours says
/// nothing about that.
fn is_safe(request: &Request) -> bool {
    let said = request.header("x-forwarded-method");
    let safe = [Method::GET, Method::HEAD, Method::OPTIONS];
    let said = said.ok().flatten().and_then(|said| said.parse().ok());
    request.proxied && said.is_some_and(|said| safe.contains(&said))
}

fn has_claim(claims: &Claims, asked: &str) -> Result<(), Refused> {
    let (name, wanted) = asked.split_once(':').unwrap_or((asked, ""));
    let found = name.split('.').try_fold(&claims.json, |json, part| json.get(part));
    let equal = match found {
        Some(Json::String(text)) => text == wanted,
        Some(scalar @ (Json::Number(_) | Json::Bool(_))) => scalar.to_string() == wanted,
        _ => false,
    };
    let why = || format!("The claim {name} is not what was asked for.");
    if equal { Ok(()) } else { Err(Refused::Permission(why())) }
}

/// 200, and who it is.
fn passed(claims: &Claims) -> Answer {
    let encoded = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
    // A client may be called like a user, and is none.
    let sub = claims.sub.as_deref().filter(|_| claims.client.is_none());
    let name = claims.username.as_deref().or(sub).unwrap_or_default();
    let permissions: Vec<_> = claims.permissions.iter().map(|one| encoded(one)).collect();
    let told = [
        ("jot-user", encoded(name)),
        ("jot-user-id", claims.user_id.map(|id| id.to_string()).unwrap_or_default()),
        ("jot-perms", permissions.join(" ")),
        ("jot-session", encoded(claims.sid.as_deref().unwrap_or_default())),
    ];
    let mut answer = reply::of(StatusCode::OK, Body::empty());
    for (name, value) in told {
        let value = HeaderValue::try_from(value).unwrap_or_else(|_| HeaderValue::from_static(""));
        answer.headers_mut().insert(HeaderName::from_static(name), value);
    }
    answer
}

fn failed_check((token, kind): (&str, Kind), failed: &Check, claims: Option<&Claims>) -> Answer {
    if failed.stage != Stage::Permission {
        let said = words(token, failed, kind);
        return refusal((StatusCode::UNAUTHORIZED, failed.stage.name()), &said, &failed.reason);
    }
    let none = claims.is_some_and(|claims| claims.permissions.is_empty());
    let said =
        if none { "Invalid permissions for jwt token." } else { "Insufficient Permissions." };
    refusal((StatusCode::FORBIDDEN, failed.stage.name()), said, &failed.reason)
}

/// 401, 403 or 503: proxies know no other refusal.
fn refuse(refused: Refused) -> Answer {
    let unauthorized = |why: &str| refusal((StatusCode::UNAUTHORIZED, "missing"), why, why);
    match refused {
        Refused::Login(why) | Refused::Token(why) | Refused::Unreadable(why) => unauthorized(&why),
        Refused::Revoked(why) => unauthorized(why),
        Refused::Permission(why) => refusal((StatusCode::FORBIDDEN, "permission"), &why, &why),
        Refused::Foreign(why) | Refused::Unlisted(why) | Refused::TooLarge(why) => {
            refusal((StatusCode::FORBIDDEN, "csrf"), &why, &why)
        }
        // Nobody logs in here.
        Refused::Throttled(seconds) => {
            let why = reply::throttled(seconds).1;
            let status = (StatusCode::SERVICE_UNAVAILABLE, "unavailable");
            reply::retry_after(refusal(status, &why, &why), Some(seconds))
        }
        Refused::Absent => reply::not_found(),
        Refused::Failed(failure) => {
            let (_, why, after) = reply::failed(&failure);
            let status = (StatusCode::SERVICE_UNAVAILABLE, "unavailable");
            reply::retry_after(refusal(status, why, why), after.or(Some(5)))
        }
    }
}

/// RFC 6750 3: the challenge says what would help.
fn refusal((status, code): (StatusCode, &'static str), error: &str, detail: &str) -> Answer {
    let answer = reply::members_of(status, &[("error", error), ("detail", detail)]);
    let answer = reply::with(answer, ERROR, code);
    match (status, code) {
        (StatusCode::UNAUTHORIZED, "missing") => reply::challenge(answer, "Bearer realm=\"api\""),
        (StatusCode::UNAUTHORIZED, _) => {
            reply::challenge(answer, "Bearer realm=\"api\", error=\"invalid_token\"")
        }
        (StatusCode::FORBIDDEN, "permission") => {
            reply::challenge(answer, "Bearer realm=\"api\", error=\"insufficient_scope\"")
        }
        _ => answer,
    }
}
