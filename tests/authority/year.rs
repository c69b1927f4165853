//! A simulated year: a rotation a day, issuers that sign all the time, and verifiers that keep the
//! key set exactly as long as HTTP allows (RFC 9111 4.2) and know nothing else.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use jot::alg::Algorithm;
use jot::authority::issue::{Grant, What};
use jot::authority::{Authority, Keys, RingSource};
use jot::chance::Seeded;
use jot::clock::{Clock, Fixed};
use jot::error::{Error, Stage};
use jot::jws::{Candidates, Parsed};
use jot::key::change::{Moment, Start};
use jot::key::ring::{LEAD, MAX_AGE, State};
use jot::key::{self, Key, KeySet, New, Part, Place, Ring, Stamp, TooOpen, Wanted};
use jot::store::sqlite::Sqlite;

use super::world::*;

const DAYS: i64 = 365;
const IN_TURN: [Algorithm; 5] =
    [Algorithm::EdDSA, Algorithm::ES256, Algorithm::PS256, Algorithm::ES384, Algorithm::RS256];

/// A ring in a folder, as a process that runs all year sees it.
struct InFolder(Place);

impl RingSource for InFolder {
    fn stamps(&self) -> Result<Vec<Stamp>, Error> {
        self.0.stamps()
    }

    fn read(&self, part: Part, before: Option<&Ring>) -> Result<Ring, Error> {
        match (before, part) {
            (Some(ring), _) => ring.again(&self.0, &Wanted::default(), TooOpen::Refuse),
            (None, Part::Private) => Ring::open(&self.0, &Wanted::default(), TooOpen::Refuse),
            (None, Part::Public) => Ring::open_public(&self.0, &Wanted::default(), TooOpen::Refuse),
        }
    }
}

/// A token, and who signed it until when.
struct Issued {
    text: String,
    kid: String,
    expires: i64,
}

/// Who has only the key set, as it was when it was fetched.
struct Verifier {
    set: Arc<KeySet>,
    fresh_until: i64,
}

struct Year {
    issuer: World,
    /// Who runs the commands: another process.
    place: Place,
    /// One key of each algorithm, which a rotation gives a kid of its own.
    made: HashMap<&'static str, String>,
    count: usize,
    /// Key sets by their text, so that each is parsed once.
    sets: HashMap<String, Arc<KeySet>>,
    verifiers: Vec<Verifier>,
    alive: Vec<Issued>,
    checks: usize,
}

impl Year {
    fn new(folder: &Path) -> Self {
        let place = || Place::Folder { path: folder.to_owned(), name: "jwt".into() };
        let clock = Arc::new(Fixed::at(NOW));
        let time: Box<dyn Clock> = Box::new(Shared(Arc::clone(&clock)));
        let keys = Keys::of(InFolder(place()));
        let store = Box::new(Sqlite::in_memory().unwrap());
        let authority = Authority::new(keys, rules(), store, (time, Box::new(Seeded::new(365))));
        let made = IN_TURN.map(|alg| (jot::alg::name(alg), new_key(alg))).into();
        Self {
            issuer: World { authority, clock },
            place: place(),
            made,
            count: 0,
            sets: HashMap::new(),
            verifiers: Vec::new(),
            alive: Vec::new(),
            checks: 0,
        }
    }

    fn moment(&self) -> Moment {
        let (now, known) = (self.issuer.now(), self.issuer.authority.store().latest_expiry());
        let last = self.issuer.authority.rules().last_expiry(now, known.unwrap());
        Moment { now, lifetime: last - now }
    }

    /// The next key: the one of its algorithm under a new id.
    fn key(&mut self) -> Key {
        let alg = IN_TURN[self.count % IN_TURN.len()];
        self.count += 1;
        let jwk = &self.made[jot::alg::name(alg)];
        let key = key::read(jwk.as_bytes(), "made", &Wanted::default()).unwrap().keys.remove(0);
        let jwk = jwk.replace(key.thumbprint(), &format!("key-{:03}", self.count));
        key::read(jwk.as_bytes(), "made", &Wanted::default()).unwrap().keys.remove(0)
    }

    fn rotate(&mut self, start: Start) {
        let (key, at) = (self.key(), self.moment());
        let mut held = self.place.hold(&Wanted::default(), TooOpen::Refuse).unwrap();
        held.add(&New { key: &key, start, seal: None, wanted: Wanted::default() }, at).unwrap();
        let over = |record: &&jot::key::manifest::Record| !record.times.verifies(at.now);
        let over: Vec<_> =
            held.manifest().records.iter().filter(over).map(|r| r.kid.clone()).collect();
        for kid in over {
            held.remove(&kid, jot::key::change::Needed::Keep, at.now).unwrap();
        }
    }

    fn revoke(&self, kid: &str) {
        let mut held = self.place.hold(&Wanted::default(), TooOpen::Refuse).unwrap();
        assert!(!held.revoke(kid, None, self.issuer.now()).unwrap().already);
    }

    /// What the server would answer now, and how long it may be kept.
    fn fetch(&mut self) -> Verifier {
        let (ring, now) = (self.issuer.authority.ring().unwrap(), self.issuer.now());
        let text = ring.jwks(now).unwrap().to_string();
        let parse = |text: &String| {
            Arc::new(key::read(text.as_bytes(), "the set", &Wanted::default()).unwrap())
        };
        let set = Arc::clone(self.sets.entry(text.clone()).or_insert_with(|| parse(&text)));
        Verifier { set, fresh_until: now + ring.max_age(now) }
    }

