//! Commands that are run at events: each in a thread of its own, one event after the other.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::event::Kind;
use crate::program::{Limits, Program};

/// How many events wait for one command; more are not told to it.
const QUEUE: usize = 1024;
/// How long a command may take, and how much of what it says is logged when it fails.
const LIMITS: Limits = Limits { time: Duration::from_secs(10), output: 1024 };
/// How often it is said that events were not told.
const OFTEN: Duration = Duration::from_secs(1);
/// How long it takes at most to stop a command.
const STOPPING: Duration = Duration::from_secs(1);
/// How many failures are remembered for whoever waits for the end.
const REMEMBERED: usize = 10;

/// The commands, and what waits for them.
pub(super) struct Commands {
    lanes: Vec<Lane>,
    over: Arc<AtomicBool>,
}

/// One command and its queue.
struct Lane {
    kind: Kind,
    /// None: no command is run any more.
    queue: Mutex<Option<SyncSender<String>>>,
    untold: Arc<AtomicU64>,
    failures: Arc<Mutex<Vec<String>>>,
    /// Says nothing, and is closed when the last command has ended.
    end: Mutex<Receiver<()>>,
}

impl Commands {
    pub(super) fn start(programs: Vec<(Kind, Program)>) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let start = |(kind, program)| Lane::start(kind, program, Arc::clone(&over));
        Self { lanes: programs.into_iter().map(start).collect(), over }
    }

    pub(super) fn want(&self, kind: Kind) -> bool {
        self.lanes.iter().any(|lane| lane.kind == kind)
    }

    /// Has the command of that kind run, if there is one and its queue has room.
    pub(super) fn give(&self, kind: Kind, body: String) {
        let Some(lane) = self.lanes.iter().find(|lane| lane.kind == kind) else { return };
        let queue = lock(&lane.queue);
        if queue.as_ref().is_some_and(|queue| queue.try_send(body).is_err()) {
            lane.untold.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits for what was given, at most that long, stops what has not ended by then, and answers
    /// what went wrong.
    pub(super) fn finish(&self, patience: Duration) -> Vec<String> {
        for lane in &self.lanes {
            drop(lock(&lane.queue).take());
        }
        self.wait(patience);
        self.over.store(true, Ordering::Relaxed);
        self.wait(STOPPING);
        self.lanes.iter().flat_map(|lane| std::mem::take(&mut *lock(&lane.failures))).collect()
    }

    fn wait(&self, most: Duration) {
        let end = Instant::now() + most;
        for lane in &self.lanes {
            let left = end.saturating_duration_since(Instant::now());
            if lock(&lane.end).recv_timeout(left) == Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
    }
}

impl Lane {
    fn start(kind: Kind, program: Program, over: Arc<AtomicBool>) -> Self {
        let (queue, waiting) = sync_channel(QUEUE);
        let (working, end) = sync_channel(0);
        let (untold, failures) = (Arc::new(AtomicU64::new(0)), Arc::default());
        let (counted, told) = (Arc::clone(&untold), Arc::clone(&failures));
        let runner = Runner { kind, program, over, untold: counted, failures: told };
        std::thread::spawn(move || {
            runner.run(&waiting);
            drop::<SyncSender<()>>(working);
        });
        Self { kind, queue: Mutex::new(Some(queue)), untold, failures, end: Mutex::new(end) }
    }
}

/// Runs one command, time and again.
struct Runner {
    kind: Kind,
    program: Program,
    over: Arc<AtomicBool>,
    untold: Arc<AtomicU64>,
    failures: Arc<Mutex<Vec<String>>>,
}

impl Runner {
    fn run(&self, waiting: &Receiver<String>) {
        let mut said = Instant::now();
        for body in waiting {
            if self.is_over() {
                self.untold.fetch_add(1, Ordering::Relaxed);
            } else if let Err(why) = self.once(&body) {
                self.complain(&why);
            }
            if said.elapsed() >= OFTEN {
                self.say_untold();
                said = Instant::now();
            }
        }
        self.say_untold();
    }

    fn once(&self, body: &str) -> Result<(), String> {
        let said = self.program.run_until(body.as_bytes(), &LIMITS, &|| self.is_over());
        let said = said.map_err(|error| error.to_string())?;
        if said.status.success() {
            return Ok(());
        }
        let output = [said.stdout, said.stderr].concat();
        let output = String::from_utf8_lossy(output.trim_ascii()).escape_debug().to_string();
        let more = if said.more { " …" } else { "" };
        let told = if output.is_empty() { output } else { format!(": {output}{more}") };
        Err(format!("the command {} failed ({}){told}", self.program.name(), said.status))
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    fn complain(&self, why: &str) {
        let kind = self.kind.name();
        tracing::warn!(kind, error = why, "a hook failed");
        let mut failures = lock(&self.failures);
        if failures.len() < REMEMBERED {
            failures.push(format!("the hook for {kind}: {why}"));
        }
    }

    fn say_untold(&self) {
        let events = self.untold.swap(0, Ordering::Relaxed);
        if events > 0 {
            let kind = self.kind.name();
            tracing::warn!(kind, events, "a hook was not told: too many events waited for it");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(script: &str) -> Program {
        let argv = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
        Program { argv, folder: "/".into(), environment: Vec::new() }
    }

    #[test]
    fn what_does_not_fit_is_counted_and_the_end_is_not_waited_for_too_long() {
        let commands = Commands::start(vec![(Kind::LoggedIn, program("sleep 5"))]);
        for number in 0..QUEUE + 11 {
            commands.give(Kind::LoggedIn, number.to_string());
            commands.give(Kind::LoggedOut, number.to_string());
        }
        // One of them runs already, perhaps.
        let untold = commands.lanes[0].untold.load(Ordering::Relaxed);
        assert!((10..=11).contains(&untold), "{untold}");
        let failures = commands.finish(Duration::from_millis(50));
        let stopped = "was stopped: nobody waits for it any more";
        assert_eq!(failures.len(), 1);
        assert!(failures[0].ends_with(stopped), "{failures:?}");
        commands.give(Kind::LoggedIn, "after the end".into());
    }

    #[test]
    fn one_event_comes_after_the_other_and_failures_are_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("told");
        let script = format!("read x; echo $x >> {}; [ $x != 3 ]", file.display());
        let commands = Commands::start(vec![(Kind::LoggedIn, program(&script))]);
        for number in 0..5 {
            commands.give(Kind::LoggedIn, format!("{number}\n"));
        }
        let failures = commands.finish(Duration::from_secs(20));
        let failed = "the hook for logged_in: the command \"/bin/sh\" failed (exit status: 1)";
        assert_eq!(failures, [failed]);
        assert_eq!(std::fs::read_to_string(file).unwrap(), "0\n1\n2\n3\n4\n");
    }
}
