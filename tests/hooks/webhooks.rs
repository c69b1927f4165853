//! Webhooks: what is sent, again and again, in which order, and what it holds up.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::receiver::{Got, Receiver, Reply, SECRET, webhooks};
use crate::served::{Folder, PASSWORD};

pub(crate) fn folder(webhooks: &'static str) -> Folder {
    Folder::ready().with("JOT_HOOKS__WEBHOOKS", webhooks).with("JOT_HOOKS__WEBHOOK_SECRET", SECRET)
}

fn of<'a>(got: &'a [Got], user: &str) -> Vec<&'a Got> {
    got.iter().filter(|got| got.text("user") == user).collect()
}

#[test]
fn a_webhook_says_what_happened_and_is_signed() {
    let receiver = Receiver::start(|_| Reply::Status(204));
    let kinds = ["logged_in", "login_failed", "token_validated"];
    let served = folder(webhooks(receiver.address, &kinds)).serve();
    let (refresh, access) = served.tokens();
    served.login("alice", "wrong");
    // Each check is told, though the second finds what the first has read.
    assert_eq!(served.validate(&access).status, 200);
    assert_eq!(served.validate(&access).status, 200);
    let got = receiver.wait(|got| got.len() == 4);
    let one = |kind: &str| got.iter().find(|got| got.text("kind") == kind).unwrap();
    let login = one("logged_in");
    assert_eq!(login.path, "/logged_in?x=y");
    assert_eq!((login.text("user"), login.text("door")), ("alice", "djwto"));
    assert_eq!((&login.body["user_id"], login.text("address")), (&1.into(), "127.0.0.1"));
    assert_eq!(login.body["refresh_claims"]["type"], "refresh");
    assert_eq!(login.body["access_claims"]["type"], "access");
    assert_eq!(login.body["access_claims"]["sid"], login.body["sid"]);
    assert!(one("login_failed").text("error").contains("Please enter a correct username"));
    assert!(one("login_failed").body["refresh_claims"].is_null());
    assert_eq!(one("token_validated").body["jti"], login.body["access_claims"]["jti"]);
    for got in &got {
        assert!(!got.raw.contains(&refresh) && !got.raw.contains(&access), "{}", got.raw);
        assert!(!got.raw.contains(PASSWORD) && !got.raw.contains("wrong"), "{}", got.raw);
    }
    // A check is sent, and is not in the audit log for that.
    assert_eq!(served.folder.run(&["events", "--kind", "token_validated", "--json"], ""), "");
}

/// Anybody can check a letter with the snippet of the README.
#[test]
fn the_readmes_receiver_believes_what_is_sent_and_nothing_else() {
    let receiver = Receiver::start(|_| Reply::Status(200));
    let served = folder(webhooks(receiver.address, &["logged_in"])).serve();
    served.tokens();
    let got = receiver.wait(|got| !got.is_empty()).remove(0);
    let readme = include_str!("../../README.md");
    let snippet = readme.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    let judged = |secret: &str, moment: &str, body: &str| {
        let headers = serde_json::json!({
            "webhook-id": got.id, "webhook-timestamp": moment, "webhook-signature": got.signature,
        });
        let script = format!(
            "{snippet}\nimport json, sys\nprint(is_genuine({secret:?}, json.loads(sys.argv[1]), sys.argv[2].encode()))"
        );
        let arguments = ["-c", &script, &headers.to_string(), body];
        let output = Command::new("python3").args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim() == "True"
    };
    assert!(judged(SECRET, &got.moment, &got.raw));
    assert!(!judged(SECRET, &got.moment, &got.raw.replace("alice", "mallo")));
    assert!(!judged("whsec_aGVsbG8=", &got.moment, &got.raw));
    assert!(!judged(SECRET, "1", &got.raw));
}

/// What the command line did before there was a server is sent by the server.
#[test]
fn a_letter_that_fails_holds_back_only_its_users_later_ones() {
    let mut failures = [500, 302, 404].into_iter();
    let receiver = Receiver::start(move |got| {
        // A redirect is a failure, and nobody goes there.
        let failure = if got.text("user") == "bob" { failures.next() } else { None };
        Reply::Status(failure.unwrap_or(200))
    });
    let folder = folder(webhooks(receiver.address, &["user_changed"]));
    folder.add_user("bob", PASSWORD);
    folder.run(&["user", "disable", "bob"], "");
    folder.run(&["user", "enable", "bob"], "");
    folder.add_user("carol", PASSWORD);
    folder.run(&["user", "disable", "carol"], "");
    let served = folder.serve();
    let got = receiver.wait(|got| got.len() == 3 + 3 + 2);
    let details = |user| -> Vec<_> { of(&got, user).iter().map(|g| g.text("detail")).collect() };
    assert_eq!(details("bob"), ["added", "added", "added", "added", "disabled", "enabled"]);
    assert_eq!(details("carol"), ["added", "disabled"]);
    let ids: Vec<_> = of(&got, "bob").iter().map(|got| got.id.as_str()).collect();
    assert!(ids[..4].iter().all(|id| *id == ids[0]) && ids[4] != ids[0], "{ids:?}");
    assert!(got.iter().all(|got| got.path == "/user_changed?x=y"));
    let last_of_carol = got.iter().rposition(|got| got.text("user") == "carol").unwrap();
    let last_of_bob = got.iter().rposition(|got| got.text("user") == "bob").unwrap();
    assert!(last_of_carol < last_of_bob, "bob held up carol");
    let log = served.stopped();
    let told = log.iter().filter(|line| line.contains("a webhook failed")).collect::<Vec<_>>();
    assert_eq!(told.len(), 3, "{log:?}");
    assert!(told.iter().all(|line| !line.contains("x=y")), "a URL may hold a secret: {log:?}");
}

#[test]
fn a_receiver_that_hangs_holds_up_nobody() {
    let slow = Receiver::start(|_| Reply::Hang);
    let quick = Receiver::start(|_| Reply::Status(200));
    let both = format!(
        r#"{{"logged_in":"http://{}/","login_failed":"http://{}/"}}"#,
        slow.address, quick.address
    );
    let served = folder(both.leak()).serve();
    let began = Instant::now();
    for _ in 0..5 {
        served.tokens();
    }
    slow.wait(|got| !got.is_empty());
    served.login("alice", "wrong");
    quick.wait(|got| got.len() == 1);
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    let began = Instant::now();
    served.stopped();
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
}

#[test]
fn two_servers_on_one_store_send_a_letter_once() {
    let receiver = Receiver::start(|_| {
        std::thread::sleep(Duration::from_millis(20));
        Reply::Status(200)
    });
    let served = folder(webhooks(receiver.address, &["blacklisted"])).serve();
    let mut other = served.folder.jot(&["serve", "--listen", "127.0.0.1:0"]);
    let _other = crate::served::Running(other.spawn().unwrap());
    for number in 0..20 {
        served
            .folder
            .run(&["-q", "revoke", &format!("00000000-0000-4000-8000-0000000000{number:02}")], "");
    }
    receiver.wait(|got| got.len() >= 20);
    std::thread::sleep(Duration::from_millis(1500));
    let mut ids: Vec<_> = receiver.got().into_iter().map(|got| got.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), receiver.got().len()), (20, 20));
}
