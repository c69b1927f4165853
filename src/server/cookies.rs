//! Cookies as they are set (RFC 6265 4.1), in the order of attributes that the originals have.

use axum::http::HeaderValue;

use crate::error::{Code, Error, Result};
use crate::server::doors::Attributes;
use crate::time;

/// The longest cookie that every browser keeps, with its name and attributes (RFC 6265 6.1).
const MOST: usize = 4096;

/// A cookie about to be set.
pub(super) struct Cookie<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
    pub(super) path: &'a str,
    pub(super) http_only: bool,
    /// When it ends, and what the time is now.
    pub(super) ends: (i64, i64),
}

impl Cookie<'_> {
    /// The header's value.
    pub(super) fn set(&self, attributes: &Attributes) -> Result<HeaderValue> {
        let text = self.text(attributes);
        HeaderValue::from_str(&text).map_err(|_| {
            Error::new(Code::Failed, format!("the cookie \"{}\" cannot be written", self.name))
        })
    }

    /// Refuses a cookie that browsers would drop without a word.
    pub(super) fn check_size(&self, attributes: &Attributes) -> Result<()> {
        let size = self.text(attributes).len();
        if size <= MOST {
            return Ok(());
        }
        let seen = format!(
            "the cookie \"{}\" would have {size} bytes, and browsers keep {MOST}: give the user \
            fewer permissions, or set server.mode to \"json\"",
            self.name
        );
        Err(Error::new(Code::TokenTooLarge, seen))
    }

    fn text(&self, attributes: &Attributes) -> String {
        let Self { name, value, path, http_only, ends: (end, now) } = *self;
        let domain = attributes.domain.as_ref().map(|domain| format!("; Domain={domain}"));
        let hidden = if http_only && attributes.http_only { "; HttpOnly" } else { "" };
        let secure = if attributes.secure { "; Secure" } else { "" };
        format!(
            "{name}={value}; expires={}{}{hidden}; Max-Age={}; Path={path}; SameSite={}{secure}",
            time::http_date(end),
            domain.unwrap_or_default(),
            end.saturating_sub(now).max(0),
            attributes.same_site,
        )
    }
}

/// The header's value that makes a browser forget a cookie.
pub(super) fn forget((name, path): (&str, &str), attributes: &Attributes) -> Result<HeaderValue> {
    Cookie { name, value: "", path, http_only: true, ends: (0, 0) }.set(attributes)
}
