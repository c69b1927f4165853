//! A server with alice, in a cookie mode, on a port of its own, until it is dropped.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::browser::Browser;

pub(crate) const PASSWORD: &str = "seven quiet otters paint barns";

/// How long an access token lives here, in seconds.
const LIFETIME: &str = "2s";

pub(crate) const MODES: [&str; 2] = ["one-cookie", "two-cookies"];

pub(crate) struct Site {
    folder: TempDir,
    server: Option<Child>,
    /// Where browsers find it, without a last slash.
    pub(crate) origin: String,
    variables: Vec<(&'static str, &'static str)>,
}

impl Site {
    /// A site whose access tokens are over soon.
    pub(crate) fn new(mode: &'static str) -> Self {
        Self::with(mode, &[("JOT_TOKEN__ACCESS_LIFETIME", LIFETIME)])
    }

    pub(crate) fn with(mode: &'static str, variables: &[(&'static str, &'static str)]) -> Self {
        // Hashing is cheap there.
        let always = [
            ("JOT_PASSWORD__MEMORY_KIB", "128"),
            ("JOT_PASSWORD__ITERATIONS", "1"),
            ("JOT_SERVER__MODE", mode),
        ];
        let mut site = Self {
            folder: TempDir::new().unwrap(),
            server: None,
            origin: String::new(),
            variables: [&always, variables].concat(),
        };
        site.jot(&["keygen", "--alg", "ES256"], "");
        let permissions = ["--perm", "news.change", "--perm", "shop.view_order"];
        site.jot(
            &[&["user", "add", "alice", "--password-stdin"][..], &permissions].concat(),
            PASSWORD,
        );
        // Browsers trust their own machine, so that the one mode is tried in the clear.
        site.serve(if mode == "one-cookie" { &[] } else { &["--tls-self-signed"] });
        site
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jot"));
        command.args(arguments).current_dir(self.folder.path()).env_remove("JOT_SETTINGS");
        command.envs(self.variables.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command that must succeed, and answers what it printed.
    #[track_caller]
    pub(crate) fn jot(&self, arguments: &[&str], input: &str) -> String {
        let mut child = self.command(arguments).spawn().unwrap();
        _ = writeln!(child.stdin.take().unwrap(), "{input}");
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    fn serve(&mut self, arguments: &[&str]) {
        let arguments = [&["serve", "--listen", "127.0.0.1:0"], arguments].concat();
        let mut server = self.command(&arguments).spawn().unwrap();
        let mut lines = BufReader::new(server.stderr.take().unwrap()).lines().map(Result::unwrap);
        let origin = lines.find_map(|line| Some(line.strip_prefix("listening on ")?.to_owned()));
        std::thread::spawn(move || lines.for_each(drop));
        self.server = Some(server);
        self.origin = origin.expect("jot says where it listens");
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Logs alice in from the page to log in, wherever that leads to.
    #[track_caller]
    pub(crate) fn log_in(&self, browser: &Browser) {
        browser.go(&self.url("/login/"));
        submit(browser, PASSWORD);
        browser.sees("Your account");
    }

    /// How many sessions live.
    #[track_caller]
    pub(crate) fn sessions(&self) -> usize {
        self.jot(&["session", "list", "--json"], "").lines().count()
    }

    /// How often the refresh token of the only session was replaced.
    #[track_caller]
    pub(crate) fn generation(&self) -> u64 {
        let session: serde_json::Value =
            serde_json::from_str(&self.jot(&["session", "list", "--json"], "")).unwrap();
        session["generation"].as_u64().unwrap()
    }
}

/// Fills in and sends the form to log in.
#[track_caller]
pub(crate) fn submit(browser: &Browser, password: &str) {
    browser.type_into("#username", "alice");
    browser.type_into("#password", password);
    browser.press("button");
}

/// Waits until the access token is over.
pub(crate) fn until_access_is_over() {
    std::thread::sleep(Duration::from_millis(3100));
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            _ = server.kill();
            _ = server.wait();
        }
    }
}
