//! Commands that the settings name: how one is started, and how one runs within limits, so that
//! whoever waits for it waits a bounded time for a bounded answer.
//!
//! No shell is involved. A command runs in a process group of its own, and what it left running
//! there ends with it.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::ioctl_fionbio;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use crate::error::{Code, Error, Result};

mod fault;

/// How often it is asked whether a silent command has ended.
const PAUSE: Duration = Duration::from_millis(10);
/// How much is read at a time before the clock is looked at again: more than a pipe holds.
const TURN: u64 = 256 << 10;

/// A command that somebody approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// The folder it runs in, that of whoever approved it: not the one that jot happens to be
    /// called from, where a program of the same name may lie.
    pub folder: PathBuf,
    /// All of its environment.
    pub environment: Vec<(String, String)>,
}

/// How long a run may take, and how much of what it says is kept.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// After that it is killed, with its group.
    pub time: Duration,
    /// So many bytes of each stream.
    pub output: usize,
}

/// What came of a run.
#[derive(Debug)]
pub struct Said {
    /// How it ended.
    pub status: ExitStatus,
    /// What it printed, as far as the limit goes.
    pub stdout: Vec<u8>,
    /// What it complained of, as far as the limit goes.
    pub stderr: Vec<u8>,
    /// It said more than the limit.
    pub more: bool,
}

/// A command as it is started: a bare name is looked for in PATH, a path starts from `folder`.
/// None: it names no program.
pub fn command(argv: &[String], folder: &Path) -> Option<Command> {
    let (program, arguments) = argv.split_first()?;
    let program = if program.contains('/') { folder.join(program) } else { PathBuf::from(program) };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    Some(command)
}

impl Program {
    /// The program, as a message quotes it. Its arguments may hold what is nobody's business.
    pub fn name(&self) -> String {
        let program = self.argv.first().map(String::as_str).unwrap_or_default();
        format!("\"{}\"", program.escape_debug())
    }

    /// Runs it to its end, with `input` for it to read. It need not read it.
    pub fn run(&self, input: &[u8], limits: &Limits) -> Result<Said> {
        self.run_until(input, limits, &|| false)
    }

    /// The same; it is stopped as soon as `is_over`.
    pub fn run_until(
        &self,
        input: &[u8],
        limits: &Limits,
        is_over: &dyn Fn() -> bool,
    ) -> Result<Said> {
        let failed = |why: String| {
            Error::new(Code::CommandFailed, format!("the command {} {why}", self.name()))
        };
        let cannot = |error: std::io::Error| failed(format!("cannot be run: {}", error.kind()));
        let mut command =
            command(&self.argv, &self.folder).ok_or_else(|| failed("is empty".to_owned()))?;
        command.env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.process_group(0).spawn().map_err(cannot)?;
        let mut group = Group { child, ended: false };
        let child = &mut group.child;
        let mut feed = Feed { pipe: child.stdin.take(), rest: input };
        let mut heard = (Heard::new(child.stdout.take()), Heard::new(child.stderr.take()));
        feed.pipe.iter().try_for_each(unblock).map_err(cannot)?;
        heard.0.pipe.iter().try_for_each(unblock).map_err(cannot)?;
        heard.1.pipe.iter().try_for_each(unblock).map_err(cannot)?;
        let end = Instant::now() + limits.time;
        loop {
            // Asked before the pipes are read, so that nothing that it said is left in them.
            let has_ended = group.has_ended();
            feed.give();
            heard.0.take(limits.output);
            heard.1.take(limits.output);
            if has_ended {
                break;
            }
            let left = end.saturating_duration_since(Instant::now());
            if is_over() {
                return Err(failed("was stopped: nobody waits for it any more".to_owned()));
            }
            if left.is_zero() {
                let seconds = limits.time.as_secs();
                return Err(failed(format!("was stopped: it took longer than {seconds} s")));
            }
            wait(&feed, (&heard.0, &heard.1), left.min(PAUSE));
        }
        let more = heard.0.more || heard.1.more;
        let status = group.end().map_err(cannot)?;
        Ok(Said { status, stdout: heard.0.kept, stderr: heard.1.kept, more })
    }
}

/// A child that leads a process group, which does not outlive this.
struct Group {
    child: Child,
    ended: bool,
}

impl Group {
    /// The child has ended; until it is waited for, nobody else has its number.
    fn has_ended(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        !matches!(waitid(WaitId::Pid(Pid::from_child(&self.child)), options), Ok(None))
    }

    fn end(&mut self) -> std::io::Result<ExitStatus> {
        self.ended = true;
        // An error means that nobody is left.
        _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        self.child.wait()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.ended {
            _ = self.end();
        }
    }
}

/// What is still to be read by the child.
struct Feed<'a> {
    pipe: Option<ChildStdin>,
    rest: &'a [u8],
}

