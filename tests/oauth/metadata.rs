//! What the server says of itself (RFC 8414).

use serde_json::{Value, json};

use crate::http;
use crate::served::Folder;
use crate::site::*;

/// The metadata as a client at that host sees them.
fn at(site: &Site, host: &str) -> Value {
    let head = format!("GET {METADATA} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    let answer = http::send(site.served.address, &head, b"");
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    serde_json::from_str(&answer.body).unwrap()
}

#[test]
fn only_what_is_there_is_told() {
    let folder = Folder::ready().with("JOT_SERVER__PUBLIC_ORIGINS", "https://login.example");
    let site = Site::of(folder);
    let basic = ["client_secret_basic", "client_secret_post"];
    let expected = json!({
        "issuer": "https://login.example",
        "jwks_uri": "https://login.example/.well-known/jwks.json",
        "token_endpoint": "https://login.example/oauth/token",
        "token_endpoint_auth_methods_supported": [basic[0], basic[1], "none"],
        "grant_types_supported": ["refresh_token", "client_credentials"],
        "response_types_supported": [],
        "introspection_endpoint": "https://login.example/oauth/introspect",
        "introspection_endpoint_auth_methods_supported": [basic[0], basic[1], "Bearer"],
        "revocation_endpoint": "https://login.example/oauth/revoke",
        "revocation_endpoint_auth_methods_supported": [basic[0], basic[1], "none"],
    });
    for host in ["login.example", "evil.example"] {
        assert_eq!(at(&site, host), expected, "{host}");
    }
}

/// Scripts of pages that the settings allow may ask for tokens; what is public, those of any page.
#[test]
fn foreign_pages_may_ask_what_they_are_allowed_to() {
    let site = Site::of(Folder::ready().with("JOT_SERVER__CORS_ORIGINS", "https://app.example"));
    let asked = |origin: &'static str| {
        let method = ("access-control-request-method", "POST");
        let headers = ("access-control-request-headers", "authorization");
        let preflight = [("origin", origin), method, headers];
        let answer = site.served.ask("OPTIONS", TOKEN, &preflight);
        answer.header("access-control-allow-origin").map(str::to_owned)
    };
    assert_eq!(asked("https://app.example").as_deref(), Some("https://app.example"));
    assert_eq!(asked("https://evil.example"), None);
    for path in [KEYS, METADATA] {
        let answer = site.served.ask("GET", path, &[("origin", "https://evil.example")]);
        let named = answer.headers.iter().filter(|(name, _)| name.starts_with("access-control"));
        let star = ("access-control-allow-origin".to_owned(), "*".to_owned());
        assert_eq!(named.collect::<Vec<_>>(), [&star], "no credentials, no others");
    }
}

#[test]
fn the_issuer_is_what_tokens_say() {
    let site = Site::ready();
    let address = site.served.address;
    for host in [address.to_string(), format!("localhost:{}", address.port())] {
        assert_eq!(at(&site, &host)["issuer"], format!("http://{host}"));
        assert_eq!(at(&site, &host)["jwks_uri"], format!("http://{host}{KEYS}"));
    }
    let claims = crate::token::claims(&site.client_token());
    assert_eq!(claims["iss"], at(&site, "x")["issuer"], "no host of ours was named");
    let folder = Folder::ready().with("JOT_TOKEN__ISS", "https://id.example");
    let site = Site::of(folder);
    assert_eq!(at(&site, "x")["issuer"], "https://id.example");
    assert_eq!(crate::token::text(&site.client_token(), "iss"), "https://id.example");
}
