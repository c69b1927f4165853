//! What the doors look like to programs, as `OpenAPI` 3.1: each door describes its routes beside them,
//! and here that becomes one document. A route that nobody describes fails a test; the pages for
//! people are none for programs.

use serde_json::{Map, Value, json};

use crate::claims::Kind;
use crate::server::doors::Doors;
use crate::server::{djwto, forward, health, ninja, oauth};

/// The routes of a door, described.
#[derive(Default)]
pub(super) struct Described(Vec<(String, &'static str, Operation)>);

/// What may be done at a path by one method.
pub(super) struct Operation {
    fields: Map<String, Value>,
    answers: Map<String, Value>,
}

impl Described {
    /// The same routes, and one more.
    pub(super) fn with(mut self, path: &str, method: &'static str, operation: Operation) -> Self {
        self.0.push((path.to_owned(), method, operation));
        self
    }

    fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }
}

impl Operation {
    /// An operation of a door, with an id and a sentence.
    pub(super) fn new(door: &str, id: &str, summary: &str) -> Self {
        let mut fields = Map::new();
        fields.insert("operationId".to_owned(), id.into());
        fields.insert("summary".to_owned(), summary.into());
        fields.insert("tags".to_owned(), json!([door]));
        Self { fields, answers: Map::new() }
    }

    /// More about it.
    pub(super) fn about(self, description: &str) -> Self {
        self.field("description", description.into())
    }

    /// What must be shown: any one of these.
    pub(super) fn shown(self, schemes: Value) -> Self {
        self.field("security", schemes)
    }

    /// What may be asked.
    pub(super) fn asked(self, parameters: Value) -> Self {
        self.field("parameters", parameters)
    }

    /// What is sent, in one of these kinds.
    pub(super) fn sent(self, kinds: &[&str], schema: &Value, example: &Value) -> Self {
        let content = kinds
            .iter()
            .map(|kind| ((*kind).to_owned(), json!({"schema": schema, "example": example})));
        let content: Map<_, _> = content.collect();
        let sent = self.field("requestBody", json!({"content": content}));
        let refusal = "The body is longer than 64 KiB, or did not come in time.";
        sent.says(413, refusal, &["Refusal"]).says(408, refusal, &["Refusal"])
    }

    /// An answer with a body in JSON, of one of these schemas.
    pub(super) fn says(self, status: u16, description: &str, schemas: &[&str]) -> Self {
        self.says_as("application/json", (status, description), schemas)
    }

    /// The same with a body of another kind.
    pub(super) fn says_as(
        mut self,
        kind: &str,
        (status, description): (u16, &str),
        schemas: &[&str],
    ) -> Self {
        let schema = match schemas {
            [schema] => named(schema),
            schemas => {
                json!({"anyOf": schemas.iter().map(|schema| named(schema)).collect::<Vec<_>>()})
            }
        };
        let answer = self.answers.entry(status.to_string()).or_insert_with(|| json!({}));
        answer["description"] = description.into();
        answer["content"][kind] = json!({"schema": schema});
        self
    }

    /// An answer without a body.
    pub(super) fn says_nothing(mut self, status: u16, description: &str) -> Self {
        self.answers.insert(status.to_string(), json!({"description": description}));
        self
    }

    /// That answer always has these headers.
    pub(super) fn with_headers(mut self, status: u16, names: &[&str]) -> Self {
        let header = |name: &&str| {
            let schema = json!({"type": "string"});
            ((*name).to_owned(), json!({"required": true, "schema": schema}))
        };
        let headers: Map<_, _> = names.iter().map(header).collect();
        if let Some(answer) = self.answers.get_mut(&status.to_string()) {
            answer["headers"] = headers.into();
        }
        self
    }

    /// What any door may have to say: that what was sent cannot be read, that the store is away or
    /// too much else is to be done, that something is broken.
    pub(super) fn may_fail(self, schema: &str) -> Self {
        let unavailable = "Too much is to be done, or the store or the key is away.";
        self.says(500, "Something is broken; the log says what.", &[schema])
            .says(503, unavailable, &[schema, "Refusal"])
            .with_headers(503, &["Retry-After"])
    }

    /// What a door that takes passwords has to say besides: that too many were wrong.
    pub(super) fn may_throttle(self, schema: &str) -> Self {
        let throttled = "Too many passwords were wrong, at this account or from this network.";
        self.says(429, throttled, &[schema]).with_headers(429, &["Retry-After"])
    }

    fn field(mut self, name: &str, value: Value) -> Self {
        self.fields.insert(name.to_owned(), value);
        self
    }

    fn into_json(mut self) -> Value {
        self.fields.insert("responses".to_owned(), self.answers.into());
        self.fields.into()
    }
}

/// The schema of that name in the document.
fn named(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

/// An object of texts, with nothing else in it.
pub(super) fn texts(names: &[&str], example: &Value) -> Value {
    let properties: Map<_, _> =
        names.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect();
    json!({
        "type": "object", "properties": properties, "required": names,
        "additionalProperties": false, "examples": [example],
    })
}

/// The doors as they are set up; `update` says whether refresh tokens may be updated.
pub(super) fn of(doors: &Doors, update: bool) -> Value {
    let mut paths = Map::new();
    for (path, method, operation) in described(doors, update).0 {
        let path = paths.entry(path).or_insert_with(|| json!({}));
        path[method] = operation.into_json();
    }
    let servers: Vec<_> = doors.site.origins.iter().map(|origin| json!({"url": origin})).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "jot",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The doors of a login server. OPTIONS says which methods a path of djwto has, \
                HEAD is answered where GET is, and the last slash of a path may be left out.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": servers,
        "paths": paths,
        "components": {"schemas": schemas(), "securitySchemes": schemes(doors)},
    })
}

