//! Commands that are run at events: each in a thread of its own, one event after the other.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::event::Kind;
use crate::hook::Bell;
use crate::program::{Limits, Program};

/// How many events wait for one command; more are not told to it.
const QUEUE: usize = 1024;
/// How long a command may take, and how much of what it says is logged when it fails.
const LIMITS: Limits = Limits { time: Duration::from_secs(10), output: 1024 };
/// How often it is said that events were not told.
const OFTEN: Duration = Duration::from_secs(1);
/// How many failures are remembered for whoever waits for the end.
const REMEMBERED: usize = 10;

/// The commands, and what waits for them.
pub(super) struct Commands {
    lanes: Vec<Lane>,
    runners: Arc<Bell>,
}

/// One command and its queue.
struct Lane {
    /// None: no command is run any more.
    queue: Mutex<Option<SyncSender<String>>>,
    untold: Arc<Untold>,
    failures: Arc<Mutex<Vec<String>>>,
}

/// Events that a command was not told.
struct Untold {
    kind: Kind,
    events: AtomicU64,
}

impl Commands {
    /// Commands whose runners can be waited for among those others.
    pub(super) fn start(programs: Vec<(Kind, Program)>, runners: Arc<Bell>) -> Self {
        let start = |(kind, program)| Lane::start(kind, program, Arc::clone(&runners));
        Self { lanes: programs.into_iter().map(start).collect(), runners }
    }

    pub(super) fn want(&self, kind: Kind) -> bool {
        self.lane(kind).is_some()
    }

    fn lane(&self, kind: Kind) -> Option<&Lane> {
        self.lanes.iter().find(|lane| lane.untold.kind == kind)
    }

    /// Has the command of that kind run, if there is one and its queue has room.
    pub(super) fn give(&self, kind: Kind, body: String) {
        let Some(lane) = self.lane(kind) else { return };
        match &*lock(&lane.queue) {
            Some(queue) if queue.try_send(body).is_ok() => {}
            Some(_) => lane.untold.add(),
            None => {
                lane.untold.add();
                lane.untold.say();
            }
        }
    }

    /// Waits for what was given, at most that long, stops what has not ended by then, and answers
    /// what went wrong.
    pub(super) fn finish(&self, patience: Duration) -> Vec<String> {
        for lane in &self.lanes {
            drop(lock(&lane.queue).take());
        }
        self.runners.finish(patience);
        self.lanes.iter().flat_map(|lane| std::mem::take(&mut *lock(&lane.failures))).collect()
    }
}

impl Lane {
    /// Its runner ends when nobody can give it anything any more, and what was given has run.
    fn start(kind: Kind, program: Program, runners: Arc<Bell>) -> Self {
        let (queue, waiting) = sync_channel(QUEUE);
        let (untold, failures) =
            (Arc::new(Untold { kind, events: AtomicU64::new(0) }), Arc::default());
        let (counted, told) = (Arc::clone(&untold), Arc::clone(&failures));
        let runner = Runner { program, runners, untold: counted, failures: told };
        let working = runner.runners.enter();
        std::thread::spawn(move || {
            let _working = working;
            runner.run(&waiting);
        });
        Self { queue: Mutex::new(Some(queue)), untold, failures }
    }
}

impl Untold {
    fn add(&self) {
        self.events.fetch_add(1, Ordering::Relaxed);
    }

    fn say(&self) {
        let events = self.events.swap(0, Ordering::Relaxed);
        if events > 0 {
            let kind = self.kind.name();
            tracing::warn!(
                kind,
                events,
                "a hook was not told of these events: too many waited for it, or it had ended"
            );
        }
    }
}

/// Runs one command, time and again.
struct Runner {
    program: Program,
    runners: Arc<Bell>,
    untold: Arc<Untold>,
    failures: Arc<Mutex<Vec<String>>>,
}

impl Runner {
    fn run(&self, waiting: &Receiver<String>) {
        let mut said = Instant::now();
        for body in waiting {
            if self.runners.is_stopped() {
                self.untold.add();
            } else if let Err(why) = self.once(&body) {
                self.complain(&why);
            }
            if said.elapsed() >= OFTEN {
                self.untold.say();
                said = Instant::now();
            }
        }
        self.untold.say();
    }

    fn once(&self, body: &str) -> Result<(), String> {
        let said = self.program.run_until(body.as_bytes(), &LIMITS, &|| self.runners.is_stopped());
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

    fn complain(&self, why: &str) {
        let kind = self.untold.kind.name();
        tracing::warn!(kind, error = why, "a hook failed");
        let mut failures = lock(&self.failures);
        if failures.len() < REMEMBERED {
            failures.push(format!("the hook for {kind}: {why}"));
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
        let commands = Commands::start(vec![(Kind::LoggedIn, program("sleep 5"))], Arc::default());
        for number in 0..QUEUE + 11 {
            commands.give(Kind::LoggedIn, number.to_string());
            commands.give(Kind::LoggedOut, number.to_string());
        }
        // One of them runs already, perhaps.
        let untold = commands.lanes[0].untold.events.load(Ordering::Relaxed);
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
        let commands = Commands::start(vec![(Kind::LoggedIn, program(&script))], Arc::default());
        for number in 0..5 {
            commands.give(Kind::LoggedIn, format!("{number}\n"));
        }
        let failures = commands.finish(Duration::from_secs(20));
        let failed = "the hook for logged_in: the command \"/bin/sh\" failed (exit status: 1)";
        assert_eq!(failures, [failed]);
        assert_eq!(std::fs::read_to_string(file).unwrap(), "0\n1\n2\n3\n4\n");
    }
}
