//! A folder with a key, a store and a user, and a server that runs on them until it is dropped.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, ExitStatus, Output, Stdio};
use std::thread::JoinHandle;

use jot::clock::{Clock, System};
use jot::json::{Json, MAX_DEPTH};
use jot::key::{TooOpen, Wanted, read_file};
use tempfile::TempDir;

use crate::http::{self, Answer, form};

/// Alice's password.
pub(crate) const PASSWORD: &str = "seven quiet otters paint barns";
pub(crate) const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
pub(crate) const JSON: (&str, &str) = ("content-type", "application/json");
pub(crate) const WRONG: &str = r#"{"error": "{\"__all__\": [\"Please enter a correct username and password. Note that both fields may be case-sensitive.\"]}"}"#;
pub(crate) const VALID: &str = r#"{"msg": "Token is valid"}"#;

/// A folder in which jot runs.
pub(crate) struct Folder {
    pub(crate) path: TempDir,
    variables: Vec<(&'static str, &'static str)>,
}

/// A folder in which a server runs.
pub(crate) struct Served {
    pub(crate) folder: Folder,
    pub(crate) child: Running,
    pub(crate) address: SocketAddr,
    /// What it said of itself: http or https.
    pub(crate) scheme: String,
    log: JoinHandle<Vec<String>>,
}

impl Folder {
    /// An empty one. Hashing is cheap there.
    pub(crate) fn empty() -> Self {
        let cheap = [("JOT_PASSWORD__MEMORY_KIB", "128"), ("JOT_PASSWORD__ITERATIONS", "1")];
        Self { path: TempDir::new().unwrap(), variables: cheap.to_vec() }
    }

    /// One with a key and alice.
    pub(crate) fn ready() -> Self {
        Self::empty().with_key().with_alice()
    }

    pub(crate) fn with_key(self) -> Self {
        self.run(&["keygen", "--alg", "ES256"], "");
        self
    }

    pub(crate) fn with_alice(self) -> Self {
        self.add_user("alice", PASSWORD);
        self
    }

    /// With a setting that commands and the server see.
    pub(crate) fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.retain(|(seen, _)| *seen != name);
        self.variables.push((name, value));
        self
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.path().join(name)
    }

    pub(crate) fn add_user(&self, name: &str, password: &str) {
        self.run(&["user", "add", name, "--perm", "news.change", "--password-stdin"], password);
    }

    pub(crate) fn jot(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jot"));
        command.args(arguments).current_dir(self.path.path());
        command.envs(self.variables.iter().copied()).env_remove("JOT_SETTINGS");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn told(&self, arguments: &[&str], input: &str) -> Output {
        told(&mut self.jot(arguments), input)
    }

    /// Runs a command that must succeed, and answers what it printed.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> String {
        let output = self.told(arguments, input);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// A token of this folder's key with these claims.
    pub(crate) fn sign(&self, claims: &str) -> String {
        let wanted = Wanted { algs: &[], passphrase: None };
        let file = self.file("jwt-signing.pem");
        let keys = read_file(&file, &wanted, TooOpen::Refuse).unwrap().keys;
        jot::jws::sign("JWT", &Json::read(claims, MAX_DEPTH).unwrap(), &keys[0]).unwrap()
    }

    pub(crate) fn serve(self) -> Served {
        self.serve_on("127.0.0.1:0")
    }

    pub(crate) fn serve_on(self, listen: &str) -> Served {
        let command = self.jot(&["serve", "--listen", listen]);
        self.serve_by(command)
    }

    /// A server whose stderr nobody reads after the first line.
    pub(crate) fn serve_unread(self) -> Served {
        let command = self.jot(&["serve", "--listen", "127.0.0.1:0"]);
        self.started(command).0
    }

    /// Starts a server by a command of one's own.
    pub(crate) fn serve_by(self, command: Command) -> Served {
        let (served, stderr) = self.started(command);
        let lines = || stderr.lines().map(Result::unwrap).collect();
        Served { log: std::thread::spawn(lines), ..served }
    }

    fn started(self, mut command: Command) -> (Served, BufReader<ChildStderr>) {
        let mut child = Running(command.spawn().unwrap());
        let mut stderr = BufReader::new(child.0.stderr.take().unwrap());
        let mut first = String::new();
        stderr.read_line(&mut first).unwrap();
        let url = first.trim_end().strip_prefix("listening on ");
        let (scheme, address) = url.and_then(|url| url.split_once("://")).unwrap_or_else(|| {
            panic!("{first}");
        });
        let (scheme, address) = (scheme.to_owned(), address.parse().unwrap());
        let log = std::thread::spawn(Vec::new);
        (Served { folder: self, child, address, scheme, log }, stderr)
    }
}

impl Served {
    /// A server in a folder with a key and alice.
    pub(crate) fn ready() -> Self {
        Folder::ready().serve()
    }

    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        http::send(self.address, &http::head(method, path, headers, 0), b"")
    }

    pub(crate) fn post(&self, path: &str, kind: (&str, &str), body: impl AsRef<[u8]>) -> Answer {
        let body = body.as_ref();
        http::send(self.address, &http::head("POST", path, &[kind], body.len()), body)
    }

    pub(crate) fn login(&self, name: &str, password: &str) -> Answer {
        self.post("/login/", FORM, form(&[("username", name), ("password", password)]))
    }

    /// Alice's tokens: refresh, access.
    #[track_caller]
    pub(crate) fn tokens(&self) -> (String, String) {
        let answer = self.login("alice", PASSWORD);
        assert_eq!(answer.status, 200, "{answer:?}");
        (answer.member("refresh"), answer.member("access"))
    }

    pub(crate) fn validate(&self, token: &str) -> Answer {
        self.authorized(&format!("Bearer {token}"))
    }

    pub(crate) fn authorized(&self, value: &str) -> Answer {
        self.ask("POST", "/validate_access/", &[("authorization", value)])
    }

    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.0.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Waits for the server's end; how it ended, and what it logged.
    pub(crate) fn ended(mut self) -> (ExitStatus, Vec<String>) {
        let status = self.child.0.wait().unwrap();
        (status, self.log.join().unwrap())
    }

    /// Stops the server as an operator does, and answers its log.
    pub(crate) fn stopped(self) -> Vec<String> {
        self.stopped_in().1
    }

    /// The same, and the folder that it ran in.
    pub(crate) fn stopped_in(mut self) -> (Folder, Vec<String>) {
        self.signal("TERM");
        let status = self.child.0.wait().unwrap();
        let log = self.log.join().unwrap();
        assert!(status.success(), "{status}: {log:?}");
        (self.folder, log)
    }
}

/// A process that does not outlive its test.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

/// Runs a command to its end.
pub(crate) fn told(command: &mut Command, input: &str) -> Output {
    let mut child = command.spawn().unwrap();
    // A command that asks for nothing may have ended already.
    _ = writeln!(child.stdin.take().unwrap(), "{input}");
    child.wait_with_output().unwrap()
}

pub(crate) fn now() -> i64 {
    System.now()
}
