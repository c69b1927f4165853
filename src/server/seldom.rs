//! Log lines that come at most once a second: whoever floods the server must not fill the disk with
//! its log.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// One thing to tell.
pub(super) struct Seldom {
    last: AtomicU64,
    untold: AtomicU64,
}

impl Seldom {
    /// One that was never told.
    pub(super) const fn new() -> Self {
        Self { last: AtomicU64::new(0), untold: AtomicU64::new(0) }
    }

    /// How many went untold since, if this one is to be told.
    pub(super) fn tell(&self) -> Option<u64> {
        self.tell_at(seconds())
    }

    fn tell_at(&self, second: u64) -> Option<u64> {
        if self.last.swap(second, Ordering::Relaxed) == second {
            self.untold.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        Some(self.untold.swap(0, Ordering::Relaxed))
    }
}

/// Seconds since the first question, from one on.
fn seconds() -> u64 {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    BEGAN.get_or_init(Instant::now).elapsed().as_secs() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_told_once_a_second() {
        let seldom = Seldom::new();
        let told: Vec<_> = [1, 1, 1, 1, 2, 2, 5].map(|second| seldom.tell_at(second)).into();
        assert_eq!(told, [Some(0), None, None, None, Some(3), None, Some(1)]);
    }
}
