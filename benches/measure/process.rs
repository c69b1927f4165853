//! The programs that are measured, in a folder that is gone afterwards.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// jot as it is delivered.
pub(crate) const JOT: &str = env!("CARGO_BIN_EXE_jot");

/// What to do where the rivals are missing.
pub(crate) const NO_JWT: &str = "not measured: jwt-cli is missing: cargo install jwt-cli --version 6.2.0, or JOT_BENCH_JWT names it";
pub(crate) const NO_OPENSSL: &str =
    "not measured: openssl is missing: install it from the system's packages";
const NO_VALGRIND: &str =
    "not measured: valgrind is missing: install it from the system's packages";

/// The other programs, each where it was found.
pub(crate) struct Rivals {
    pub(crate) jwt: Result<String, ()>,
    pub(crate) openssl: Result<String, ()>,
    has_valgrind: bool,
}

impl Rivals {
    pub(crate) fn found() -> Self {
        #[expect(clippy::disallowed_methods, reason = "a bench has no settings")]
        let jwt = std::env::var("JOT_BENCH_JWT").unwrap_or_else(|_| "jwt".to_owned());
        let says = |program: &str, question: &str, answer: &str| {
            let output = Command::new(program).arg(question).output();
            output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).starts_with(answer))
        };
        Self {
            jwt: says(&jwt, "--version", "jwt 6.").then_some(jwt).ok_or(()),
            openssl: says("openssl", "version", "OpenSSL").then(|| "openssl".to_owned()).ok_or(()),
            has_valgrind: says("valgrind", "--version", "valgrind"),
        }
    }

    /// How many instructions a command takes from its first to its last, the loader's included.
    pub(crate) fn instructions(
        &self,
        folder: &Folder,
        program: &str,
        arguments: &[&str],
    ) -> Result<f64, &'static str> {
        if !self.has_valgrind {
            return Err(NO_VALGRIND);
        }
        let valgrind = ["--tool=callgrind", "--callgrind-out-file=/dev/null", program];
        let output = folder.command("valgrind").args(valgrind).args(arguments).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        let count = told.lines().find_map(|line| line.split_once("Collected :"));
        count
            .and_then(|(_, count)| count.trim().parse().ok())
            .ok_or("not measured: valgrind ran and did not say how many")
    }
}

/// A folder with what a command needs.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        // Not in a folder for temporary files, which may lie in memory: rows must reach a disk.
        Self(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    /// What jot prints, which must succeed.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(JOT).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Runs another program, which must succeed.
    pub(crate) fn other(&self, program: &str, arguments: &[&str]) {
        let output = self.command(program).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// How long a server takes until it listens, in milliseconds, and what it then holds, in KiB.
    pub(crate) fn serve(&self) -> (f64, f64) {
        let start = Instant::now();
        let mut server = self.command(JOT);
        server.args(["serve", "--listen", "127.0.0.1:0"]).stderr(Stdio::piped());
        let mut server = server.spawn().unwrap();
        let lines = BufReader::new(server.stderr.take().unwrap()).lines();
        let ready = lines.map(Result::unwrap).any(|line| line.contains("listening on"));
        let taken = start.elapsed().as_secs_f64() * 1000.0;
        assert!(ready, "the server ended");
        sleep(Duration::from_millis(100));
        let resident = status(server.id(), "VmRSS:").unwrap_or(f64::NAN);
        server.kill().unwrap();
        server.wait().unwrap();
        (taken, resident)
    }

    /// The most that a command ever held, in KiB, as far as it was seen.
    pub(crate) fn peak(&self, arguments: &[&str]) -> Option<f64> {
        let mut running = self.command(JOT);
        let mut running = running.args(arguments).stdout(Stdio::null()).spawn().unwrap();
        let mut peak = None;
        while running.try_wait().unwrap().is_none() {
            peak = status(running.id(), "VmHWM:").or(peak);
            sleep(Duration::from_millis(1));
        }
        peak
    }

    /// A program that runs in the folder.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.0.path()).stdin(Stdio::null());
        // Whoever measures has settings, and cargo names folders to look for libraries in: both
        // would be measured too.
        command.env_clear().envs(std::env::vars_os().filter(|(name, _)| name == "PATH"));
        command
    }
}

/// A line of a process's status, which Linux keeps.
pub(crate) fn status(process: u32, name: &str) -> Option<f64> {
    let text = std::fs::read_to_string(Path::new("/proc").join(process.to_string()).join("status"));
    let text = text.ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    value.split_whitespace().next()?.parse().ok()
}
