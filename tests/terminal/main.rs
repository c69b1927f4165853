//! What jot does where a person sits: prompts, colours, a spinner, on a real pseudo terminal.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "a shell needs the path of who runs the tests")]

mod interrupted;
mod keys;
mod look;
mod prompts;

use std::path::Path;
use std::process::{Command, Output};

use rexpect::session::{PtySession, spawn_command};

/// Longer than anything here takes: a test that waits for what does not come fails.
const PATIENCE: u64 = 30_000;
const PASSWORD: &str = "a long walk in the rain";

/// A folder in which somebody works.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder with a key and a user named alice.
    fn with_alice() -> Self {
        let place = Self::new();
        place.run("jot keygen");
        place.run(&format!("echo '{PASSWORD}' | jot user add alice --password-stdin"));
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn shell(&self, line: &str) -> Command {
        let jot = Path::new(env!("CARGO_BIN_EXE_jot")).parent().unwrap();
        let path = format!("{}:{}", jot.display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(self.path()).env_clear();
        command.env("PATH", path).env("HOME", self.path()).env("TERM", "xterm-256color");
        command
    }

    /// A line run without a terminal; it must end well.
    fn run(&self, line: &str) -> String {
        let output = self.output(line);
        assert!(output.status.success(), "$ {line}\n{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn output(&self, line: &str) -> Output {
        self.shell(line).stdin(std::process::Stdio::null()).output().unwrap()
    }

    /// A line on a terminal, which says `[ended N]` when jot has ended with that exit code. The
    /// shell outlives an interrupt, jot does not.
    fn terminal(&self, line: &str) -> PtySession {
        let line = format!("trap : INT; stty echo; {line}; echo \"[ended $?]\"; stty -a");
        spawn_command(self.shell(&line), Some(PATIENCE)).unwrap()
    }

    /// What a line says on a terminal, where nobody answers.
    fn shown(&self, line: &str) -> String {
        let mut session = self.terminal(line);
        let told = session.exp_string("[ended 0]").unwrap();
        session.exp_eof().unwrap();
        told
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// Answers a question as soon as it is asked, and gives what was said before it.
fn answer(session: &mut PtySession, question: &str, answer: &str) -> String {
    let before = session.exp_string(question).unwrap();
    session.send_line(answer).unwrap();
    before
}

/// Waits for the end with this exit code, and gives what was said before it.
fn ended(session: &mut PtySession, code: u8) -> String {
    session.exp_string(&format!("[ended {code}]")).unwrap()
}
