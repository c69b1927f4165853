//! The pages that say no, and what to do now.

use maud::html;

use crate::server::people::page::Page;

/// Why somebody sees neither what they asked for nor the page to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server::people) enum Refusal {
    /// The form is not one that this browser got from here, or is an old one.
    Form,
    /// A permission is lacking.
    Permission,
    /// The browser sent a cookie of ours twice.
    CookieTwice,
    /// The browser keeps no cookies of ours.
    NoCookies,
    /// What the user may do does not fit into a cookie.
    TooLarge,
    /// The page is asked for by another page, as a picture or in a frame.
    NoVisit,
    /// The request cannot be read.
    Unreadable,
    /// There is no such page.
    Absent,
    /// Too many ask at once.
    Busy,
    /// The store is away.
    Away,
    /// We failed.
    Failed,
}

/// The heading, what happened, and what to do now.
type Words = (&'static str, &'static str, &'static str);

impl Refusal {
    fn words(self) -> Words {
        match self {
            Self::Form => (
                "Please try again",
                "This form was not accepted: it was open for long, or came from another page.",
                "Nothing was changed. Go back to the start and send it again.",
            ),
            Self::Permission => (
                "You may not do this",
                "Your account lacks the permission for it.",
                "Ask whoever runs this site for it, or log in with another account.",
            ),
            Self::CookieTwice => (
                "Your browser sent a cookie twice",
                "Another site of the same domain may have set a cookie with the name of ours.",
                "Delete this site’s cookies in your browser, then log in again.",
            ),
            Self::NoCookies => (
                "Cookies are needed",
                "Your browser did not keep the cookies that say who you are.",
                "Allow cookies for this site in your browser, then try again.",
            ),
            Self::TooLarge => (
                "You cannot log in here",
                "Your account has more permissions than fit into a cookie.",
                "Tell whoever runs this site; nothing is wrong with your password.",
            ),
            Self::NoVisit => (
                "Open this page by itself",
                "It was asked for from within another page.",
                "Go on from here.",
            ),
            Self::Unreadable => (
                "This request cannot be read",
                "Something in it is not as a browser sends it.",
                "Go back to the start and try again.",
            ),
            Self::Absent => {
                ("There is no such page", "Nothing is to be found here.", "Go on from here.")
            }
            Self::Busy => (
                "Too many requests",
                "Too many people, or somebody too often, ask at this moment.",
                "Wait a little, then try again.",
            ),
            Self::Away => (
                "Not available just now",
                "This site cannot look up who you are.",
                "Your account is safe and you were not logged out. Try again in a few seconds.",
            ),
            Self::Failed => (
                "Something went wrong",
                "It is our fault, and it has been written down.",
                "Try again; if it stays, tell whoever runs this site.",
            ),
        }
    }
}

/// The page; `back` is where to go on.
pub(in crate::server::people) fn page(refusal: Refusal, back: &str) -> Page {
    let (heading, what, now) = refusal.words();
    let content = html! {
        h1 { (heading) }
        p { (what) " " (now) }
        a.button.full href=(back) { "Go on" }
    };
    Page::narrow(heading, content)
}
