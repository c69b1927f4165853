//! The pages that say no, and what to do now.

use std::borrow::Cow;

use maud::html;

use crate::server::people::page::Page;

/// Why somebody sees neither what they asked for nor the page to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server::people) enum Refusal {
    /// The form is not one that this browser got from here, or is an old one.
    Form,
    /// The page was opened at an address that the settings do not list.
    Address,
    /// Too many wrong passwords came, and the next one is judged after so many seconds.
    Throttled(u32),
    /// A permission is lacking.
    Permission,
    /// The browser sent a cookie of ours twice.
    CookieTwice,
    /// The browser keeps no cookies of ours.
    NoCookies,
    /// What is said of the user does not fit into a cookie, or into any token.
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

impl Refusal {
    fn heading(self) -> &'static str {
        match self {
            Self::Form => "Please try again",
            Self::Address => "This address is not set up",
            Self::Throttled(_) => "Too many attempts",
            Self::Permission => "You may not do this",
            Self::CookieTwice => "Your browser sent a cookie twice",
            Self::NoCookies => "Cookies are needed",
            Self::TooLarge => "You cannot log in here",
            Self::NoVisit => "Open this page by itself",
            Self::Unreadable => "This request cannot be read",
            Self::Absent => "There is no such page",
            Self::Busy => "Too many requests",
            Self::Away => "Not available just now",
            Self::Failed => "Something went wrong",
        }
    }

    /// What happened, and what to do now.
    fn advice(self) -> Cow<'static, str> {
        let advice = match self {
            Self::Throttled(seconds) => return Cow::Owned(wait(seconds)),
            Self::Form => {
                "This form was not accepted: it was open for long, or came from another page. \
                 Nothing was changed. Go on and send it again."
            }
            Self::Address => {
                "You opened this site at an address at which it takes no forms. Nothing is wrong \
                 with what you typed; tell whoever runs this site, whose log says which setting \
                 lacks the address."
            }
            Self::Permission => {
                "Your account lacks the permission for it. Ask whoever runs this site, or log in \
                 with another account."
            }
            Self::CookieTwice => {
                "Another site of the same domain may have set a cookie with the name of ours. \
                 Delete this site’s cookies in your browser, then log in again."
            }
            Self::NoCookies => {
                "Your browser did not keep the cookies that say who you are. Allow cookies for \
                 this site, then go on."
            }
            Self::TooLarge => {
                "Your account has more permissions, or more is said of it, than fits into a cookie. \
                 Nothing is wrong with your password; tell whoever runs this site."
            }
            Self::NoVisit => "It was asked for from within another page.",
            Self::Unreadable => {
                "Something in it is not as a browser sends it. Go on and try again."
            }
            Self::Absent => "Nothing is to be found here.",
            Self::Busy => "Too many people ask at this moment. Wait a little, then go on.",
            Self::Away => {
                "This site cannot look up who you are. You were not logged out; go on in a few \
                 seconds."
            }
            Self::Failed => {
                "It is our fault, and it has been written down. Go on and try again; if it stays, \
                 tell whoever runs this site."
            }
        };
        Cow::Borrowed(advice)
    }
}

fn wait(seconds: u32) -> String {
    format!(
        "Too many attempts, wait {seconds} seconds. Passwords were wrong too often, from your network \
         or for this account; where you have logged in before, you may not have to wait."
    )
}

/// The page; `back` is where to go on.
pub(in crate::server::people) fn page(refusal: Refusal, back: &str) -> Page {
    let content = html! {
        h1 { (refusal.heading()) }
        p { (refusal.advice()) }
        a.button.full href=(back) { "Go on" }
    };
    Page::narrow(refusal.heading(), content)
}
