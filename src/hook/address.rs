//! Where webhooks are sent.

use std::net::IpAddr;

use ureq::http::Uri;

/// A URL that events may be sent to: https, or http to this very machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    url: String,
    host: String,
}

impl Address {
    /// Reads one. The error says what was expected and tells nothing of the URL, which may hold a
    /// secret.
    pub fn parse(url: &str) -> Result<Self, &'static str> {
        let uri: Uri = url.parse().map_err(|_| "it is no URL")?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err("it is no URL with https:// and a host");
        };
        if authority.as_str().contains('@') {
            return Err("it names a user: what is sent is signed, no password belongs here");
        }
        if url.contains('#') {
            return Err("it has a fragment, which is never sent");
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let is_own = host.eq_ignore_ascii_case("localhost")
            || host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
        match scheme {
            "https" => {}
            "http" if is_own => {}
            "http" => return Err("http goes to this machine only, expected https"),
            _ => return Err("expected https"),
        }
        if host.is_empty() {
            return Err("it names no host");
        }
        Ok(Self { url: url.to_owned(), host: authority.as_str().to_owned() })
    }

    /// All of it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The host and the port, which may be told.
    pub fn host(&self) -> &str {
        &self.host
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        for good in [
            "https://example.org/x?y=z",
            "https://192.0.2.1:8443/",
            "https://[2001:db8::1]/",
            "http://127.0.0.1:9/hook",
            "http://127.8.8.8",
            "http://[::1]:9/",
            "http://localhost/",
            "HTTPS://EXAMPLE.org/",
        ] {
            assert_eq!(Address::parse(good).map(|address| address.url), Ok(good.to_owned()));
        }
        for bad in [
            "",
            "example.org",
            "/hook",
            "http://example.org/",
            "http://192.0.2.1/",
            "http://localhost.example.org/",
            "http://127.0.0.1.example.org/",
            "http://127.0.0.1@example.org/",
            "https://user:secret@example.org/",
            "https://example.org/#x",
            "ftp://127.0.0.1/",
            "https://",
            "https://exa mple.org/",
        ] {
            assert!(Address::parse(bad).is_err(), "{bad}");
        }
    }
}
