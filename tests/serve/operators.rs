//! The operators' listener: what it shows, to whom, and what others make of it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::{self, Answer};
use crate::served::{Folder, PASSWORD, Served, told};

/// Asks `tests/operators/judge.py`, in a folder of its own.
#[track_caller]
pub(crate) fn judged(arguments: &[&str], input: &str) -> Value {
    let python = python().expect("the judges are not here: run tests/run, which installs them");
    let place = tempfile::tempdir().unwrap();
    let mut command = Command::new(python);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/operators/judge.py")).args(arguments);
    command.current_dir(place.path()).env("PYTHONDONTWRITEBYTECODE", "1");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = told(&mut command, input);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "it is the tests' own, not a setting of jot")]
fn python() -> Option<String> {
    std::env::var("JOT_TEST_OPERATORS_PYTHON").ok()
}

pub(crate) fn get(address: SocketAddr, path: &str) -> Answer {
    http::send(address, &http::head("GET", path, &[], 0), b"")
}

/// Every sample, by its name and labels.
fn scraped(operators: SocketAddr) -> BTreeMap<String, f64> {
    let answer = get(operators, "/metrics");
    assert_eq!(answer.status, 200, "{answer:?}");
    let kind = answer.header("content-type");
    assert_eq!(kind, Some("text/plain; version=0.0.4; charset=utf-8"));
    let samples = judged(&["metrics"], &answer.body);
    let sample = |sample: &Value| {
        // A family that the parser could not make out has no type.
        assert_ne!(sample[1], "unknown", "{sample}");
        let labels: BTreeMap<String, String> = serde_json::from_value(sample[3].clone()).unwrap();
        let labels: Vec<_> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let name = format!("{}{{{}}}", sample[2].as_str().unwrap(), labels.join(","));
        (name, sample[4].as_str().unwrap().parse().unwrap())
    };
    samples.as_array().unwrap().iter().map(sample).collect()
}

#[test]
fn the_operators_see_what_nobody_else_does() {
    let (served, operators) = Folder::ready().serve_operated();
    for path in ["/livez", "/readyz", "/metrics", "/openapi.json"] {
        let answer = get(operators, path);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let posted = http::send(operators, &http::head("POST", path, &[], 0), b"");
        assert_eq!(posted.status, 405, "{path}");
        let everybody = if path.ends_with('z') { 200 } else { 404 };
        assert_eq!(get(served.address, path).status, everybody, "{path}");
    }
    for path in ["/", "/login/", "/validate_access/", "/auth/verify", "/metrics/"] {
        assert_eq!(get(operators, path).status, 404, "{path}");
    }
    let head = http::send(operators, &http::head("HEAD", "/metrics", &[], 0), b"");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    served.stopped();
    assert!(std::net::TcpStream::connect(operators).is_err());
}

#[test]
fn without_an_address_for_them_there_is_nothing() {
    let served = Served::ready();
    for path in ["/metrics", "/openapi.json"] {
        assert_eq!(get(served.address, path).status, 404, "{path}");
    }
}

#[test]
fn an_address_of_theirs_that_cannot_be_is_refused() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let told = |arguments: &[&str]| {
        let folder = Folder::ready();
        let mut command = folder.jot(arguments);
        let output = told(command.env("JOT_SERVER__OPERATORS_LISTEN", &address), "");
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, stderr) = told(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains(&format!("cannot listen on {address}: ")), "{stderr}");
    assert!(stderr.contains("hint: set server.operators_listen to a free port"), "{stderr}");
    let (code, stderr) = told(&["serve", "--check", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains(&format!("somebody listens on {address} already")), "{stderr}");
}

