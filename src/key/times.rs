//! When a key does what: its times, and the state that they make at a moment.

/// The moments that make the states of a key, so that no daemon has to change them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// Others can know it from then on.
    pub published: i64,
    /// It signs from then on.
    pub signs_from: i64,
    /// From then on it signs no more.
    pub retired: Option<i64>,
    /// From then on it verifies nothing.
    pub until: Option<i64>,
    /// From then on it is refused.
    pub revoked: Option<i64>,
}

/// What a key does at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is published and does not sign yet.
    Next,
    /// It signs.
    Active,
    /// It verifies what it signed.
    Retired,
    /// It is refused everywhere.
    Revoked,
}

impl Times {
    /// The state at `now`. What ends a key counts before what begins it.
    pub fn state(&self, now: i64) -> State {
        let past = |moment: Option<i64>| moment.is_some_and(|moment| moment <= now);
        if past(self.revoked) {
            State::Revoked
        } else if past(self.retired) {
            State::Retired
        } else if self.signs_from > now {
            State::Next
        } else {
            State::Active
        }
    }

    /// Whether a token that it signed may be accepted at `now`.
    pub fn verifies(&self, now: i64) -> bool {
        self.state(now) != State::Revoked && self.until.is_none_or(|until| now < until)
    }

    /// Whether it stands in the JWKS at `now`, as far as its times decide.
    pub(super) fn is_published(&self, now: i64) -> bool {
        self.published <= now && self.verifies(now)
    }

    /// The first moment after `now` at which it enters the JWKS or leaves it.
    pub(super) fn next_change(&self, now: i64) -> Option<i64> {
        let moments = [Some(self.published), self.until, self.revoked];
        earliest(&moments, now)
    }

    /// The first moment after `now` at which it does anything else than before.
    pub(super) fn next_turn(&self, now: i64) -> Option<i64> {
        let begins = [Some(self.published), Some(self.signs_from)];
        earliest(&[&begins[..], &[self.retired, self.until, self.revoked]].concat(), now)
    }
}

fn earliest(moments: &[Option<i64>], now: i64) -> Option<i64> {
    moments.iter().copied().flatten().filter(|moment| *moment > now).min()
}

impl State {
    /// Its name in lists and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Revoked => "revoked",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(signs_from: i64, retired: Option<i64>, revoked: Option<i64>) -> Times {
        Times { signs_from, retired, revoked, ..Times::default() }
    }

    #[test]
    fn a_state_begins_at_its_moment() {
        let life = times(10, Some(20), Some(30));
        for (now, state) in [
            (9, State::Next),
            (10, State::Active),
            (19, State::Active),
            (20, State::Retired),
            (29, State::Retired),
            (30, State::Revoked),
        ] {
            assert_eq!(life.state(now), state, "at {now}");
        }
        assert_eq!(Times::default().state(0), State::Active);
    }

    #[test]
    fn what_ends_a_key_counts_before_what_begins_it() {
        assert_eq!(times(10, Some(5), None).state(7), State::Retired);
        assert_eq!(times(10, None, Some(5)).state(7), State::Revoked);
        assert_eq!(times(0, Some(9), Some(5)).state(7), State::Revoked);
    }

    #[test]
    fn a_key_turns_at_each_of_its_moments() {
        let life = Times { published: 5, until: Some(40), ..times(10, Some(20), Some(30)) };
        let turns: Vec<_> =
            [0, 5, 10, 20, 30, 40].into_iter().map(|now| life.next_turn(now)).collect();
        assert_eq!(turns, [Some(5), Some(10), Some(20), Some(30), Some(40), None]);
    }

    #[test]
    fn a_retired_key_verifies_until_its_end() {
        let life = Times { until: Some(40), ..times(10, Some(20), None) };
        for (now, verifies) in [(0, true), (15, true), (39, true), (40, false), (90, false)] {
            assert_eq!(life.verifies(now), verifies, "at {now}");
        }
        assert!(!Times { revoked: Some(30), ..life }.verifies(30));
    }
}
