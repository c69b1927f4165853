//! Servers that are measured.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::process::{Folder, JOT, status};

/// jot's server, until it is dropped.
pub(crate) fn jot(folder: &Folder) -> Serving {
    let mut server = folder.command(JOT);
    server.args(["serve", "--listen", "127.0.0.1:0"]);
    Serving::start(server, |line| line.strip_prefix("listening on http://").map(str::to_owned))
}

/// The same under TLS, with the certificate that lies in the folder.
pub(crate) fn encrypted(folder: &Folder) -> Serving {
    let mut server = folder.command(JOT);
    server.args(["serve", "--listen", "127.0.0.1:0"]);
    server.args(["--tls-cert", "server.crt", "--tls-key", "server.key"]);
    Serving::start(server, |line| line.strip_prefix("listening on https://").map(str::to_owned))
}

/// The real djwto with our key, in a project as Django makes one, under gunicorn: two workers,
/// connections that are kept.
pub(crate) fn djwto(folder: &Folder) -> Option<Serving> {
    let project = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/outside/djwto");
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/target/outside/venv/djwto/bin/python");
    #[expect(clippy::disallowed_methods, reason = "a bench has no settings")]
    let python = std::env::var("JOT_TEST_DJWTO_PYTHON").unwrap_or_else(|_| own.to_owned());
    Path::new(&python).exists().then_some(())?;
    let mut server = folder.command(&python);
    let key = |name: &str| std::fs::read_to_string(folder.path(name)).unwrap();
    server
        .args(["-m", "gunicorn", "--bind", "127.0.0.1:0", "--workers", "2"])
        .args(["--worker-class", "gthread", "--threads", "4", "--keep-alive", "60"])
        .args(["--chdir", project, "wsgi"])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("DJWTO_PROJECT", "default")
        .env("DJWTO_ALGORITHM", "RS256")
        .env("DJWTO_SIGNING_KEY", key("jwt-signing.pem"))
        .env("DJWTO_VERIFYING_KEY", key("jwt-signing.pub"));
    Some(Serving::start(server, |line| {
        let rest = line.split_once("Listening at: http://")?.1;
        rest.split(' ').next().map(str::to_owned)
    }))
}

/// A server that runs until it is dropped.
pub(crate) struct Serving {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Serving {
    /// Starts a server, which says on standard error where it listens.
    fn start(mut command: Command, address: impl Fn(&str) -> Option<String>) -> Self {
        let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let told = lines.by_ref().map(Result::unwrap).find_map(|line| address(&line)).unwrap();
        // What it says later goes nowhere, and must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address: told.parse().unwrap() }
    }

    /// How many files it has open, sockets among them.
    pub(crate) fn open_files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.process.id())).unwrap().count()
    }

    /// The most that it was seen to hold while something is done, in MiB.
    pub(crate) fn resident_while<T>(&self, act: impl FnOnce() -> T) -> (T, f64) {
        let over = AtomicBool::new(false);
        let watch = || {
            let mut most = 0.0_f64;
            while !over.load(Ordering::Relaxed) {
                most = most.max(status(self.process.id(), "VmRSS:").unwrap_or(f64::NAN) / 1024.0);
                std::thread::sleep(Duration::from_millis(50));
            }
            most
        };
        std::thread::scope(|scope| {
            let watching = scope.spawn(watch);
            let done = act();
            over.store(true, Ordering::Relaxed);
            (done, watching.join().unwrap())
        })
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Gunicorn ends its workers with itself only if it is asked to.
        let asked = Command::new("kill").arg(self.process.id().to_string()).status();
        if asked.is_err() {
            self.process.kill().unwrap();
        }
        self.process.wait().unwrap();
    }
}
