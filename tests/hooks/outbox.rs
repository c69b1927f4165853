//! The outbox: what is in it survives its server, and is not kept for ever.

use rusqlite::Connection;

use crate::receiver::{Receiver, Reply, webhooks};
use crate::served::{Folder, PASSWORD};
use crate::webhooks::folder;

fn waiting(folder: &Folder) -> i64 {
    let store = Connection::open(folder.file("jot.db")).unwrap();
    store.query_row("SELECT count(*) FROM outbox", [], |row| row.get(0)).unwrap()
}

/// Lets pass the time for which a letter is taken.
fn pass(folder: &Folder) {
    let store = Connection::open(folder.file("jot.db")).unwrap();
    assert_eq!(store.execute("UPDATE outbox SET due = due - 60", []).unwrap(), 1);
}

#[test]
fn what_a_killed_server_did_not_send_the_next_one_sends() {
    let address = Receiver::nowhere();
    let served = folder(webhooks(address, &["logged_in"])).serve();
    served.tokens();
    served.signal("KILL");
    let crate::served::Served { folder, mut child, .. } = served;
    child.0.wait().unwrap();
    assert_eq!(waiting(&folder), 1);
    pass(&folder);
    let receiver = Receiver::start_at(address, |_| Reply::Hang);
    let served = folder.serve();
    let got = receiver.wait(|got| !got.is_empty());
    assert_eq!(got[0].text("user"), "alice");
    // Killed while it waits for the answer: nobody knows whether it arrived, so it is sent again,
    // with the same id, when the time is over for which it was taken.
    served.signal("KILL");
    let crate::served::Served { folder, mut child, .. } = served;
    child.0.wait().unwrap();
    pass(&folder);
    receiver.answer(|_| Reply::Status(200));
    let served = folder.serve();
    let got = receiver.wait(|got| got.len() == 2);
    assert_eq!((&got[0].id, &got[0].raw), (&got[1].id, &got[1].raw));
    while waiting(&served.folder) > 0 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn what_does_not_arrive_for_a_day_is_given_up() {
    let folder = folder(webhooks(Receiver::nowhere(), &["user_changed"]));
    folder.add_user("bob", PASSWORD);
    let store = Connection::open(folder.file("jot.db")).unwrap();
    assert_eq!(store.execute("UPDATE outbox SET at = at - 86400", []).unwrap(), 1);
    let served = folder.serve();
    while waiting(&served.folder) > 0 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let events = served.folder.run(&["events", "--user", "bob", "--json"], "");
    assert!(events.contains("added; webhook to 127.0.0.1:"), "{events}");
    assert!(events.contains("given up after 1 attempts: "), "{events}");
    let log = served.stopped();
    assert!(log.iter().any(|line| line.contains("a webhook was given up")), "{log:?}");
}

#[test]
fn a_change_that_is_not_made_sends_nothing() {
    let folder = folder(webhooks(Receiver::nowhere(), &["user_changed"]));
    assert!(!folder.told(&["user", "disable", "nobody"], "").status.success());
    assert!(!folder.told(&["user", "add", "alice", "--password-stdin"], PASSWORD).status.success());
    assert_eq!(waiting(&folder), 0);
    folder.run(&["user", "disable", "alice"], "");
    assert_eq!(waiting(&folder), 1);
}
