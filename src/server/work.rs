//! Work that would hold up the connections: the store, signatures, and above all passwords. Each
//! kind has a line of its own, short in threads and in time, so that a flood of one does not stop
//! the other and costs no more than its line.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use prometheus_client::metrics::histogram::Histogram;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::authority::Hasher;
use crate::error::{Code, Error, Result};
use crate::server::metrics::Metrics;
use crate::server::slots::Slots;

/// How many threads the work takes at most, and four to spare: for one that is about to end, for a
/// reload, for a look at the certificate's files and for one exposition of the metrics.
pub const THREADS: usize = HASHING + LOOKING + CHANGING + 4;

/// How many passwords are hashed at a time, at most: each takes a core and, by default, 19 MiB.
const HASHING: usize = 4;
/// How many logins may wait for that. More would wait longer than a person does.
const HASHING_WAITS: usize = 64;
/// How many of them may come from one network, so that no one network fills the line. Behind a
/// proxy that is not trusted, that is all there are.
const HASHING_EACH: usize = 16;
/// How many requests may look into the store at a time.
const LOOKING: usize = 8;
/// How many may change what it keeps, and sign what comes of that: they wait for each other, for
/// other processes, and for a command that prints claims.
const CHANGING: usize = 8;
/// How many may wait for either: one of every connection there can sensibly be.
const WAITS: usize = 4096;
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

/// What work is for, if it hashes no password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// To look at what is kept.
    Looking,
    /// To change it, or perhaps.
    Changing,
}

/// How it stands with a line.
pub(super) struct Load {
    pub(super) name: &'static str,
    pub(super) running: usize,
    pub(super) waiting: usize,
}

/// The lines in which requests wait.
pub(super) struct Work {
    hashing: Line,
    networks: Arc<Slots>,
    looking: Line,
    changing: Line,
    hashers: Arc<Mutex<Vec<Hasher>>>,
}

impl Work {
    /// Lines in which nobody waits yet. How long each turn is waited for is counted.
    pub(super) fn new(metrics: &Metrics) -> Self {
        // One core stays free for everything else.
        let cores = available_parallelism().map_or(1, usize::from);
        let hashing = (cores - 1).clamp(1, HASHING);
        Self {
            hashing: Line::new("hashing", (hashing, HASHING_WAITS), metrics),
            networks: Slots::new(HASHING + HASHING_WAITS, HASHING_EACH),
            looking: Line::new("looking", (LOOKING, WAITS), metrics),
            changing: Line::new("changing", (CHANGING, WAITS), metrics),
            hashers: Arc::default(),
        }
    }

    /// Does work that hashes a password. The memory for that is kept while logins wait, and given
    /// back with the last of them. The turn passes on when the password is hashed, if the line for
    /// changes has room for what is left to do.
    pub(super) async fn hashing<T: Send + 'static, E: From<Failure> + Send + 'static>(
        &self,
        from: IpAddr,
        work: impl FnOnce(&mut Hasher) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let _slot = self.networks.take(from).ok_or(Failure::Busy)?;
        let turn = self.hashing.turn().await?;
        let (line, changing) = (self.hashing.clone(), self.changing.clone());
        let (hashers, turn) = (Arc::clone(&self.hashers), Arc::new(Mutex::new(turn)));
        aside(Arc::clone(&turn), move || {
            let hasher = locked(&hashers).pop().unwrap_or_default();
            let mut hasher = hasher.lent(move |hasher| {
                if line.somebody_waits() {
                    locked(&hashers).push(hasher);
                } else {
                    locked(&hashers).clear();
                }
                if let Some(other) = changing.turn_at_once() {
                    *locked(&turn) = other;
                }
            });
            let done = work(&mut hasher);
            hasher.rest();
            done
        })
        .await
    }

    /// How it stands with each line.
    pub(super) fn loads(&self) -> [Load; 3] {
        [self.hashing.load(), self.looking.load(), self.changing.load()]
    }

    /// Does any other work.
    pub(super) async fn doing<T: Send + 'static, E: From<Failure> + Send + 'static>(
        &self,
        what: What,
        work: impl FnOnce() -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let line = match what {
            What::Looking => &self.looking,
            What::Changing => &self.changing,
        };
        aside(line.turn().await?, work).await
    }
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does work on another thread. The turn is over when the work is, even if nobody waits for its
/// outcome any more.
async fn aside<T: Send + 'static, E: From<Failure> + Send + 'static>(
    turn: impl Send + 'static,
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    // What is logged there says of which request it is, as elsewhere.
    let span = tracing::Span::current();
    let working = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        span.in_scope(work)
    });
    let broke_off = |_| Error::new(Code::Failed, "the work for a request broke off");
    working.await.unwrap_or_else(|error| Err(Failure::Broken(broke_off(error)).into()))
}

/// So many at a time, and so many more who wait for it.
#[derive(Clone)]
struct Line {
    name: &'static str,
    places: Arc<Semaphore>,
    slots: Arc<Semaphore>,
    /// How many places and slots there are.
    most: (usize, usize),
    waited: Histogram,
}

/// Given back when dropped.
struct Turn {
    _slot: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

impl Line {
    fn new(name: &'static str, (slots, waits): (usize, usize), metrics: &Metrics) -> Self {
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        let most = (slots + waits, slots);
        let waited = metrics.waits.get_or_create_owned(&[("line", name)]);
        Self { name, places: semaphore(most.0), slots: semaphore(slots), most, waited }
    }

    async fn turn(&self) -> Result<Turn, Failure> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Failure::Busy)?;
        let slot = Arc::clone(&self.slots).acquire_owned();
        let begun = Instant::now();
        let slot = tokio::time::timeout(PATIENCE, slot).await;
        self.waited.observe(begun.elapsed().as_secs_f64());
        match slot {
            Ok(Ok(slot)) => Ok(Turn { _slot: slot, _place: place }),
            _ => Err(Failure::Busy),
        }
    }

    /// A turn, if there is one without waiting.
    fn turn_at_once(&self) -> Option<Turn> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let slot = Arc::clone(&self.slots).try_acquire_owned().ok()?;
        Some(Turn { _slot: slot, _place: place })
    }

    fn somebody_waits(&self) -> bool {
        self.load().waiting > 0
    }

    fn load(&self) -> Load {
        let (places, slots) = self.most;
        let running = slots.saturating_sub(self.slots.available_permits());
        let all = places.saturating_sub(self.places.available_permits());
        Load { name: self.name, running, waiting: all.saturating_sub(running) }
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
            let line = Line::new("line", (1, 1), &Metrics::default());
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
            let line = Line::new("line", (1, 0), &Metrics::default());
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
            let work = Work::new(&Metrics::default());
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
            let work = Work::new(&Metrics::default());
            let failed = work.hashing::<(), Failure>(NOBODY, |_| panic!("as a test does")).await;
            assert!(matches!(failed, Err(Failure::Broken(_))));
            let slots = work.hashing.slots.available_permits();
            assert!(work.hashing(NOBODY, |_| Ok::<_, Failure>(())).await.is_ok());
            assert_eq!(work.hashing.slots.available_permits(), slots);
        });
    }
}
