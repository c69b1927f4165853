//! What one page has the next one say: that something was done. It travels in a cookie, so that it is
//! said once and nobody can write a link that says it.
//!
//! The cookie serves for more. Chromium keeps whole pages in memory to go back to, also such as no
//! cache may keep, and drops one when a cookie changes that scripts cannot read. It counts those
//! changes less the ones that came with the page, among them the refresh cookie, whose path hides it
//! from the count: the end of the access cookie alone would leave the account to be seen by whoever
//! presses Back after a log-out. This cookie comes and goes, which is two changes more.

use axum::http::HeaderValue;

use crate::error::Result;
use crate::server::State;
use crate::server::cookies::{self, Cookie};
use crate::server::request::Request;

const NAME: &str = "jot_said";

/// How long it waits to be said, in seconds: as long as a redirect takes.
const WAITS: i64 = 60;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// This session ended.
    LoggedOut,
    /// Every session of the user ended.
    LoggedOutEverywhere,
    /// Another session ended.
    SessionEnded,
    /// Nothing was done: nobody was logged in any more.
    NothingDone,
}

impl Said {
    const ALL: [Self; 4] =
        [Self::LoggedOut, Self::LoggedOutEverywhere, Self::SessionEnded, Self::NothingDone];

    fn word(self) -> &'static str {
        match self {
            Self::LoggedOut => "out",
            Self::LoggedOutEverywhere => "everywhere",
            Self::SessionEnded => "ended",
            Self::NothingDone => "nothing",
        }
    }

    /// The cookie that has the next page say it.
    pub(super) fn tell(self, state: &State) -> Result<HeaderValue> {
        let now = state.authority.now();
        let ends = (now.saturating_add(WAITS), now);
        let cookie = Cookie { name: NAME, value: self.word(), path: "/", http_only: true, ends };
        cookie.set(&state.doors.cookies)
    }

    /// What the page before was told to have said, and the cookie that forgets it.
    pub(super) fn heard(state: &State, request: &Request) -> Result<Option<(Self, HeaderValue)>> {
        let word = request.cookie(NAME).ok().flatten();
        let said = Self::ALL.into_iter().find(|said| Some(said.word()) == word);
        let forget = || cookies::forget((NAME, "/"), &state.doors.cookies);
        said.map(|said| Ok((said, forget()?))).transpose()
    }
}
