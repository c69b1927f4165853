//! The bell that wakes couriers when there is something to send, and that stops those who work for
//! hooks: couriers and those who run commands.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long it takes at most to stop a command.
const STOPPING: Duration = Duration::from_secs(1);

/// Whoever ends a process waits here for those who work.
#[derive(Debug, Default)]
pub struct Bell {
    state: Mutex<State>,
    rung: Condvar,
}

#[derive(Debug, Default)]
struct State {
    rings: u64,
    stopped: bool,
    working: usize,
}

/// Somebody who works.
pub(super) struct Working(Arc<Bell>);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.lock().working -= 1;
        self.0.rung.notify_all();
    }
}

impl Bell {
    pub(super) fn ring(&self) {
        self.lock().rings += 1;
        self.rung.notify_all();
    }

    /// Waits for a ring after the `heard` ones, at most that long. False: it is over.
    pub(super) fn wait(&self, heard: &mut u64, most: Duration) -> bool {
        let silent = |state: &mut State| state.rings == *heard && !state.stopped;
        let waited = self.rung.wait_timeout_while(self.lock(), most, silent);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *heard = state.rings;
        !state.stopped
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.lock().stopped
    }

    /// One more works, until what it is given is dropped, by a panic too.
    pub(super) fn enter(self: &Arc<Self>) -> Working {
        self.lock().working += 1;
        Working(Arc::clone(self))
    }

    /// Stops those who work, and waits for them, at most that long.
    pub(super) fn stop(&self, patience: Duration) {
        self.lock().stopped = true;
        self.rung.notify_all();
        self.settle(patience);
    }

    /// Waits until nobody works, at most that long, and stops those who still do.
    pub fn finish(&self, patience: Duration) {
        self.settle(patience);
        self.stop(STOPPING);
    }

    /// Waits until nobody works, at most that long.
    fn settle(&self, patience: Duration) {
        let busy = |state: &mut State| state.working > 0;
        drop(self.rung.wait_timeout_while(self.lock(), patience, busy));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
