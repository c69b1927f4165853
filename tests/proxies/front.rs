//! A proxy with the README's configuration, between a client and an application, and beside `jot serve`.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::client;
use crate::http::{self, Answer};
use crate::served::{Folder, PASSWORD, Running, Served};
use crate::upstream::Upstream;

/// The user whose name needs encoding, and the name as it is passed on.
pub(crate) const USER: &str = "Zo\u{eb} \u{2603}";
pub(crate) const ENCODED: &str = "Zo%C3%AB%20%E2%98%83";
/// Where browsers see the application.
pub(crate) const ORIGIN: &str = "https://app.example";
/// The headers in which an application reads who it is.
pub(crate) const TOLD: [&str; 4] = ["jot-user", "jot-user-id", "jot-perms", "jot-session"];

/// Which proxy it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Nginx,
    Caddy,
}

pub(crate) const BOTH: [Kind; 2] = [Kind::Nginx, Kind::Caddy];

/// A proxy, and what it needs.
pub(crate) struct Front {
    pub(crate) kind: Kind,
    pub(crate) served: Served,
    pub(crate) upstream: Upstream,
    address: SocketAddr,
    _proxy: Running,
    _folder: TempDir,
}

/// A folder with the user of these tests, in which jot trusts a proxy of this machine.
pub(crate) fn folder() -> Folder {
    let folder = Folder::empty()
        .with("JOT_SERVER__TRUSTED_PROXIES", "127.0.0.1")
        .with("JOT_SERVER__PUBLIC_ORIGINS", ORIGIN)
        .with_key();
    folder.add_user(USER, PASSWORD);
    folder
}

impl Front {
    pub(crate) fn of(kind: Kind, folder: Folder) -> Self {
        Self::asking(kind, folder, "perm=news.change")
    }

    /// A proxy that asks something else of its door.
    pub(crate) fn asking(kind: Kind, folder: Folder, question: &str) -> Self {
        let (served, upstream) = (folder.serve(), Upstream::start());
        let address = free();
        let snippet = snippet(kind)
            .replace("127.0.0.1:8000", &served.address.to_string())
            .replace("127.0.0.1:3000", &upstream.address.to_string())
            .replace("perm=news.change", question);
        let folder = TempDir::new().unwrap();
        let proxy = start(kind, &snippet, (address, folder.path()));
        Self { kind, served, upstream, address, _proxy: proxy, _folder: folder }
    }

    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        client::send(self.address, http::head(method, path, headers, 0))
    }

    /// Asks with a Bearer token.
    pub(crate) fn bearing(&self, token: &str) -> Answer {
        self.ask("GET", "/", &[("authorization", &format!("Bearer {token}"))])
    }

    /// Asks as the test says it, byte by byte.
    pub(crate) fn send(&self, request: impl AsRef<[u8]>) -> Answer {
        client::send(self.address, request)
    }

    pub(crate) fn send_raw(&self, bytes: impl AsRef<[u8]>) -> String {
        client::send_raw(self.address, bytes)
    }

    /// Logs the user in, through the proxy.
    pub(crate) fn login(&self, headers: &[(&str, &str)]) -> Answer {
        let body = http::form(&[("username", USER), ("password", PASSWORD)]);
        let headers = [&[crate::served::FORM], headers].concat();
        client::send(self.address, http::head("POST", "/login/", &headers, body.len()) + &body)
    }

    /// The user's tokens: refresh, access.
    #[track_caller]
    pub(crate) fn tokens(&self) -> (String, String) {
        let answer = self.login(&[]);
        assert_eq!(answer.status, 200, "{:?} {answer:?}", self.kind);
        (answer.member("refresh"), answer.member("access"))
    }

    /// The answer is a refusal of that status and `Jot-Error`, and the application saw nothing of it.
    #[track_caller]
    pub(crate) fn refuses(&self, answer: &Answer, status: u16, error: &str) {
        let seen = self.upstream.seen();
        assert!(seen.is_empty(), "{:?} {seen:?}", self.kind);
        assert_eq!(answer.status, status, "{:?} {answer:?}", self.kind);
        assert_eq!(answer.header("jot-error"), Some(error), "{:?} {answer:?}", self.kind);
        let challenged = answer.header("www-authenticate").is_some();
        // nginx has challenges for 401 alone.
        let challenge = status == 401 || (error != "csrf" && self.kind == Kind::Caddy);
        assert_eq!(challenged, challenge, "{:?} {answer:?}", self.kind);
        if self.kind == Kind::Caddy {
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            assert!(!answer.member("detail").is_empty());
        }
    }

    /// The answer is the application's, which saw these values of [`TOLD`] and no others.
    #[track_caller]
    pub(crate) fn passes(&self, answer: &Answer, told: [&str; 4]) {
        assert_eq!(answer.status, 200, "{:?} {answer:?}", self.kind);
        assert_eq!(
            spoken(&answer.body),
            TOLD.into_iter().zip(told).collect::<Vec<_>>(),
            "{:?}",
            self.kind
        );
    }
}