impl Feed<'_> {
    fn give(&mut self) {
        while let Some(pipe) = self.pipe.as_mut().filter(|_| !self.rest.is_empty()) {
            match pipe.write(self.rest) {
                Ok(written) => self.rest = &self.rest[written..],
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                // It does not want to know.
                Err(_) => break,
            }
        }
        self.pipe = None;
    }
}

/// What the child says on one stream.
struct Heard<R> {
    pipe: Option<R>,
    kept: Vec<u8>,
    more: bool,
}

impl<R: Read> Heard<R> {
    fn new(pipe: Option<R>) -> Self {
        Self { pipe, kept: Vec::new(), more: false }
    }

    /// Reads what is there, and keeps it as far as the limit goes: who says too much is not held
    /// up by a full pipe.
    fn take(&mut self, limit: usize) {
        let Some(pipe) = &mut self.pipe else { return };
        let mut turn = Vec::new();
        let is_over = match pipe.take(TURN).read_to_end(&mut turn) {
            Ok(read) => (read as u64) < TURN,
            Err(error) => error.kind() != ErrorKind::WouldBlock,
        };
        let room = limit.saturating_sub(self.kept.len()).min(turn.len());
        self.kept.extend_from_slice(&turn[..room]);
        self.more |= room < turn.len();
        if is_over {
            self.pipe = None;
        }
    }
}

fn unblock(pipe: &impl AsFd) -> std::io::Result<()> {
    Ok(ioctl_fionbio(pipe, true)?)
}

/// Waits until there is something to read or room to write, at most that long.
fn wait<A: AsFd, B: AsFd>(feed: &Feed<'_>, heard: (&Heard<A>, &Heard<B>), most: Duration) {
    let mut pipes = Vec::with_capacity(3);
    pipes.extend(feed.pipe.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::OUT)));
    pipes.extend(heard.0.pipe.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::IN)));
    pipes.extend(heard.1.pipe.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::IN)));
    let most = Timespec::try_from(most).unwrap_or_default();
    // An error, such as a signal, is as good as a turn.
    _ = poll(&mut pipes, Some(&most));
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { time: Duration::from_secs(5), output: 1000 };

    fn sh(script: &str) -> Program {
        let argv = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
        let path = "/usr/local/bin:/usr/bin:/bin";
        let environment = vec![("PATH".to_owned(), path.to_owned())];
        Program { argv, folder: "/".into(), environment }
    }

    #[test]
    fn what_it_reads_and_says_goes_through() {
        let input = "x".repeat(300_000);
        let said = sh("cat | wc -c; echo no >&2; exit 3").run(input.as_bytes(), &LIMITS).unwrap();
        assert_eq!(said.status.code(), Some(3));
        assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), "300000");
        assert_eq!((said.stderr.as_slice(), said.more), (&b"no\n"[..], false));
    }

    #[test]
    fn it_sees_no_environment_but_its_own_and_need_not_read() {
        let said = sh("exec env").run(&vec![0; 300_000], &LIMITS).unwrap();
        let text = String::from_utf8(said.stdout).unwrap();
        let names: Vec<_> = text.lines().map(|line| line.split('=').next().unwrap()).collect();
        assert!(names.iter().all(|name| ["PATH", "PWD", "OLDPWD", "SHLVL", "_"].contains(name)));
    }

    #[test]
    fn a_flood_is_cut_off() {
        let said = sh("head -c 3000000 /dev/zero").run(b"", &LIMITS).unwrap();
        assert!(said.status.success());
        assert_eq!((said.stdout.len(), said.more), (1000, true));
    }

    #[test]
    fn who_takes_too_long_is_stopped_with_all_that_it_started() {
        let limits = Limits { time: Duration::from_millis(200), ..LIMITS };
        let began = Instant::now();
        for script in ["sleep 60", "sleep 60 & wait", "cat /dev/zero", "exec >&- 2>&-; sleep 60"] {
            let error = sh(script).run(b"", &limits).unwrap_err();
            assert_eq!(error.code(), Code::CommandFailed);
        }
        assert!(began.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn what_is_left_behind_holds_nobody_up_and_ends_too() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("alive");
        let script = format!("(sleep 0.5; touch {}) & echo done", file.display());
        let began = Instant::now();
        assert_eq!(sh(&script).run(b"", &LIMITS).unwrap().stdout, b"done\n");
        assert!(began.elapsed() < Duration::from_millis(400));
        std::thread::sleep(Duration::from_secs(1));
        assert!(!file.exists());
    }

    #[test]
    fn what_cannot_be_run_is_told_without_its_arguments() {
        let argv = vec!["/none/such".to_owned(), "secret".to_owned()];
        let program = Program { argv, folder: "/".into(), environment: Vec::new() };
        let error = program.run(b"", &LIMITS).unwrap_err().to_string();
        assert_eq!(error, "the command \"/none/such\" cannot be run: entity not found");
        let empty = Program { argv: Vec::new(), ..program };
        assert_eq!(empty.run(b"", &LIMITS).unwrap_err().code(), Code::CommandFailed);
    }
}
