//! The key ring: the keys jot signs and verifies its own tokens with, and the state of each.

use std::path::PathBuf;

use super::place::Place;
use super::{Key, Part, TooOpen, Wanted};
use crate::error::{Code, Error, Result};
use crate::json::Json;

/// The keys of one place.
#[derive(Debug)]
pub struct Ring {
    entries: Vec<Entry>,
    whereabouts: String,
}

/// A key of the ring.
#[derive(Debug)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// When it does what.
    pub times: Times,
    /// The file of its private half.
    pub private: Option<PathBuf>,
    /// The file of its public half.
    pub public: Option<PathBuf>,
}

/// The moments that make the states of a key, so that no daemon has to change them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// Others can know it from then on.
    pub published: i64,
    /// It signs from then on.
    pub signs_from: i64,
    /// From then on it signs no more.
    pub retired: Option<i64>,
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

impl Ring {
    /// The ring at a place.
    pub fn open(place: &Place, wanted: &Wanted<'_>, open: TooOpen) -> Result<Self> {
        let entries = place.read(wanted, open, Part::Private)?;
        Ok(Self { entries, whereabouts: place.whereabouts() })
    }

    /// The ring at a place, to verify with: a private half is read only where there is no public
    /// one beside it, and that the two belong together is left to who signs.
    pub fn open_public(place: &Place, wanted: &Wanted<'_>, open: TooOpen) -> Result<Self> {
        let entries = place.read(wanted, open, Part::Public)?;
        Ok(Self { entries, whereabouts: place.whereabouts() })
    }

    /// All its keys, in every state.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The key that signs: of several active ones, the one that began last.
    pub fn signing(&self, now: i64) -> Result<&Key> {
        self.in_states(now, &[State::Active])
            .filter(|entry| entry.key.is_private())
            .max_by_key(|entry| entry.times.signs_from)
            .map(|entry| &entry.key)
            .ok_or_else(|| {
                let sentence = format!("there is no key to sign with: {}", self.whereabouts);
                Error::new(Code::KeyMissing, sentence).hint("jot keygen")
            })
    }

    /// The keys a token may be signed with.
    pub fn verifying(&self, now: i64) -> Vec<&Key> {
        self.in_states(now, &[State::Next, State::Active, State::Retired])
            .map(|entry| &entry.key)
            .collect()
    }

    /// The public keys as a JWKS (RFC 7517 5), without symmetric ones.
    pub fn jwks(&self, now: i64) -> Result<Json> {
        let public = self.verifying(now).into_iter().filter(|key| !key.is_symmetric());
        let keys = public.map(|key| key.jwk(Part::Public)).collect::<Result<_>>()?;
        Ok(Json::Object(vec![("keys".to_owned(), Json::Array(keys))]))
    }

    fn in_states<'a>(&'a self, now: i64, states: &'a [State]) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| states.contains(&entry.times.state(now)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alg::Algorithm;
    use crate::chance;
    use crate::key::generate;

    fn times(signs_from: i64, retired: Option<i64>, revoked: Option<i64>) -> Times {
        Times { published: 0, signs_from, retired, revoked }
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
    fn threads_share_a_ring() {
        fn shared<T: Send + Sync>() {}
        shared::<Ring>();
    }

    #[test]
    fn each_state_has_its_part() {
        let entry = |alg, times| {
            let key = generate(alg, None, &mut chance::System::generator()).unwrap();
            Entry { key, times, private: None, public: None }
        };
        let entries = vec![
            entry(Algorithm::EdDSA, times(0, Some(50), None)),
            entry(Algorithm::EdDSA, times(40, None, None)),
            entry(Algorithm::EdDSA, times(200, None, None)),
            entry(Algorithm::EdDSA, times(60, None, Some(70))),
            entry(Algorithm::HS256, times(1, None, None)),
        ];
        let ring = Ring { entries, whereabouts: "nowhere".to_owned() };
        let kid = |at: usize| ring.entries[at].key.kid();
        assert_eq!(ring.signing(30).unwrap().kid(), kid(4));
        assert_eq!(ring.signing(100).unwrap().kid(), kid(1));
        assert_eq!(ring.signing(200).unwrap().kid(), kid(2));
        let verifying: Vec<_> = ring.verifying(100).iter().map(|key| key.kid()).collect();
        assert_eq!(verifying, [kid(0), kid(1), kid(2), kid(4)]);
        let jwks = ring.jwks(100).unwrap();
        let Some(Json::Array(keys)) = jwks.get("keys") else { panic!("{jwks}") };
        let kids: Vec<_> = keys.iter().map(|key| key.get("kid").unwrap().as_str()).collect();
        assert_eq!(kids, [Some(kid(0)), Some(kid(1)), Some(kid(2))]);
        assert!(keys.iter().all(|key| key.get("d").is_none() && key.get("k").is_none()));
    }
}