#[test]
fn counts_move_with_what_happens() {
    let (served, operators) = Folder::ready().serve_operated();
    let before = scraped(operators);
    assert!(before.contains_key("jot_build_info{version=0.1.0}"));
    assert!(before["jot_key_next_change_seconds{}"].is_infinite());
    let open = http::connect(served.address);
    served.folder.run(&["key", "rotate"], "");
    let (_, access) = served.tokens();
    assert_eq!(served.login("alice", "not the password").status, 401);
    assert_eq!(served.validate(&access).status, 200);
    assert_eq!(get(served.address, "/login").status, 405);
    assert_eq!(served.post("/login/", crate::served::FORM, "x".repeat(70_000)).status, 413);
    std::fs::rename(served.folder.file("jot.db"), served.folder.file("aside.db")).unwrap();
    assert_eq!(served.login("alice", PASSWORD).status, 503);
    let after = scraped(operators);
    let moved = |name: &str| after[name] - before.get(name).copied().unwrap_or_default();
    for (name, by) in [
        ("jot_http_requests_total{method=POST,path=/login,status=200}", 1.0),
        ("jot_http_requests_total{method=POST,path=/login,status=401}", 1.0),
        ("jot_http_requests_total{method=POST,path=/login,status=503}", 1.0),
        ("jot_http_requests_total{method=GET,path=/login,status=405}", 1.0),
        ("jot_http_requests_total{method=POST,path=/validate_access,status=200}", 1.0),
        ("jot_http_request_duration_seconds_count{path=/login}", 4.0),
        ("jot_http_bodies_refused_total{status=413}", 1.0),
        ("jot_work_wait_seconds_count{line=hashing}", 3.0),
        ("jot_events_total{kind=logged_in}", 1.0),
        ("jot_events_total{kind=login_failed}", 1.0),
        ("jot_events_total{kind=token_validated}", 1.0),
        ("jot_failures_total{code=store-away}", 1.0),
        ("jot_connections{}", 1.0),
    ] {
        assert!((moved(name) - by).abs() < f64::EPSILON, "{name}: {}", moved(name));
    }
    let turn = after["jot_key_next_change_seconds{}"];
    assert!((300.0..=360.0).contains(&turn), "{turn}");
    drop(open);
}

#[test]
fn who_is_refused_for_want_of_room_is_counted() {
    let folder = Folder::ready().with("JOT_SERVER__MAX_CONNECTIONS_PER_ADDRESS", "1");
    let (served, operators) = folder.serve_operated();
    let first = http::connect(served.address);
    assert_eq!(get(served.address, "/livez").status, 503);
    // The operators are let in all the same.
    let after = scraped(operators);
    assert!((after["jot_connections_refused_total{}"] - 1.0).abs() < f64::EPSILON);
    drop(first);
}

#[test]
fn who_makes_room_is_counted() {
    let folder = Folder::ready().with("JOT_SERVER__MAX_CONNECTIONS", "1");
    let (served, operators) = folder.serve_operated();
    let mut first = http::connect(served.address);
    assert_eq!(get(served.address, "/livez").status, 200);
    assert_eq!(first.read(&mut [0]).unwrap(), 0);
    let after = scraped(operators);
    assert!((after["jot_connections_displaced_total{}"] - 1.0).abs() < f64::EPSILON);
    assert!(after["jot_connections_refused_total{}"].abs() < f64::EPSILON);
}

