//! Work that would hold up the connections: the store, signatures, and above all passwords, which
//! wait in a short line of their own.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;

use crate::error::Result;

/// How many passwords are hashed at a time: each takes 19 MiB and a core.
const HASHING: usize = 1;
/// How many logins may wait for that. More would wait longer than a person does.
const WAITING: usize = 64;

/// The line in which logins wait.
pub(super) struct Work {
    hashing: Semaphore,
    waiting: AtomicUsize,
}

impl Default for Work {
    fn default() -> Self {
        Self { hashing: Semaphore::new(HASHING), waiting: AtomicUsize::new(0) }
    }
}

impl Work {
    /// Does work that hashes a password. None: the line is full.
    pub(super) async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Option<Result<T>> {
        let _place = Place::take(&self.waiting)?;
        // The semaphore is never closed.
        let _permit = self.hashing.acquire().await.ok()?;
        Some(aside(work).await)
    }
}

/// Does work on another thread.
pub(super) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(super::broken()))
}

/// A place in the line, given back when it is dropped.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Option<Self> {
        let place = Self(waiting);
        (waiting.fetch_add(1, Ordering::SeqCst) < WAITING).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
