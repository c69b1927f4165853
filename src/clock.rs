//! Time, as an argument. Everything that needs to know what time it is asks a [`Clock`]; tests
//! own theirs.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A source of the time, in whole seconds since 1970 (a NumericDate, RFC 7519 2).
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> i64;

    /// Returns when [`now`](Clock::now) is at least `moment`.
    fn wait_until(&self, moment: i64);
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Clock for System {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the time")]
    fn now(&self) -> i64 {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX),
        }
    }

    fn wait_until(&self, moment: i64) {
        while self.now() < moment {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// A clock that stands until it is set: for tests, and for questions about another moment.
#[derive(Debug, Default)]
pub struct Fixed(AtomicI64);

impl Fixed {
    /// A clock that says `now`.
    pub fn at(now: i64) -> Self {
        Self(AtomicI64::new(now))
    }

    /// Sets it, forward or back.
    pub fn set(&self, now: i64) {
        self.0.store(now, Ordering::SeqCst);
    }
}

impl Clock for Fixed {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    fn wait_until(&self, moment: i64) {
        self.0.fetch_max(moment, Ordering::SeqCst);
    }
}
