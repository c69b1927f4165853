//! Hooks that are commands, under a server.

use std::time::{Duration, Instant};

use crate::served::{Folder, PASSWORD, Served};

fn lines(served: &Served, file: &str, wanted: usize) -> Vec<serde_json::Value> {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let text = std::fs::read_to_string(served.folder.file(file)).unwrap_or_default();
        let lines: Vec<_> = text.lines().filter_map(|l| serde_json::from_str(l).ok()).collect();
        if lines.len() >= wanted {
            return lines;
        }
        assert!(Instant::now() < end, "{file}: {text}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_command_gets_the_event_and_little_else() {
    let served = Folder::ready()
        .with("JOT_HOOKS__LOGGED_IN", r#"["sh", "-c", "cat >> in; echo >> in; env > env"]"#)
        .with("JOT_HOOKS__LOGIN_FAILED", r#"["sh", "-c", "cat >> failed; echo >> failed"]"#)
        .with("JOT_HOOKS__TOKEN_VALIDATED", r#"["sh", "-c", "cat >> seen; echo >> seen"]"#)
        .with("JOT_TEST_SECRET", "hush")
        .serve();
    let (refresh, access) = served.tokens();
    served.tokens();
    served.login("alice", "wrong");
    served.validate(&access);
    let entered = lines(&served, "in", 2);
    assert_eq!(entered[0]["kind"], "logged_in");
    assert_eq!(entered[0]["refresh_claims"]["user"]["username"], "alice");
    assert_eq!(entered[0]["access_claims"]["sid"], entered[0]["sid"]);
    assert_ne!(entered[0]["sid"], entered[1]["sid"]);
    assert_eq!(lines(&served, "failed", 1)[0]["address"], "127.0.0.1");
    assert_eq!(lines(&served, "seen", 1)[0]["user"], "alice");
    let told = std::fs::read_to_string(served.folder.file("in")).unwrap();
    assert!(!told.contains(&refresh) && !told.contains(&access) && !told.contains(PASSWORD));
    let environment = std::fs::read_to_string(served.folder.file("env")).unwrap();
    assert!(environment.contains("PATH=") && !environment.contains("JOT_"), "{environment}");
    let log = served.stopped();
    assert!(log.iter().all(|line| line.contains("\"jot::event\"")), "{log:?}");
}

#[test]
fn a_command_that_misbehaves_holds_up_nobody_and_is_told() {
    let served = Folder::ready()
        .with("JOT_HOOKS__LOGGED_IN", r#"["sh", "-c", "(sleep 30; touch late) & sleep 30"]"#)
        .with(
            "JOT_HOOKS__LOGIN_FAILED",
            r#"["sh", "-c", "echo why it failed; head -c 9000000 /dev/zero; exit 3"]"#,
        )
        .with("JOT_HOOKS__TOKEN_VALIDATED", r#"["/none/such", "hush"]"#)
        .serve();
    let began = Instant::now();
    let (_, access) = served.tokens();
    served.login("alice", "wrong");
    for _ in 0..20 {
        assert_eq!(served.validate(&access).status, 200);
    }
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    std::thread::sleep(Duration::from_secs(11).saturating_sub(began.elapsed()));
    let log = served.stopped();
    assert!(began.elapsed() < Duration::from_secs(13), "{:?}", began.elapsed());
    let told = |part: &str| log.iter().filter(|line| line.contains(part)).count();
    assert_eq!(told("was stopped: it took longer than 10 s"), 1, "{log:?}");
    assert_eq!(told("failed (exit status: 3): why it failed"), 1, "{log:?}");
    assert_eq!(told("cannot be run: entity not found"), 20, "{log:?}");
    assert_eq!(told("hush"), 0, "{log:?}");
    assert!(log.iter().all(|line| line.len() < 10_000));
}

/// A server that is told to end does not wait for what hangs, and leaves nothing of it behind.
#[test]
fn the_end_stops_a_command_that_hangs() {
    let served = Folder::ready()
        .with("JOT_HOOKS__LOGGED_IN", r#"["sh", "-c", "touch began; sleep 5; touch late"]"#)
        .serve();
    served.tokens();
    while !served.folder.file("began").exists() {
        std::thread::sleep(Duration::from_millis(20));
    }
    let late = served.folder.file("late");
    let began = Instant::now();
    served.signal("TERM");
    let crate::served::Served { folder: _folder, mut child, .. } = served;
    assert!(child.0.wait().unwrap().success());
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    std::thread::sleep(Duration::from_secs(3));
    assert!(!late.exists());
}

/// One line for each event, without what nobody else may see.
#[test]
fn the_log_tells_events() {
    let served = Folder::ready().serve();
    let (refresh, access) = served.tokens();
    served.login("alice", "wrong");
    served.login("a secret typed as a name", "wrong");
    served.validate(&access);
    served.signal("TERM");
    let (_, log) = served.ended_with_events();
    let events: Vec<serde_json::Value> = log
        .iter()
        .filter(|line| line.contains(crate::served::EVENT))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let kinds: Vec<_> = events.iter().map(|event| event["fields"]["kind"].clone()).collect();
    assert_eq!(kinds, ["logged_in", "login_failed", "login_failed"]);
    let first = &events[0]["fields"];
    assert_eq!((&first["user"], &first["user_id"]), (&"alice".into(), &1.into()));
    assert_eq!((&first["door"], &first["address"]), (&"djwto".into(), &"127.0.0.1".into()));
    assert!(first["sid"].is_string() && first["at"].is_i64());
    let all = log.join("\n");
    for secret in [&refresh, &access, PASSWORD, "a secret typed as a name", "wrong"] {
        assert!(!all.contains(secret), "{all}");
    }
}

/// Commands of the settings before are waited for at the end, and hold it up no longer than others.
#[test]
fn the_end_waits_for_what_was_told_before_a_reload() {
    let served = Folder::ready()
        .with("JOT_HOOKS__LOGGED_IN", r#"["sh", "-c", "touch began; sleep 1; echo >> told"]"#)
        .serve();
    served.tokens();
    served.tokens();
    while !served.folder.file("began").exists() {
        std::thread::sleep(Duration::from_millis(20));
    }
    served.signal("HUP");
    let reloads = || served.folder.run(&["events", "--kind", "settings_reloaded"], "");
    while !reloads().contains("settings_reloaded") {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(300));
    let (folder, log) = served.stopped_in();
    assert_eq!(std::fs::read_to_string(folder.file("told")).unwrap_or_default(), "\n\n", "{log:?}");
    // Nobody is told anything by whoever waits for nothing.
    let served = folder.with("JOT_HOOKS__LOGGED_IN", r#"["true"]"#).serve();
    served.signal("HUP");
    std::thread::sleep(Duration::from_millis(500));
    let began = Instant::now();
    served.stopped();
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}
