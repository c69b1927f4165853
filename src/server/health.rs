//! How the server is: `/livez` and `/readyz`, on both listeners.

use serde_json::json;

use crate::server::State;
use crate::server::openapi::{Described, Operation};
use crate::server::refused::Refused;
use crate::server::reply::{self, Answer};
use crate::server::request::Request;
use crate::server::route::{Dialect, Routes};

pub(super) const DIALECT: Dialect = Dialect { refuse, methods: reply::methods };

/// The methods of what is only looked at.
pub(super) const LOOKS: &str = "GET, HEAD, OPTIONS";

pub(super) fn routes() -> Routes {
    let live = DIALECT.route(LOOKS, |_, _| async { Ok(reply::ok(&[("status", "live")])) });
    Routes::default().route("/livez", live).route("/readyz", DIALECT.looking(LOOKS, ready))
}

/// The routes, described.
pub(super) fn described() -> Described {
    let asks = |id: &str, summary: &str| {
        let operation = Operation::new("health", id, summary).shown(json!([]));
        operation.says(200, "So it is.", &["Status"])
    };
    let away = "The store or the key is away, or too much is to be done.";
    let ready = asks("ready", "Whether it can sign and reach the store")
        .says(503, away, &["Error", "Refusal"])
        .with_headers(503, &["Retry-After"]);
    Described::default()
        .with("/livez", "get", asks("live", "Whether it runs"))
        .with("/readyz", "get", ready)
}

/// Ready is who can sign and reach the store.
fn ready(state: &State, _: &Request) -> Result<Answer, Refused> {
    let authority = &state.authority;
    authority.ring()?.signing(authority.now())?;
    authority.store().latest_expiry()?;
    Ok(reply::ok(&[("status", "ready")]))
}

fn refuse(refused: Refused) -> Answer {
    match refused {
        Refused::Failed(failure) => reply::unready(&failure),
        _ => reply::not_found(),
    }
}
