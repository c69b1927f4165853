//! Work that would hold up the connections: the store, signatures, and above all passwords. Each
//! kind has a line of its own, short in threads and in time, so that a flood of one does not stop
//! the other and costs no more than its line.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;
use std::time::Duration;

use crate::server::slots::Slots;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::authority::Hasher;
use crate::error::{Code, Error, Result};

/// How many threads the work takes at most, and three to spare: for one that is about to end, for
/// a reload and for a look at the certificate's files.
pub const THREADS: usize = HASHING + LOOKING + 3;

/// How many passwords are hashed at a time, at most: each takes a core and, by default, 19 MiB.
const HASHING: usize = 4;
/// How many logins may wait for that. More would wait longer than a person does.
const HASHING_WAITS: usize = 64;
/// How many of them may come from one network, so that no one network fills the line. Behind a
/// proxy, that is all there are.
const HASHING_EACH: usize = 16;
/// How many requests may look into the store or sign at a time.
const LOOKING: usize = 8;
/// How many may wait for that: one of every connection there can sensibly be.
const LOOKING_WAITS: usize = 4096;
/// How long anybody waits for a turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why work was not done.
#[derive(Debug)]
pub(super) enum Failure {
    /// Too much else is to be done.
    Busy,
    /// It failed.
    Broken(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

/// The lines in which requests wait.
pub(super) struct Work {
    hashing: Line,
    networks: Arc<Slots>,
    looking: Line,
    hashers: Arc<Mutex<Vec<Hasher>>>,
}

impl Default for Work {
    fn default() -> Self {
        // One core stays free for everything else.
        let cores = available_parallelism().map_or(1, usize::from);
        let hashing = (cores - 1).clamp(1, HASHING);
        Self {
            hashing: Line::new(hashing, HASHING_WAITS),
            networks: Slots::new(HASHING + HASHING_WAITS, HASHING_EACH),
            looking: Line::new(LOOKING, LOOKING_WAITS),
            hashers: Arc::default(),
        }
    }
}

impl Work {
    /// Does work that hashes a password. The memory for that is kept while logins wait, and given
    /// back with the last of them.
    pub(super) async fn hashing<T: Send + 'static, E: From<Failure> + Send + 'static>(
        &self,
        from: IpAddr,
        work: impl FnOnce(&mut Hasher) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let _slot = self.networks.take(from).ok_or(Failure::Busy)?;
        let turn = self.hashing.turn().await?;
        let (line, hashers) = (self.hashing.clone(), Arc::clone(&self.hashers));
        aside(turn, move || {
            let mut hasher = kept(&hashers).pop().unwrap_or_default();
            let done = work(&mut hasher);
            if line.somebody_waits() {
                kept(&hashers).push(hasher);
            } else {
                kept(&hashers).clear();
            }
            done
        })
        .await
    }

    /// Does any other work.
    pub(super) async fn looking<T: Send + 'static, E: From<Failure> + Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        aside(self.looking.turn().await?, work).await
    }
}

fn kept(hashers: &Mutex<Vec<Hasher>>) -> MutexGuard<'_, Vec<Hasher>> {
    hashers.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does work on another thread. The turn is over when the work is, even if nobody waits for its
/// outcome any more.
async fn aside<T: Send + 'static, E: From<Failure> + Send + 'static>(
    turn: Turn,
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    let working = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    let broke_off = |_| Error::new(Code::Failed, "the work for a request broke off");
    working.await.unwrap_or_else(|error| Err(Failure::Broken(broke_off(error)).into()))
}

/// So many at a time, and so many more who wait for it.
#[derive(Clone)]
struct Line {
    places: Arc<Semaphore>,
    slots: Arc<Semaphore>,
    waits: usize,
}

/// Given back when dropped.
struct Turn {
    _slot: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

impl Line {
    fn new(slots: usize, waits: usize) -> Self {
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        Self { places: semaphore(slots + waits), slots: semaphore(slots), waits }
    }

    async fn turn(&self) -> Result<Turn, Failure> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Failure::Busy)?;
        let slot = Arc::clone(&self.slots).acquire_owned();
        match tokio::time::timeout(PATIENCE, slot).await {
            Ok(Ok(slot)) => Ok(Turn { _slot: slot, _place: place }),
            _ => Err(Failure::Busy),
        }
    }

    fn somebody_waits(&self) -> bool {
        self.places.available_permits() < self.slots.available_permits() + self.waits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOBODY: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn wait<T>(work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        runtime.unwrap().block_on(work)
    }

    #[test]
    fn a_full_line_refuses_and_recovers() {
        wait(async {
            let line = Line::new(1, 1);
            let first = line.turn().await.unwrap();
            assert!(!line.somebody_waits());
            let (second, third) = tokio::join!(line.turn(), async {
                assert!(line.somebody_waits());
                let third = line.turn().await;
                drop(first);
                third
            });
            assert!(matches!(third, Err(Failure::Busy)));
            drop(second.unwrap());
            assert!(line.turn().await.is_ok());
        });
    }

    #[test]
    fn a_turn_lasts_as_long_as_its_work_though_nobody_waits_for_it() {
        wait(async {
            let (begun, begins) = tokio::sync::oneshot::channel();
            let (end, ends) = std::sync::mpsc::channel::<()>();
            let line = Line::new(1, 0);
            let working = aside(line.turn().await.unwrap(), move || {
                _ = begun.send(());
                _ = ends.recv();
                Ok::<_, Failure>(())
            });
            tokio::select! { _ = working => unreachable!(), _ = begins => () }
            assert!(matches!(line.turn().await, Err(Failure::Busy)));
            drop(end);
            while line.turn().await.is_err() {
                tokio::task::yield_now().await;
            }
        });
    }

    #[test]
    fn one_network_leaves_room_for_another() {
        let other = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
        wait(async {
            let work = Work::default();
            let taken: Vec<_> = (0..HASHING_EACH).map(|_| work.networks.take(NOBODY)).collect();
            assert!(taken.iter().all(Option::is_some));
            assert!(matches!(
                work.hashing(NOBODY, |_| Ok::<_, Failure>(())).await,
                Err(Failure::Busy)
            ));
            assert!(work.hashing(other, |_| Ok::<_, Failure>(())).await.is_ok());
            drop(taken);
            assert!(work.hashing(NOBODY, |_| Ok::<_, Failure>(())).await.is_ok());
        });
    }

    #[test]
    fn a_panic_is_a_failure_and_ends_its_turn() {
        wait(async {
            let work = Work::default();
            let failed = work.hashing::<(), Failure>(NOBODY, |_| panic!("as a test does")).await;
            assert!(matches!(failed, Err(Failure::Broken(_))));
            let slots = work.hashing.slots.available_permits();
            assert!(work.hashing(NOBODY, |_| Ok::<_, Failure>(())).await.is_ok());
            assert_eq!(work.hashing.slots.available_permits(), slots);
        });
    }
}
