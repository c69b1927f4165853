//! The frame around every page for people: one document, one style sheet, and the headers that keep
//! everything else out.
//!
//! The style sheet stands in the page, so that a page is one request, and the policy names its hash:
//! no other style and no script at all can run, not even one that found its way into the page.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::server::foreign;

const STYLE: &str = include_str!("style.css");

const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// What is told to the browser with every page, besides its [`POLICY`]. No cache keeps a page: what
/// was seen while logged in must be gone afterwards.
const HEADERS: [(HeaderName, &str); 7] = [
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (CACHE_CONTROL, "no-store"),
    (VARY, "Accept, Cookie"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "same-origin"),
    (OPENER, "same-origin"),
    (RESOURCE, "same-origin"),
];

/// What a page may load and do: show itself, send its forms home, and nothing else.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    let text = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

/// How much room a page takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    /// A form or a few sentences.
    Narrow,
    /// A table.
    Wide,
}

/// A page: what stands in the window's title, and what in the window.
pub(super) struct Page {
    pub(super) title: String,
    pub(super) width: Width,
    pub(super) content: Markup,
}

impl Page {
    /// A page of a few sentences or a form.
    pub(super) fn narrow(title: impl Into<String>, content: Markup) -> Self {
        Self { title: title.into(), width: Width::Narrow, content }
    }

    /// The answer that shows it.
    pub(super) fn answer(&self, status: StatusCode) -> Response {
        let mut answer = Response::new(Body::from(self.document().into_string()));
        *answer.status_mut() = status;
        let headers = answer.headers_mut();
        for (name, value) in HEADERS {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers.insert(CONTENT_SECURITY_POLICY, POLICY.clone());
        answer
    }

    fn document(&self) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    main class=[(self.width == Width::Wide).then_some("wide")] { (self.content) }
                }
            }
        }
    }
}

/// A field of a form that is not shown.
pub(super) fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// The field that proves that a form is ours.
pub(super) fn proof(csrf: &str) -> Markup {
    hidden(foreign::FIELD, csrf)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown() -> (String, String) {
        let page = Page::narrow("A & B", html! { h1 { ("<script>") } });
        let answer = page.answer(StatusCode::OK);
        let policy = answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        (policy, page.document().into_string())
    }

    #[test]
    fn the_policy_names_the_style_sheet_as_it_stands_in_the_page() {
        let (policy, document) = shown();
        let (_, rest) = document.split_once("<style>").unwrap();
        let (style, _) = rest.split_once("</style>").unwrap();
        let hash = STANDARD.encode(digest(&SHA256, style.as_bytes()));
        assert!(policy.contains(&format!("style-src 'sha256-{hash}';")), "{policy}");
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    }

    #[test]
    fn what_is_shown_is_escaped() {
        let (_, document) = shown();
        assert!(document.contains("<title>A &amp; B</title>"), "{document}");
        assert!(document.contains("<h1>&lt;script&gt;</h1>"), "{document}");
    }

    /// A style attribute would not be applied, and would be told of on the console.
    #[test]
    fn the_style_sheet_needs_nothing_from_elsewhere() {
        for word in ["url(", "@import", "</", "http"] {
            assert!(!STYLE.contains(word), "{word}");
        }
    }
}
