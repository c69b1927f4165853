//! Class 32: secrets and tokens are in no log, no command line, no message and no core dump.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::http::form;
use crate::served::{FORM, Folder, JSON, PASSWORD, Running};
use crate::target::shell;

/// Everything that was said, and everything that must not be in it.
struct Run {
    said: Vec<u8>,
    secrets: Vec<String>,
}

impl Run {
    /// Looks for every secret in what was said.
    fn judged(&self) {
        let said = String::from_utf8_lossy(&self.said);
        for secret in &self.secrets {
            assert!(secret.len() > 11, "{secret} would be found by chance");
            assert!(!said.contains(secret), "{secret} was told:\n{said}");
        }
    }

    /// A command; its stdout is an answer and not looked at.
    fn ask(&mut self, folder: &Folder, arguments: &[&str], input: &str) -> String {
        let output = folder.told(arguments, input);
        self.said.extend(output.stderr);
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// A token, and the signature by itself.
    fn keep(&mut self, token: String) -> String {
        self.secrets.extend(token.rsplit('.').next().map(str::to_owned));
        self.secrets.push(token.clone());
        token
    }
}

#[test]
fn c32_no_secret_and_no_token_is_logged() {
    let mut run =
        Run { said: Vec::new(), secrets: vec![PASSWORD.into(), "not quite otters".into()] };
    let folder = Folder::empty().with("JOT_EVENTS__RECORD", "token_validated,access_refreshed");
    run.ask(&folder, &["-v", "keygen", "--alg", "ES256"], "");
    let pem = fs::read_to_string(folder.file("jwt-signing.pem")).unwrap();
    run.secrets.extend(pem.lines().filter(|line| line.len() > 40).map(str::to_owned));
    run.ask(&folder, &["-v", "user", "add", "alice", "--password-stdin"], PASSWORD);
    let secret = run.ask(&folder, &["-v", "client", "add", "billing"], "");
    run.secrets.push(secret.clone());
    let command = folder.jot(&["-v", "serve", "--listen", "127.0.0.1:0"]);
    let served = folder.serve_by(command);
    served.login("alice", "not quite otters");
    let (refresh, access) = served.tokens();
    let (refresh, access) = (run.keep(refresh), run.keep(access));
    let cut = format!("{}A", &access[..access.len() - 2]);
    for token in [&access, &refresh, &cut, &run.keep(format!("{access}x"))] {
        served.validate(token);
        served.ask("GET", &format!("/auth/verify?token={token}"), &[]);
        served.ask("GET", "/auth/verify", &[("cookie", &format!("jwt_access={token}"))]);
        served.ask("GET", &format!("/{token}"), &[("referer", token)]);
        served.post("/login/", JSON, format!("{{\"username\":\"alice\",\"x\":\"{token}\""));
    }
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
        ("client_id", "billing"),
        ("client_secret", secret.as_str()),
    ];
    let answer = served.post("/oauth/token", FORM, form(&fields));
    let next = run.keep(answer.member("refresh_token"));
    for command in [&["-v", "validate", "-"][..], &["-v", "refresh", "-"], &["-v", "revoke", "-"]] {
        for token in [&next, &refresh, &cut] {
            run.ask(&served.folder, command, token);
        }
    }
    let told = run.ask(&served.folder, &["events"], "");
    let settings = run.ask(&served.folder, &["settings", "show"], "");
    let doctor = run.ask(&served.folder, &["doctor"], "");
    run.said.extend(fs::read(format!("/proc/{}/cmdline", served.child.0.id())).unwrap());
    // Root alone can still read it.
    let environment = fs::read(format!("/proc/{}/environ", served.child.0.id()));
    run.said.extend(environment.unwrap_or_default());
    run.said.extend([told, settings, doctor].concat().bytes());
    let log = served.stopped();
    assert!(log.len() > 20, "{log:?}");
    run.said.extend(log.join("\n").bytes());
    run.judged();
    assert!(String::from_utf8_lossy(&run.said).contains("alice"), "it was listened to");
}

#[test]
fn c32_no_core_is_dumped() {
    let folder = Folder::ready();
    let mut started =
        shell(&folder, "ulimit -c unlimited 2>/dev/null; exec \"$0\" serve --listen 127.0.0.1:0");
    started.env("JOT_SERVER__MODE", "json");
    let served = folder.serve_by(started);
    let limits = fs::read_to_string(format!("/proc/{}/limits", served.child.0.id())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let words: Vec<_> = line.split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "{line}");
}

/// Where a program takes the dumps, the limit says nothing (core(5)). What is not to be dumped belongs
/// to root in /proc, whoever runs it (proc(5)).
#[test]
fn c32_no_dump_is_handed_to_a_program() {
    const NOBODY: u32 = 65534;
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    let jot = folder.path().join("jot");
    fs::copy(env!("CARGO_BIN_EXE_jot"), &jot).unwrap();
    let mut command = Command::new(jot);
    command.args(["decode", "-"]).current_dir("/").stdin(Stdio::piped());
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        command.uid(NOBODY).gid(NOBODY);
    }
    let waiting = Running(command.spawn().unwrap());
    let place = format!("/proc/{}/mem", waiting.0.id());
    let is_roots = || fs::metadata(&place).is_ok_and(|facts| facts.uid() == 0);
    let tries = (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        is_roots()
    });
    assert!(tries, "another program may take what it has in memory");
}