#[test]
fn nobody_outside_can_make_a_series() {
    let (served, operators) =
        Folder::ready().with("JOT_THROTTLE__NETWORK", "3600").serve_operated();
    let names = |samples: BTreeMap<String, f64>| samples.into_keys().collect::<BTreeSet<_>>();
    let ask = |number: usize| {
        let path = format!("/{number}/{}?{number}", "login/".repeat(number % 3));
        get(served.address, &path);
        served.login(&format!("user {number}"), "not the password");
        let other = http::head(&format!("BREW{number}"), "/login/", &[], 0);
        http::send(served.address, &other, b"");
    };
    ask(0);
    let before = names(scraped(operators));
    (1..=1000).for_each(ask);
    let after = scraped(operators);
    let other = after["jot_http_requests_total{method=other,path=/login,status=405}"];
    assert!((other - 1001.0).abs() < f64::EPSILON, "{other}");
    assert_eq!(names(after), before);
    assert!(before.len() < 300, "{}", before.len());
    let text = get(operators, "/metrics").body;
    for secret in ["alice", "user 7", "BREW", "127.0.0.1"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn a_request_is_one_line_of_the_log_and_holds_no_secret() {
    let folder = Folder::ready().with("JOT_SERVER__TRUSTED_PROXIES", "[\"127.0.0.1\"]");
    let (served, _) = folder.serve_operated();
    let headers = [
        ("x-request-id", "5f2c/7"),
        ("x-forwarded-for", "192.0.2.7"),
        ("authorization", "Bearer s3cret"),
        ("cookie", "jwt_refresh=s3cret"),
    ];
    served.ask("GET", "/auth/verify?claim=s3cret:1", &headers);
    served.ask("GET", "/s3cret?s3cret=s3cret", &[("x-request-id", "no id: \"x\"")]);
    served.tokens();
    std::fs::rename(served.folder.file("jot.db"), served.folder.file("aside.db")).unwrap();
    assert_eq!(served.login("alice", PASSWORD).status, 503);
    let log = served.stopped();
    let lines: Vec<Value> = log.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let asked: Vec<_> =
        lines.iter().filter(|line| line["fields"]["message"] == "answered").collect();
    assert_eq!(asked.len(), 4, "{log:?}");
    for (line, (method, path, status, client)) in asked.iter().zip([
        ("GET", "/auth/verify", 401, "192.0.2.7"),
        ("GET", "other", 404, "127.0.0.1"),
        ("POST", "/login", 200, "127.0.0.1"),
        ("POST", "/login", 503, "127.0.0.1"),
    ]) {
        let (span, fields) = (&line["span"], &line["fields"]);
        assert_eq!((&span["method"], &span["path"]), (&method.into(), &path.into()), "{line}");
        assert_eq!((&fields["status"], &span["client"]), (&status.into(), &client.into()));
        assert!(fields["seconds"].as_f64().unwrap() > 0.0);
        assert!(line["timestamp"].is_string() && line["level"] == "DEBUG");
    }
    assert_eq!(asked[0]["span"]["id"], "5f2c/7");
    let made = |line: &Value| line["span"]["id"].as_str().unwrap().to_owned();
    assert!(made(asked[1]).ends_with("-1") && made(asked[2]).ends_with("-2"), "{log:?}");
    // What went wrong says of which request it is.
    let mut failed = lines.iter().filter(|line| line["fields"]["message"] == "a request failed");
    assert!(failed.all(|line| made(line) == made(asked[3])), "{log:?}");
    assert!(log.iter().any(|line| line.contains("a request failed")));
    let text = log.join("\n");
    for secret in ["s3cret", PASSWORD, "no id", "eyJ"] {
        assert!(!text.contains(secret), "{secret:?} in {text}");
    }
}

/// Has the server read its settings again, which put the path of refreshes there.
fn reload(served: &Served, operators: SocketAddr, path: &str) {
    let settings = format!("[refresh]\npath = \"{path}\"\n");
    std::fs::write(served.folder.file("jot.toml"), settings).unwrap();
    served.signal("HUP");
    let logout = format!("/{path}/logout/");
    await_that("the settings are read again", || {
        get(operators, "/openapi.json").body.contains(&logout)
    });
}

#[track_caller]
fn await_that(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}: not yet");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn is_two(counts: &BTreeMap<String, f64>, name: &str) {
    assert!((counts[name] - 2.0).abs() < f64::EPSILON, "{name}: {}", counts[name]);
}

#[test]
fn a_reload_changes_the_document_and_resets_no_count() {
    let (served, operators) = Folder::ready().serve_operated();
    served.tokens();
    reload(&served, operators, "api/other");
    served.tokens();
    let counts = scraped(operators);
    is_two(&counts, "jot_http_requests_total{method=POST,path=/login,status=200}");
    is_two(&counts, "jot_events_total{kind=logged_in}");
}

/// What began before a reload and ends after it belongs to the settings before.
#[test]
fn what_runs_while_the_settings_are_read_again_is_counted_and_told() {
    let wait = "while [ -e wait ] && [ ! -e go ]; do touch asked; sleep 0.02; done; echo {}";
    let folder = Folder::ready()
        .with("JOT_CLAIMS__COMMAND", format!(r#"["sh", "-c", "{wait}"]"#).leak())
        .with("JOT_HOOKS__LOGGED_IN", r#"["sh", "-c", "cat >> told; echo >> told"]"#);
    let (served, operators) = folder.serve_operated();
    let file = |name: &str| served.folder.file(name);
    served.tokens();
    std::fs::write(file("wait"), "").unwrap();
    std::thread::scope(|scope| {
        let login = scope.spawn(|| served.tokens());
        await_that("the claims are asked for", || file("asked").exists());
        reload(&served, operators, "api/other");
        // The hooks are exchanged after all else.
        std::thread::sleep(Duration::from_millis(300));
        std::fs::write(file("go"), "").unwrap();
        login.join().unwrap();
    });
    is_two(&scraped(operators), "jot_events_total{kind=logged_in}");
    let told = || std::fs::read_to_string(file("told")).unwrap_or_default().lines().count();
    await_that("both are told", || told() == 2);
}
