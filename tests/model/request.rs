//! What is asked of a system, what it answers, and which row of the table that is.

use std::collections::BTreeSet;

use jot::authority::refresh::Wish;

use crate::model::Model;
use crate::table::{self, Span, Turn};

/// What is asked of a system; several of these may be asked at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Request {
    Login {
        user: usize,
    },
    /// The refresh token of this generation is shown.
    Refresh {
        session: usize,
        shown: usize,
        wish: Wish,
    },
    Logout {
        session: usize,
        shown: usize,
    },
    Revoke {
        user: usize,
    },
    Disable {
        user: usize,
    },
    Enable {
        user: usize,
    },
    Enroll {
        user: usize,
    },
    Strike {
        user: usize,
    },
    Purge,
}

/// Rows of the table that were led to, by what is done in them.
pub(crate) type Reached = BTreeSet<&'static str>;

impl Request {
    /// The row that this request leads to, and nothing else happens at once.
    pub(crate) fn row(self, before: &Model) -> &'static str {
        let Self::Refresh { session, shown, wish } = self else { return "no refresh" };
        let at = match before.admit(session, shown) {
            Ok(at) => at,
            Err(Refusal::User) => return "barred",
            Err(Refusal::Clock) => return "the clock went back",
            Err(_) => return "expired or revoked",
        };
        let (was, mut row) = (&before.sessions[session].row, before.sessions[session].row.clone());
        let turn = table::turn(wish, before.rules.rotation);
        let given = row.show(shown, turn, at, &before.rules);
        match (given, turn) {
            (None, _) if row == *was => "over",
            (None, _) if shown + 1 == row.generation() => "too late again",
            (None, _) => "older",
            (Some(_), _) if row.forgiven != was.forgiven => "late",
            (Some(given), _) if given == shown => "kept",
            (Some(_), _) if row == *was => "in the grace",
            (Some(_), Turn::Slide) => "slid",
            (Some(_), _) => "rotated",
        }
    }
}

/// Every row.
pub(crate) const ROWS: [&str; 11] = [
    "rotated",
    "slid",
    "in the grace",
    "kept",
    "late",
    "too late again",
    "older",
    "barred",
    "over",
    "expired or revoked",
    "the clock went back",
];

/// What a system answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    Given { jti: String, refresh: Span, access: Span },
    Refused(Refusal),
    Done,
}

/// Why nothing is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    Expired,
    Revoked,
    User,
    Clock,
}
