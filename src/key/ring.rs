//! The key ring: the keys jot signs and verifies its own tokens with, and the state of each.

use std::path::PathBuf;
use std::sync::Arc;

use super::place::{Found, Place};
use super::{Key, Part, TooOpen, Wanted, change};
use crate::error::{Code, Error, Result};
use crate::json::Json;

pub use super::times::{State, Times};

/// How long others may keep the JWKS before they ask again, in seconds (RFC 9111 5.2.2.1).
pub const MAX_AGE: i64 = 300;

/// How long a key is published before it signs: by then whoever keeps the JWKS has it, clocks
/// that are a minute apart included.
pub const LEAD: i64 = MAX_AGE + 60;

/// The keys of one place.
#[derive(Debug)]
pub struct Ring {
    entries: Vec<Entry>,
    part: Part,
    /// There is a manifest, which alone says what the ring is.
    listed: bool,
    whereabouts: String,
    hint: &'static str,
}

/// A key of the ring.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: Arc<Key>,
    /// When it does what.
    pub times: Times,
    /// Why it was revoked.
    pub reason: Option<String>,
    /// The file of its private half.
    pub private: Option<PathBuf>,
    /// The file of its public half.
    pub public: Option<PathBuf>,
}

impl Ring {
    /// The ring at a place.
    pub fn open(place: &Place, wanted: &Wanted<'_>, open: TooOpen) -> Result<Self> {
        Ok(Self::of(place.read(wanted, (open, Part::Private), &[])?, Part::Private, place))
    }

    /// The ring at a place, to verify with: a private half is read only where there is no public
    /// one beside it, and that the two belong together is left to who signs.
    pub fn open_public(place: &Place, wanted: &Wanted<'_>, open: TooOpen) -> Result<Self> {
        Ok(Self::of(place.read(wanted, (open, Part::Public), &[])?, Part::Public, place))
    }

    /// The ring as its place has it now. Keys that this one holds are not read again.
    pub fn again(&self, place: &Place, wanted: &Wanted<'_>, open: TooOpen) -> Result<Self> {
        let found = place.read(wanted, (open, self.part), &self.entries)?;
        let ring = Self::of(found, self.part, place);
        if self.listed && !ring.listed {
            // Without it a key that was revoked would count as active since ever.
            let sentence = format!("the list of the key ring is gone: {}", self.whereabouts);
            return Err(Error::new(Code::KeyMissing, sentence).hint("put it back"));
        }
        Ok(ring)
    }

    fn of(Found { entries, listed }: Found, part: Part, place: &Place) -> Self {
        let (whereabouts, hint) = (place.whereabouts(listed), place.remedy(listed));
        Self { entries, part, listed, whereabouts, hint }
    }

    /// All its keys, in every state.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The key whose id is `kid`, or begins with it.
    pub fn find(&self, kid: &str) -> Result<&Entry> {
        let kids: Vec<_> = self.entries.iter().map(|entry| entry.key.kid()).collect();
        change::find(&kids, kid).map(|at| &self.entries[at])
    }

    /// The key that signs: of several active ones, the one that began last.
    pub fn signing(&self, now: i64) -> Result<&Key> {
        self.signer(now).map(|entry| &*entry.key)
    }

    /// The same, with its times.
    pub fn signer(&self, now: i64) -> Result<&Entry> {
        self.entries
            .iter()
            .filter(|entry| entry.times.state(now) == State::Active && entry.key.is_private())
            .max_by_key(|entry| entry.times.signs_from)
            .ok_or_else(|| {
                let sentence = format!("there is no key to sign with: {}", self.whereabouts);
                Error::new(Code::KeyMissing, sentence).hint(self.hint)
            })
    }

    /// The keys a token may be signed with.
    pub fn verifying(&self, now: i64) -> Vec<&Key> {
        self.entries
            .iter()
            .filter(|entry| entry.times.verifies(now))
            .map(|entry| &*entry.key)
            .collect()
    }

    /// The public keys as a JWKS (RFC 7517 5), without symmetric ones.
    pub fn jwks(&self, now: i64) -> Result<Json> {
        let public = self.published().filter(|entry| entry.times.is_published(now));
        let keys = public.map(|entry| entry.key.jwk(Part::Public)).collect::<Result<_>>()?;
        Ok(Json::Object(vec![("keys".to_owned(), Json::Array(keys))]))
    }

    /// How long the JWKS of `now` may be kept, in seconds: at most until it changes.
    pub fn max_age(&self, now: i64) -> i64 {
        let changes = self.published().filter_map(|entry| entry.times.next_change(now));
        changes.map(|moment| moment - now).fold(MAX_AGE, i64::min)
    }

    /// The first moment after `now` at which one of the keys turns: enters the JWKS, signs, retires or
    /// ends.
    pub fn next_turn(&self, now: i64) -> Option<i64> {
        self.entries.iter().filter_map(|entry| entry.times.next_turn(now)).min()
    }

    /// The keys that others may know at some time.
    fn published(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !entry.key.is_symmetric())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alg::Algorithm;
    use crate::chance;
    use crate::key::generate;

    fn times(signs_from: i64, retired: Option<i64>, revoked: Option<i64>) -> Times {
        Times { signs_from, retired, revoked, ..Times::default() }
    }

    fn ring(entries: Vec<Entry>) -> Ring {
        let whereabouts = "nowhere".to_owned();
        Ring { entries, part: Part::Private, listed: false, whereabouts, hint: "" }
    }

    fn entry(alg: Algorithm, times: Times) -> Entry {
        let key = generate(alg, None, &mut chance::System::generator()).unwrap();
        Entry { key: Arc::new(key), times, reason: None, private: None, public: None }
    }

    #[test]
    fn threads_share_a_ring() {
        fn shared<T: Send + Sync>() {}
        shared::<Ring>();
    }

    #[test]
    fn each_state_has_its_part() {
        let ring = ring(vec![
            entry(Algorithm::EdDSA, times(0, Some(50), None)),
            entry(Algorithm::EdDSA, times(40, None, None)),
            entry(Algorithm::EdDSA, times(200, None, None)),
            entry(Algorithm::EdDSA, times(60, None, Some(70))),
            entry(Algorithm::HS256, times(1, None, None)),
            entry(Algorithm::EdDSA, Times { until: Some(100), ..times(0, Some(50), None) }),
        ]);
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

    #[test]
    fn a_jwks_is_kept_until_it_changes() {
        let life = Times { published: 1000, until: Some(5000), ..times(1360, Some(3000), None) };
        let ring = ring(vec![
            entry(Algorithm::EdDSA, life),
            entry(Algorithm::HS256, times(0, None, None)),
        ]);
        for (now, age) in
            [(0, 300), (900, 100), (999, 1), (1000, 300), (2999, 300), (4990, 10), (5000, 300)]
        {
            assert_eq!(ring.max_age(now), age, "at {now}");
        }
        let count = |now| match ring.jwks(now).unwrap().get("keys") {
            Some(Json::Array(keys)) => keys.len(),
            other => panic!("{other:?}"),
        };
        assert_eq!([999, 1000, 4999, 5000].map(count), [0, 1, 1, 0]);
    }
}
