//! A browser as far as headers go: it asks for pages, keeps cookies by their paths, and goes where it
//! is sent only when told to.

use std::net::SocketAddr;

use crate::http::{self, Answer, form};

pub(crate) const HTML: (&str, &str) =
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");

/// A cookie that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cookie {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) path: String,
}

#[derive(Clone)]
pub(crate) struct Visitor {
    address: SocketAddr,
    pub(crate) cookies: Vec<Cookie>,
}

impl Visitor {
    pub(crate) fn of(address: SocketAddr) -> Self {
        Self { address, cookies: Vec::new() }
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.ask(("GET", path), &[HTML], "")
    }

    /// Sends a form, with the CSRF token that the cookie has.
    pub(crate) fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.cookie("csrftoken").unwrap_or_default();
        let fields = [&[("csrfmiddlewaretoken", csrf.as_str())], fields].concat();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.ask(("POST", path), &[HTML, kind], &form(&fields))
    }

    /// Any request; the answer's cookies are kept.
    pub(crate) fn ask(
        &mut self,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let below = |cookie: &&Cookie| path.starts_with(cookie.path.as_str());
        let sent = self.cookies.iter().filter(below);
        let line = sent.map(|c| format!("{}={}", c.name, c.value)).collect::<Vec<_>>().join("; ");
        let headers = [headers, &[("cookie", line.as_str())]].concat();
        let head = http::head(method, path, &headers, body.len());
        let answer = http::send(self.address, &head, body.as_bytes());
        for set in answer.set_cookies() {
            self.keep(set);
        }
        answer
    }

    fn keep(&mut self, set: &str) {
        let mut parts = set.split("; ");
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        let path = parts.clone().find_map(|part| part.strip_prefix("Path=")).unwrap();
        let over = parts.any(|part| part == "Max-Age=0");
        self.cookies.retain(|kept| (kept.name.as_str(), kept.path.as_str()) != (name, path));
        if !over {
            let [name, value, path] = [name, value, path].map(str::to_owned);
            self.cookies.push(Cookie { name, value, path });
        }
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let cookie = self.cookies.iter().find(|cookie| cookie.name == name)?;
        Some(cookie.value.clone())
    }

    /// Loses a cookie, as a browser does whose time is over.
    pub(crate) fn lose(&mut self, name: &str) {
        self.cookies.retain(|cookie| cookie.name != name);
    }

    /// Logs alice in from the page.
    #[track_caller]
    pub(crate) fn enter(&mut self, password: &str) -> Answer {
        assert_eq!(self.get("/login/").status, 200);
        self.send("/login/", &[("username", "alice"), ("password", password)])
    }
}

impl Answer {
    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        let set = self.headers.iter().filter(|(name, _)| name == "set-cookie");
        set.map(|(_, value)| value.as_str()).collect()
    }

    /// Must send a browser there, by GET.
    #[track_caller]
    pub(crate) fn leads_to(&self, path: &str) {
        assert_eq!((self.status, self.header("location")), (303, Some(path)), "{self:?}");
        assert_eq!(self.header("cache-control"), Some("no-store"));
    }

    /// Must be a page with that heading.
    #[track_caller]
    pub(crate) fn is_page(&self, status: u16, heading: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert!(self.body.contains(&format!("<h1>{heading}</h1>")), "{}", self.body);
        assert_eq!(self.body.matches("<h1>").count(), 1);
        assert_eq!(self.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(self.header("cache-control"), Some("no-store"));
    }
}
