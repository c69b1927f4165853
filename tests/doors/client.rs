//! A client with a cookie jar, as a browser or `requests.Session` has one.

use std::collections::BTreeMap;

use crate::http::{self, Answer, form};
use crate::served::{FORM, PASSWORD, Served};

/// A cookie that an answer sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SetCookie {
    pub(crate) name: String,
    pub(crate) value: String,
    /// What stands behind the value, as it stands there.
    pub(crate) attributes: String,
}

impl SetCookie {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.split("; ").find_map(|one| one.strip_prefix(name));
        found.and_then(|rest| if rest.is_empty() { Some(rest) } else { rest.strip_prefix('=') })
    }

    pub(crate) fn age(&self) -> i64 {
        self.attribute("Max-Age").unwrap().parse().unwrap()
    }
}

/// The cookies that an answer sets, in its order.
pub(crate) fn set_cookies(answer: &Answer) -> Vec<SetCookie> {
    let lines = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
    let cookie = |(_, line): &(String, String)| {
        let (pair, attributes) = line.split_once("; ").unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        let [name, value, attributes] = [name, value, attributes].map(str::to_owned);
        SetCookie { name, value, attributes }
    };
    lines.map(cookie).collect()
}

/// The names of the cookies that an answer sets.
pub(crate) fn names(answer: &Answer) -> Vec<String> {
    set_cookies(answer).into_iter().map(|cookie| cookie.name).collect()
}

/// A client that keeps cookies and sends them where their path says.
#[derive(Clone)]
pub(crate) struct Browser<'a> {
    served: &'a Served,
    /// By name: value and path.
    pub(crate) jar: BTreeMap<String, (String, String)>,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(served: &'a Served) -> Self {
        Self { served, jar: BTreeMap::new() }
    }

    /// One in which alice has logged in.
    pub(crate) fn of_alice(served: &'a Served) -> Self {
        let mut browser = Self::new(served);
        let answer = browser.login("alice", PASSWORD);
        assert_eq!(answer.status, 200, "{answer:?}");
        browser
    }

    pub(crate) fn login(&mut self, name: &str, password: &str) -> Answer {
        let fields = form(&[("username", name), ("password", password)]);
        self.send(("POST", "/login/"), &[FORM], &fields)
    }

    pub(crate) fn cookie(&self, name: &str) -> String {
        self.jar.get(name).unwrap_or_else(|| panic!("no cookie {name}: {:?}", self.jar)).0.clone()
    }

    pub(crate) fn plant(&mut self, name: &str, value: &str) {
        self.jar.insert(name.to_owned(), (value.to_owned(), "/".to_owned()));
    }

    /// A form with the CSRF token in the header.
    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.shown("POST", path, fields)
    }

    /// The same with any method.
    pub(crate) fn shown(&mut self, method: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.jar.get("csrftoken").map(|(value, _)| value.clone());
        let mut headers = vec![FORM];
        headers.extend(csrf.as_deref().map(|csrf| ("x-csrftoken", csrf)));
        self.send((method, path), &headers, &form(fields))
    }

    /// A request with the cookies for its path; the answer's cookies are kept.
    pub(crate) fn send(
        &mut self,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let line = self.cookies_for(path);
        let mut headers = headers.to_vec();
        if !line.is_empty() {
            headers.push(("cookie", &line));
        }
        let head = http::head(method, path, &headers, body.len());
        let answer = http::send(self.served.address, &head, body.as_bytes());
        self.keep(&answer);
        answer
    }

    /// RFC 6265 5.4, the line of a request for that path.
    pub(crate) fn cookies_for(&self, path: &str) -> String {
        let path = path.split('?').next().unwrap();
        let fits = |own: &str| {
            let own = own.trim_end_matches('/');
            path.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let sent = self.jar.iter().filter(|(_, (_, own))| fits(own));
        sent.map(|(name, (value, _))| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    pub(crate) fn keep(&mut self, answer: &Answer) {
        for cookie in set_cookies(answer) {
            if cookie.age() == 0 {
                self.jar.remove(&cookie.name);
            } else {
                let path = cookie.attribute("Path").unwrap().to_owned();
                self.jar.insert(cookie.name, (cookie.value, path));
            }
        }
    }
}
