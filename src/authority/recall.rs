//! Tokens that were found good lately. Whoever shows one again is judged by what was read then, if
//! neither the key ring nor the store has changed since: no signature is verified, nothing is read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};

use crate::authority::Authority;
use crate::authority::validate::Asked;
use crate::claims::check::Verdict;
use crate::claims::report::Report;
use crate::error::Result;
use crate::event::{Kind, Source};
use crate::key::Ring;
use crate::store::Standing;

/// How many tokens are remembered: a few kilobytes each, and only good ones.
const MOST: usize = 4096;

/// The tokens, by their hash: the memory of a process holds no token of others.
#[derive(Default)]
pub(super) struct Memory(Mutex<HashMap<[u8; SHA256_OUTPUT_LEN], Arc<Good>>>);

/// What was read of a token.
struct Good {
    verdict: Verdict,
    standing: Standing,
    /// Weak: what verified it may hold private keys, which are to go when the ring changes.
    ring: Weak<Ring>,
    state: i64,
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; SHA256_OUTPUT_LEN], Arc<Good>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, token: &str) -> Option<Arc<Good>> {
        self.lock().get(&name(token)?).cloned()
    }

    fn put(&self, token: &str, good: Good) {
        let Some(name) = name(token) else { return };
        let mut known = self.lock();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(name, Arc::new(good));
    }
}

fn name(token: &str) -> Option<[u8; SHA256_OUTPUT_LEN]> {
    digest(&SHA256, token.as_bytes()).as_ref().try_into().ok()
}

impl Authority {
    /// The judgement of a token that was found good before, if that can be told without reading or
    /// waiting. The same as [`validate`](Authority::validate) would come to.
    pub fn recall(&self, token: &str, asked: &Asked) -> Option<Report> {
        // Which algorithms are allowed was judged with the signature.
        let good = self.memory.get(token).filter(|_| asked.algs.is_empty())?;
        let is_as_it_was = self.store.state()? == good.state && self.is_verifying(&good)?;
        if !is_as_it_was || self.audit.hears(Kind::TokenValidated) {
            return None;
        }
        let mut report = good.verdict.examine(&self.expected(asked));
        let claims = report.claims.clone()?;
        self.hold_against(&claims, &good.standing, &mut report);
        if report.failure().is_none() {
            self.audit.tally().count(Kind::TokenValidated);
        }
        Some(report)
    }

    /// The same as [`validate`](Authority::validate), and a good token is remembered.
    pub fn learn(&self, token: &str, asked: &Asked, source: &Source) -> Result<Report> {
        // First of all: what is read after it may be newer than it says, and never older.
        let state = self.store.state();
        let ring = Arc::downgrade(&self.keys.verifying()?);
        let (report, standing) = self.judge(token, asked, source)?;
        let good = report.failure().is_none();
        if let Some(((verdict, standing), state)) =
            Verdict::of(&report).zip(standing).zip(state).filter(|_| good)
        {
            self.memory.put(token, Good { verdict, standing, ring, state });
        }
        Ok(report)
    }

    /// Whether the ring is the one by which a token was judged, and its key still verifies.
    fn is_verifying(&self, good: &Good) -> Option<bool> {
        let ring = self.keys.held()?;
        let same = std::ptr::eq(Arc::as_ptr(&ring), good.ring.as_ptr());
        let kid = good.verdict.kid()?;
        Some(same && ring.verifying(self.now()).iter().any(|key| key.kid() == kid))
    }
}
