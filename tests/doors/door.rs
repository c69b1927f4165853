//! The doors, and how each is shown a token and says no.

use serde_json::{Value, json};

use crate::client::{Browser, names};
use crate::http::{self, Answer, form};
use crate::served::{FORM, Folder, JSON, PASSWORD, Served};

pub(crate) const MOBILE: &str = "/api/auth/mobile/token-refresh";
pub(crate) const WEB: &str = "/api/auth/web/token-refresh";
pub(crate) const UNAUTHORIZED: &str = r#"{"detail": "Unauthorized"}"#;

/// A test of each of these names at every door: a function of that name is given the door.
macro_rules! at_every_door {
    ($($row:ident)*) => {
        mod json { $(#[test] fn $row() { super::$row(crate::door::Door::Json); })* }
        mod one_cookie { $(#[test] fn $row() { super::$row(crate::door::Door::OneCookie); })* }
        mod two_cookies { $(#[test] fn $row() { super::$row(crate::door::Door::TwoCookies); })* }
        mod ninja_mobile { $(#[test] fn $row() { super::$row(crate::door::Door::Mobile); })* }
        mod ninja_web { $(#[test] fn $row() { super::$row(crate::door::Door::Web); })* }
        mod forward { $(#[test] fn $row() { super::$row(crate::door::Door::Forward); })* }
        mod forward_cookie { $(#[test] fn $row() { super::$row(crate::door::Door::ForwardCookie); })* }
    };
}

pub(crate) use at_every_door;

/// Where tokens are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    Json,
    OneCookie,
    TwoCookies,
    Mobile,
    Web,
    /// Forward-auth, shown a Bearer.
    Forward,
    /// Forward-auth, shown a cookie by a request that may change something.
    ForwardCookie,
}

/// What a refusal says: djwto's words, and the stage that forward-auth names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words(pub(crate) &'static str, pub(crate) &'static str);

/// Alice, logged in at a door.
pub(crate) struct Visit {
    pub(crate) served: Served,
    pub(crate) door: Door,
    pub(crate) refresh: String,
    pub(crate) access: String,
    pub(crate) csrf: String,
}

impl Door {
    pub(crate) fn mode(self) -> &'static str {
        match self {
            Self::OneCookie | Self::ForwardCookie => "one-cookie",
            Self::TwoCookies => "two-cookies",
            _ => "json",
        }
    }

    pub(crate) fn access_cookie(self) -> &'static str {
        if self == Self::TwoCookies { "jwt_access_token" } else { "jwt_access" }
    }

    pub(crate) fn is_djwto(self) -> bool {
        matches!(self, Self::Json | Self::OneCookie | Self::TwoCookies)
    }

    pub(crate) fn is_ninja(self) -> bool {
        matches!(self, Self::Mobile | Self::Web)
    }

    pub(crate) fn has_cookies(self) -> bool {
        !matches!(self, Self::Json | Self::Mobile | Self::Forward)
    }
}

impl Visit {
    pub(crate) fn at(door: Door) -> Self {
        Self::of(Folder::ready(), door)
    }

    pub(crate) fn of(folder: Folder, door: Door) -> Self {
        let served = folder.with("JOT_SERVER__MODE", door.mode()).serve();
        let [refresh, access, csrf] = log_in(&served, door);
        Self { served, door, refresh, access, csrf }
    }

    /// Alice logs in once more: what she had is of another session then.
    pub(crate) fn log_in_again(&mut self) {
        [self.refresh, self.access, self.csrf] = log_in(&self.served, self.door);
    }

    /// Shows an access token where access tokens are looked at.
    pub(crate) fn show_access(&self, token: Option<&str>) -> Answer {
        let target = if self.door.is_djwto() {
            ("POST", "/validate_access/".to_owned())
        } else {
            ("GET", "/auth/verify".to_owned())
        };
        self.show(target, (self.door.access_cookie(), token), &[])
    }

    /// Shows a refresh token at one of the doors for refresh tokens.
    pub(crate) fn show_refresh(&self, name: &str, token: Option<&str>) -> Answer {
        let fields = [("jwt_type", "refresh")];
        match self.door {
            Door::Mobile => {
                let body = token.map_or(json!({}), |token| json!({ "refresh": token }));
                self.served.post(MOBILE, JSON, body.to_string())
            }
            Door::Web => self.show(("POST", WEB.to_owned()), ("refresh", token), &[]),
            Door::Forward | Door::ForwardCookie => {
                let path = "/auth/verify?type=refresh".to_owned();
                self.show(("GET", path), ("jwt_refresh", token), &[])
            }
            _ => {
                let path = format!("/api/token/refresh/{name}/");
                self.show(("POST", path), ("jwt_refresh", token), &fields)
            }
        }
    }

    /// The names under which this door takes refresh tokens.
    pub(crate) fn refresh_doors(&self) -> &'static [&'static str] {
        if self.door.is_djwto() {
            &["validate_refresh", "refresh_access", "update_refresh", "logout"]
        } else {
            &["token-refresh"]
        }
    }

    /// A request with the token in its place and the session's CSRF token.
    pub(crate) fn show(
        &self,
        (method, path): (&str, String),
        (cookie, token): (&str, Option<&str>),
        fields: &[(&str, &str)],
    ) -> Answer {
        let shown = token.map(|token| {
            if self.door.has_cookies() {
                format!("{cookie}={token}")
            } else {
                format!("Bearer {token}")
            }
        });
        let mut headers = vec![FORM];
        let mut cookies = vec![format!("csrftoken={}", self.csrf)];
        if self.door.has_cookies() {
            cookies.extend(shown.clone());
            headers.push(("x-csrftoken", &self.csrf));
        } else if let Some(shown) = &shown {
            headers.push(("authorization", shown));
        }
        let line = cookies.join("; ");
        headers.push(("cookie", &line));
        let body = form(fields);
        let head = http::head(method, &path, &headers, body.len());
        http::send(self.served.address, &head, body.as_bytes())
    }

    /// An answer that refuses a token, in this door's dialect.
    #[track_caller]
    pub(crate) fn refuses(&self, answer: &Answer, Words(words, stage): Words) {
        let error = json!(words).to_string();
        let hint = match self.door {
            door if door.is_ninja() => {
                assert_eq!((answer.status, answer.body.as_str()), (401, UNAUTHORIZED));
                "Bearer realm=api"
            }
            Door::Forward | Door::ForwardCookie => {
                assert_eq!(answer.status, 401, "{answer:?}");
                let body: Value = serde_json::from_str(&answer.body).unwrap();
                assert_eq!(body["error"], words, "{answer:?}");
                assert!(!body["detail"].as_str().unwrap().is_empty());
                assert_eq!(answer.header("jot-error"), Some(stage));
                assert_eq!(answer.header("jot-user"), None);
                match stage {
                    "missing" => "Bearer realm=\"api\"",
                    _ => "Bearer realm=\"api\", error=\"invalid_token\"",
                }
            }
            _ => {
                let body = format!("{{\"error\": {error}}}");
                assert_eq!((answer.status, answer.body.as_str()), (403, body.as_str()));
                "Bearer realm=api"
            }
        };
        assert_eq!(answer.header("www-authenticate"), Some(hint), "{answer:?}");
        hands_out_nothing(answer);
    }

    /// The same for a token that was good once, at a door for refresh tokens.
    #[track_caller]
    pub(crate) fn refuses_revoked(&self, answer: &Answer, name: &str) {
        let (status, words) = match name {
            "refresh_access" if self.door.is_djwto() => (401, "Can't update access token."),
            "update_refresh" => (401, "Can't update refresh token."),
            "logout" => (409, "Input jti token is already blacklisted."),
            _ => return self.refuses(answer, Words("Token was revoked.", "revoked")),
        };
        let body = format!("{{\"error\": {}}}", json!(words));
        assert_eq!((answer.status, answer.body.as_str()), (status, body.as_str()), "{name}");
        let hint = (status == 401).then_some("Bearer realm=api");
        assert_eq!(answer.header("www-authenticate"), hint, "{name}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

/// A refusal, which no cache keeps and which sets no token's cookie and unsets none.
#[track_caller]
pub(crate) fn hands_out_nothing(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/json"), "{answer:?}");
    assert_eq!(names(answer), Vec::<String>::new(), "{answer:?}");
}

/// Refresh token, access token, CSRF token.
fn log_in(served: &Served, door: Door) -> [String; 3] {
    if door.is_ninja() {
        let path = if door == Door::Web { "web" } else { "mobile" };
        let body = json!({"username": "alice", "password": PASSWORD}).to_string();
        let answer = served.post(&format!("/api/auth/{path}/sign-in"), JSON, body);
        assert_eq!(answer.status, 200, "{answer:?}");
        let refresh = if door == Door::Web {
            crate::client::set_cookies(&answer)[0].value.clone()
        } else {
            answer.member("refresh")
        };
        return [refresh, answer.member("access"), String::new()];
    }
    if door.mode() == "json" {
        let (refresh, access) = served.tokens();
        return [refresh, access, String::new()];
    }
    let browser = Browser::of_alice(served);
    ["jwt_refresh", door.access_cookie(), "csrftoken"].map(|name| browser.cookie(name))
}
