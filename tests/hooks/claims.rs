//! The command that prints claims, under a server.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::served::Folder;

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[test]
fn every_way_to_a_token_asks_the_command() {
    let script = r#"["sh", "-c", "cat > asked; cat claims"]"#;
    let folder = Folder::ready().with("JOT_CLAIMS__COMMAND", script);
    std::fs::write(folder.file("claims"), r#"{"team":"red","user.shift":7}"#).unwrap();
    let served = folder.serve();
    let (refresh, access) = served.tokens();
    for token in [&refresh, &access] {
        assert_eq!(
            (&claims(token)["team"], &claims(token)["user"]["shift"]),
            (&"red".into(), &7.into())
        );
    }
    let asked = std::fs::read_to_string(served.folder.file("asked")).unwrap();
    let asked: Value = serde_json::from_str(&asked).unwrap();
    assert_eq!((&asked["id"], &asked["username"]), (&1.into(), &"alice".into()));
    assert_eq!(asked["permissions"], serde_json::json!(["news.change"]));
    assert_eq!((&asked["superuser"], &asked["profile"]), (&false.into(), &"djwto".into()));
    assert!(asked["last_login"].is_i64() && asked["created"].is_i64());
    std::fs::write(served.folder.file("claims"), r#"{"team":"blue"}"#).unwrap();
    let bearer = format!("Bearer {refresh}");
    let headers = [("authorization", bearer.as_str())];
    let answer = served.ask("POST", "/api/token/refresh/refresh_access/", &headers);
    assert_eq!(claims(&answer.member("access"))["team"], "blue");
    // What it does not print any more stays as the session has it.
    assert_eq!(claims(&answer.member("access"))["user"]["shift"], 7);
}

#[test]
fn without_its_claims_no_token_is_issued_and_the_server_goes_on() {
    let served = Folder::ready().with("JOT_CLAIMS__COMMAND", r#"["sh", "-c", "sleep 60"]"#).serve();
    let began = Instant::now();
    std::thread::scope(|scope| {
        let login = scope.spawn(|| served.login("alice", crate::served::PASSWORD));
        std::thread::sleep(Duration::from_millis(500));
        assert_eq!(served.ask("GET", "/livez", &[]).status, 200);
        assert!(began.elapsed() < Duration::from_secs(3));
        let answer = login.join().unwrap();
        answer.is_unavailable("5", "Service unavailable.");
    });
    assert!(began.elapsed() < Duration::from_secs(10));
    assert_eq!(served.folder.run(&["session", "list", "--json"], ""), "");
    let log = served.stopped().join("\n");
    assert!(log.contains("was stopped: it took longer than 5 s"), "{log}");
}

/// What it says fits into its own limit and not into a token's: the command is to blame, not the user.
#[test]
fn a_command_that_says_more_than_a_token_holds_is_away() {
    let script = r#"["sh", "-c", "cat claims"]"#;
    let folder = Folder::ready().with("JOT_CLAIMS__COMMAND", script);
    std::fs::write(folder.file("claims"), "{}").unwrap();
    let served = folder.serve();
    let (refresh, _) = served.tokens();
    let much = serde_json::json!({"much": "x".repeat(15_000)}).to_string();
    std::fs::write(served.folder.file("claims"), much).unwrap();
    let bearer = format!("Bearer {refresh}");
    let headers = [("authorization", bearer.as_str())];
    served.login("alice", crate::served::PASSWORD).is_unavailable("5", "Service unavailable.");
    let refreshed = served.ask("POST", "/api/token/refresh/refresh_access/", &headers);
    refreshed.is_unavailable("5", "Service unavailable.");
    let output = served.folder.told(&["issue", "--user", "alice", "--json"], "");
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("\"code\":\"command-failed\""), "{told}");
    let log = served.stopped().join("\n");
    assert!(log.contains("with what claims.command printed, the token would have "), "{log}");
}

/// One user's refreshes wait, all of them; nobody else's token is checked the later for it.
#[test]
fn refreshes_that_wait_hold_up_no_check() {
    const WAITING: usize = 20;
    let script = r#"["sh", "-c", "[ -e slow ] && { touch waits; while [ ! -e go ]; do sleep 0.02; done; }; echo {}"]"#;
    let served = Folder::ready().with("JOT_CLAIMS__COMMAND", script).serve();
    let (refresh, _) = served.tokens();
    let (_, access) = served.tokens();
    std::fs::write(served.folder.file("slow"), "").unwrap();
    let answered = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..WAITING {
            scope.spawn(|| {
                let bearer = format!("Bearer {refresh}");
                let headers = [("authorization", bearer.as_str())];
                served.ask("POST", "/api/token/refresh/refresh_access/", &headers);
                answered.fetch_add(1, Ordering::SeqCst);
            });
        }
        while !served.folder.file("waits").exists() {
            std::thread::sleep(Duration::from_millis(10));
        }
        // Time for all of them to be where they wait.
        std::thread::sleep(Duration::from_millis(300));
        let checked = served.validate(&access).status;
        let before = answered.load(Ordering::SeqCst);
        std::fs::write(served.folder.file("go"), "").unwrap();
        assert_eq!((checked, before), (200, 0));
    });
}