fn described(doors: &Doors, update: bool) -> Described {
    djwto::described(doors, update)
        .and(ninja::described(doors))
        .and(forward::described(doors))
        .and(oauth::described())
        .and(health::described())
}

fn schemas() -> Value {
    const TOKEN: &str = "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl";
    let tokens = json!({"refresh": TOKEN, "access": TOKEN});
    let refusal = json!({"error": "payload too large", "detail": "the request body is too large"});
    let mut schemas = json!({
        "Error": texts(&["error"], &json!({"error": "Signature has expired"})),
        "Detail": texts(&["detail"], &json!({"detail": "Unauthorized"})),
        "Refusal": texts(&["error", "detail"], &refusal),
        "Message": texts(&["msg"], &json!({"msg": "Token is valid"})),
        "Status": texts(&["status"], &json!({"status": "ready"})),
        "Tokens": texts(&["refresh", "access"], &tokens),
        "Access": texts(&["access"], &json!({"access": TOKEN})),
        "Invalid": ninja::invalid_schema(),
    });
    for (name, schema) in oauth::schemas() {
        schemas[name] = schema;
    }
    schemas
}

fn schemes(doors: &Doors) -> Value {
    let cookie = |name: &str| json!({"type": "apiKey", "in": "cookie", "name": name});
    let mut schemes = json!({
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "ninja": cookie(&doors.ninja_cookie.0),
        "client": {"type": "http", "scheme": "basic"},
    });
    for kind in [Kind::Access, Kind::Refresh] {
        if let Some(name) = doors.mode.cookie(kind) {
            schemes[kind.name()] = cookie(name);
        }
    }
    if doors.mode.has_cookies() {
        let csrf = "The value of the cookie csrftoken, which must come along too.";
        schemes["csrf"] = json!({
            "type": "apiKey", "in": "header", "name": "X-CSRFToken", "description": csrf,
        });
    }
    schemes
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::server::doors::{Attributes, Mode, Site};
    use crate::server::route::Place;
    use crate::server::{for_others, for_pages, people};

    fn doors(mode: Mode) -> Doors {
        let attributes =
            Attributes { secure: true, http_only: true, same_site: "Lax", domain: None };
        Doors {
            mode,
            refresh_path: "/api/token/refresh".to_owned(),
            csrf: true,
            cookies: attributes.clone(),
            ninja: attributes,
            ninja_cookie: ("refresh".to_owned(), "/api/auth/web/token-refresh".to_owned()),
            site: Site::default(),
        }
    }

    #[test]
    fn every_route_is_described_and_nothing_else() {
        for mode in [Mode::Json, Mode::OneCookie, Mode::TwoCookies] {
            for update in [true, false] {
                let doors = doors(mode);
                let (_, places) = for_pages(&doors, update).merge(for_others()).into_parts();
                // Pages are for people; of theirs, programs know `POST /login/` alone.
                let (_, pages) = people::routes(&doors).into_parts();
                let places = places.into_iter().filter(|place| !pages.contains(place));
                let login = Place { path: "/login/".to_owned(), allowed: "POST" };
                let places: Vec<_> = places.chain([login]).collect();
                // HEAD is GET without a body (RFC 9110 9.3.2), OPTIONS is there for all.
                let methods = places.iter().flat_map(|place| {
                    let path = place.path.trim_end_matches('/').to_owned();
                    let methods = place.allowed.split(", ");
                    let own = methods.filter(|method| !["HEAD", "OPTIONS"].contains(method));
                    own.map(move |method| (path.clone(), method.to_ascii_lowercase()))
                });
                let described = described(&doors, update).0.into_iter();
                let described = described.map(|(path, method, _)| {
                    (path.trim_end_matches('/').to_owned(), method.to_owned())
                });
                let (methods, described): (BTreeSet<_>, BTreeSet<_>) =
                    (methods.collect(), described.collect());
                assert!(methods.len() >= 15, "{methods:?}");
                assert_eq!(methods, described, "{mode:?}: routes (left), described (right)");
            }
        }
    }
}
