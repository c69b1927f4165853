//! A server with alice and a client, and how the standard doors are asked.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use crate::http::{self, Answer, form};
use crate::served::{FORM, Folder, Served};

pub(crate) const TOKEN: &str = "/oauth/token";
pub(crate) const INTROSPECT: &str = "/oauth/introspect";
pub(crate) const REVOKE: &str = "/oauth/revoke";
pub(crate) const KEYS: &str = "/.well-known/jwks.json";
pub(crate) const METADATA: &str = "/.well-known/oauth-authorization-server";
pub(crate) const CLIENT: (&str, &str) = ("grant_type", "client_credentials");
/// How whoever is not known is asked for id and secret.
pub(crate) const BASIC: &str = "Basic realm=\"oauth\", charset=\"UTF-8\"";

/// A server, with the client `billing`.
pub(crate) struct Site {
    pub(crate) served: Served,
    pub(crate) secret: String,
}

impl Site {
    pub(crate) fn ready() -> Self {
        Self::of(Folder::ready())
    }

    pub(crate) fn of(folder: Folder) -> Self {
        let secret = add(&folder, "billing");
        Self { served: folder.serve(), secret }
    }

    pub(crate) fn basic(&self) -> String {
        basic("billing", &self.secret)
    }

    /// Posts a form to a door, with or without an Authorization header.
    pub(crate) fn post(
        &self,
        path: &str,
        authorization: Option<&str>,
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut headers = vec![FORM];
        headers.extend(authorization.map(|value| ("authorization", value)));
        self.posted(path, &headers, &form(fields))
    }

    pub(crate) fn posted(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let head = http::head("POST", path, headers, body.len());
        http::send(self.served.address, &head, body.as_bytes())
    }

    /// The same as the client.
    pub(crate) fn asked(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post(path, Some(&self.basic()), fields)
    }

    /// A token of the client's own.
    #[track_caller]
    pub(crate) fn client_token(&self) -> String {
        let answer = self.asked(TOKEN, &[CLIENT]);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.member("access_token")
    }

    /// What the client is told of a token.
    #[track_caller]
    pub(crate) fn introspected(&self, token: &str) -> Value {
        let answer = self.asked(INTROSPECT, &[("token", token)]);
        assert_eq!(answer.status, 200, "{answer:?}");
        serde_json::from_str(&answer.body).unwrap()
    }

    #[track_caller]
    pub(crate) fn is_active(&self, token: &str) -> bool {
        self.introspected(token)["active"].as_bool().unwrap()
    }

    pub(crate) fn refresh(&self, token: &str) -> Answer {
        self.post(TOKEN, None, &[("grant_type", "refresh_token"), ("refresh_token", token)])
    }
}

/// Adds a client, and answers its secret.
pub(crate) fn add(folder: &Folder, id: &str) -> String {
    folder.run(&["client", "add", id, "--perm", "news.view", "--perm", "news.change"], "")
}

/// RFC 6749 2.3.1.
pub(crate) fn basic(id: &str, secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(id), encoded(secret));
    format!("Basic {}", BASE64_STANDARD.encode(pair))
}

/// An answer of RFC 6749 5.2, and nothing else.
#[track_caller]
pub(crate) fn refuses(answer: &Answer, status: u16, error: &str) {
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((answer.status, body["error"].as_str()), (status, Some(error)), "{answer:?}");
    assert_eq!(body.as_object().unwrap().len(), 2, "{answer:?}");
    let why = body["error_description"].as_str().unwrap();
    let allowed = |c: char| (' '..='~').contains(&c) && c != '"' && c != '\\';
    assert!(why.len() > 10 && why.chars().all(allowed), "{why:?}");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    uncached(answer);
    let challenge = (error == "invalid_client").then_some(BASIC);
    assert_eq!(answer.header("www-authenticate").filter(|how| how.starts_with("Basic")), challenge);
}

/// RFC 6749 5.1: no cache keeps it.
#[track_caller]
pub(crate) fn uncached(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
    assert_eq!(answer.header("pragma"), Some("no-cache"), "{answer:?}");
}

/// A problem document (RFC 9457).
#[track_caller]
pub(crate) fn is_problem(answer: &Answer, status: u16) {
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!((&body["type"], &body["status"]), (&"about:blank".into(), &status.into()));
    assert!(body["title"].is_string() && body["detail"].is_string(), "{body}");
}