/// What the application could take for a word of jot's, in order. CGI and its heirs take any
/// punctuation in a name for the same; an empty header is as good as none.
pub(crate) fn spoken(head: &str) -> Vec<(&str, &str)> {
    let lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    let lines = lines.map(|(name, value)| (name, value.trim()));
    let mut spoken: Vec<_> = lines
        .filter(|(name, _)| name.to_ascii_lowercase().starts_with("jot"))
        .map(|(name, value)| {
            let known = TOLD.into_iter().find(|told| told.eq_ignore_ascii_case(name));
            (known.unwrap_or(name), value)
        })
        .collect();
    spoken.sort_by_key(|(name, _)| TOLD.iter().position(|told| told == name));
    spoken
}

/// The README's configuration of a proxy.
fn snippet(kind: Kind) -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let fence = match kind {
        Kind::Nginx => "```nginx\n",
        Kind::Caddy => "```caddyfile\n",
    };
    let (_, rest) = readme.split_once(fence).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

/// A port that nobody listens on.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Starts a proxy in the foreground, in one process, with all its files in a folder.
fn start(kind: Kind, snippet: &str, (address, folder): (SocketAddr, &Path)) -> Running {
    let (name, text, arguments) = match kind {
        Kind::Nginx => {
            let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
            let places = places.map(|place| format!("{place}_temp_path {place};\n")).concat();
            let server = replaced(snippet, "listen 80;", &format!("listen {address};"));
            let text = format!(
                "daemon off;\nmaster_process off;\npid nginx.pid;\nevents {{}}\n\
                http {{\naccess_log off;\n{places}{server}}}\n"
            );
            ("nginx", text, vec!["-p", ".", "-e", "stderr", "-c", "configuration"])
        }
        Kind::Caddy => {
            let site = format!("http://:{} {{", address.port());
            let server = replaced(snippet, "app.example {", &site);
            let text =
                format!("{{\nadmin off\nauto_https off\ndefault_bind 127.0.0.1\n}}\n{server}");
            ("caddy", text, vec!["run", "--config", "configuration", "--adapter", "caddyfile"])
        }
    };
    fs::write(folder.join("configuration"), text).unwrap();
    let mut command = Command::new(name);
    command.args(arguments).current_dir(folder);
    command.envs(["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"].map(|name| (name, folder)));
    let log = File::create(folder.join("log")).unwrap();
    command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
    let child = command.spawn().unwrap_or_else(|error| {
        panic!("{name} is not here ({error}): run tests/run, which unpacks it")
    });
    let mut running = Running(child);
    let begun = Instant::now();
    while TcpStream::connect(address).is_err() {
        let ended = running.0.try_wait().unwrap();
        let log = || fs::read_to_string(folder.join("log")).unwrap();
        assert!(ended.is_none() && begun.elapsed() < Duration::from_secs(30), "{}", log());
        std::thread::sleep(Duration::from_millis(10));
    }
    running
}

#[track_caller]
fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{text}");
    text.replace(from, to)
}
