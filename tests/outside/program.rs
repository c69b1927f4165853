//! The built `jot`, a folder for it to work in, and the outside programs.

use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A program in a Python environment of its own, asked through `tests/outside/NAME/peer.py`.
pub(crate) struct Peer {
    name: &'static str,
    variable: &'static str,
    folder: &'static str,
}

pub(crate) const DJANGO: Peer =
    Peer { name: "Django", variable: "JOT_TEST_DJANGO_PYTHON", folder: "django" };
pub(crate) const DJWTO: Peer =
    Peer { name: "djwto", variable: "JOT_TEST_DJWTO_PYTHON", folder: "djwto" };
pub(crate) const NINJA: Peer =
    Peer { name: "django-ninja-simple-jwt", variable: "JOT_TEST_NINJA_PYTHON", folder: "ninja" };
pub(crate) const PYJWT: Peer =
    Peer { name: "PyJWT", variable: "JOT_TEST_PYJWT_PYTHON", folder: "pyjwt" };

/// A folder for one test: a home, a current directory, and variables for `jot` and the peers.
pub(crate) struct Folder {
    place: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

/// What a program answered.
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) output: Vec<u8>,
    pub(crate) errors: String,
}

impl fmt::Debug for Answer {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let output = String::from_utf8_lossy(&self.output);
        write!(to, "exit code {}\n{output}{}", self.code, self.errors)
    }
}

impl Answer {
    /// The output of a program that must have succeeded, without the last line's end.
    #[track_caller]
    pub(crate) fn text(&self) -> String {
        assert_eq!(self.code, 0, "{}", self.errors);
        String::from_utf8(self.output.clone()).unwrap().trim_end().to_owned()
    }

    /// The JSON document that it printed, whatever its exit code.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.output).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = Self { place: tempfile::tempdir().unwrap(), variables: Vec::new() };
        // Settings are looked for upward: what lies above is none of the test's business.
        folder.write("jot.toml", "");
        folder
    }

    /// The same with variables: `JOT_SECTION__KEY` for jot, or those of a peer's settings.
    pub(crate) fn with<Text: Into<String>>(
        variables: impl IntoIterator<Item = (Text, Text)>,
    ) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self { variables: variables.collect(), ..Self::new() }
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.variables.push((name.to_owned(), value.into()));
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Writes a file that only its owner can read.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
        self.set_mode(name, 0o600);
    }

    pub(crate) fn set_mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Asks jot; `arguments` is split at white space.
    pub(crate) fn jot(&self, arguments: &str) -> Answer {
        self.run(env!("CARGO_BIN_EXE_jot"), arguments.split_whitespace(), b"")
    }

    /// Asks a program on the PATH.
    pub(crate) fn ask(&self, program: &str, arguments: &str, input: impl AsRef<[u8]>) -> Answer {
        self.run(program, arguments.split_whitespace(), input.as_ref())
    }

    /// Asks a peer for its one JSON document.
    pub(crate) fn peer(&self, peer: &Peer, arguments: &[&str], input: impl AsRef<[u8]>) -> Value {
        let python = variable(peer.variable).unwrap_or_else(|| {
            panic!(
                "{} is not here ({} is not set): run tests/run, which installs it",
                peer.name, peer.variable
            )
        });
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/outside")
            .join(peer.folder)
            .join("peer.py");
        let arguments = [script.as_os_str()].into_iter().chain(arguments.iter().map(OsStr::new));
        let answer = self.run(&python, arguments, input.as_ref());
        assert_eq!(answer.code, 0, "{}: {}", peer.name, answer.errors);
        // Behind what the program itself prints.
        let text = answer.text();
        serde_json::from_str(text.lines().last().unwrap_or_default()).unwrap()
    }

    /// A program that sees this folder and nothing of whoever runs the tests.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.place.path())
            .env_clear()
            .env("PATH", variable("PATH").unwrap_or_default())
            .env("HOME", self.place.path())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    fn run<Word: AsRef<OsStr>>(
        &self,
        program: &str,
        arguments: impl IntoIterator<Item = Word>,
        input: &[u8],
    ) -> Answer {
        let mut child = self
            .command(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{program} is not here ({error}): run tests/run, which installs it")
            });
        // A program that does not read its input may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        Answer {
            code: output.status.code().unwrap_or(-1),
            output: output.stdout,
            errors: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "these are the tests' own, not settings of jot")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