    fn issue(&mut self) {
        let grant = Grant { username: "alice".into(), what: What::Pair, ..Grant::default() };
        let issued = self.issuer.issue(grant);
        for token in issued.refresh.into_iter().chain(issued.access) {
            let jot::authority::issue::Token { text, kid, expires, .. } = token;
            self.alive.push(Issued { text, kid, expires });
        }
    }

    /// Every verifier judges the newest tokens, and in turn an old one up to its last second; the
    /// ring judges one too.
    fn check(&mut self, refused: Option<(&str, i64)>) {
        let now = self.issuer.now();
        self.alive.retain(|token| token.expires > now);
        for at in 0..self.verifiers.len() {
            if now >= self.verifiers[at].fresh_until {
                self.verifiers[at] = self.fetch();
            }
            let old = (self.checks * 31) % self.alive.len();
            let newest = self.alive.len().saturating_sub(2);
            for token in self.alive[newest..].iter().chain(&self.alive[old..=old]) {
                let passes = accepts(&self.verifiers[at].set, &token.text);
                match refused {
                    Some((kid, since)) if kid == token.kid => {
                        assert!(!passes || now < since + MAX_AGE, "accepted at {now}: {kid}");
                    }
                    _ => assert!(passes, "refused at {now}: signed by {}", token.kid),
                }
                self.checks += 1;
            }
            let token = &self.alive[old];
            let is_revoked = refused.is_some_and(|(kid, _)| kid == token.kid);
            let wanted = is_revoked.then_some(Stage::Key);
            assert_eq!(self.issuer.stage(&token.text), wanted, "our ring at {now}: {}", token.kid);
        }
    }

    fn at(&self, moment: i64) {
        assert!(moment >= self.issuer.now());
        self.issuer.clock.set(moment);
    }
}

/// By its kid, in this set only.
fn accepts(set: &KeySet, token: &str) -> bool {
    let kid = header(token).get("kid").unwrap().as_str().unwrap().to_owned();
    let keys: Vec<_> = set.keys.iter().filter(|key| key.kid() == kid).collect();
    let candidates = Candidates { keys, set_aside: &[], exact: true };
    Parsed::read(token).unwrap().verify(&candidates, &[]).is_ok()
}

#[test]
fn a_rotation_a_day_refuses_no_token_for_a_year() {
    let folder = tempfile::tempdir().unwrap();
    let mut year = Year::new(folder.path());
    year.rotate(Start::Published);
    for day in 1..=DAYS {
        // Another time of day each day, and the moments around it at which something changes.
        let rotation = NOW + day * DAY + (day * 7919) % (DAY / 2);
        let moments = [-1, 0, 1, MAX_AGE - 2, MAX_AGE - 1, LEAD - 1, LEAD, LEAD + 1, DAY / 3];
        // New ones come every day, some at the worst time: just before the next key is published.
        let keep = year.verifiers.len().saturating_sub(1);
        year.verifiers.drain(..keep);
        for after in moments {
            year.at(rotation + after);
            if after == 0 {
                year.rotate(Start::Published);
            }
            if after < 1 || after == MAX_AGE - 1 {
                let fetched = year.fetch();
                year.verifiers.push(fetched);
            }
            year.issue();
            year.check(None);
        }
        if day % 30 == 0 {
            a_retired_key_leaks(&mut year);
        }
    }
    assert!(year.checks > 20_000, "{} checks", year.checks);
    let ring = year.issuer.authority.ring().unwrap();
    assert!(ring.entries().len() < 20, "a ring forgets: {}", ring.entries().len());
    let signs = ring.entries().iter().filter(|e| e.times.state(year.issuer.now()) == State::Active);
    assert_eq!(signs.count(), 1);
}

/// Refused by our ring at once, and by whoever keeps the set when it is no longer fresh.
fn a_retired_key_leaks(year: &mut Year) {
    let now = year.issuer.now() + 60;
    let active = year.issuer.authority.ring().unwrap().signing(now).unwrap().kid().to_owned();
    let leaked = year.alive.iter().rfind(|token| token.kid != active).unwrap();
    let leaked = leaked.kid.clone();
    year.at(now);
    year.check(None);
    year.at(now + 1);
    year.revoke(&leaked);
    for after in [0, 1, MAX_AGE - 1, MAX_AGE, MAX_AGE + 1, DAY / 24] {
        year.at(now + 1 + after);
        // Its tokens stand last, where every verifier looks.
        year.alive.sort_by_key(|token| token.kid == leaked);
        year.check(Some((&leaked, now + 1)));
    }
    year.alive.retain(|token| token.kid != leaked);
}

#[test]
fn a_rotation_in_a_hurry_is_known_everywhere_when_the_set_is_stale() {
    let folder = tempfile::tempdir().unwrap();
    let mut year = Year::new(folder.path());
    year.rotate(Start::Published);
    year.issue();
    let fetched = year.fetch();
    year.verifiers.push(fetched);
    let leaked = year.alive[0].kid.clone();
    year.at(NOW + 1);
    year.rotate(Start::Now);
    year.revoke(&leaked);
    year.alive.clear();
    year.issue();
    assert_ne!(year.alive[0].kid, leaked);
    let token = year.alive[0].text.clone();
    assert_eq!(year.issuer.stage(&token), None);
    assert!(!accepts(&year.verifiers[0].set, &token), "this is what the warning is about");
    year.at(NOW + MAX_AGE);
    year.check(None);
}
