//! Who is told of events besides the audit log: when, of what, and with which letter.

use std::sync::{Arc, Mutex};

use jot::authority::Rules;
use jot::authority::audit::{Message, Outlet};
use jot::authority::refresh::Wish;
use jot::authority::restore::Tokens;
use jot::event::{Event, Kind};
use jot::store::Letter;
use jot::store::sqlite::{BUSY, Checked};

use super::world::*;

const URL: &str = "https://example.org/";

/// Remembers what it is told, and has a letter sent of everything.
#[derive(Default)]
struct Listener {
    seen: Mutex<Vec<Event>>,
    told: Mutex<Vec<Message>>,
}

impl Outlet for Listener {
    fn listens(&self, _: Kind) -> bool {
        true
    }

    fn message(&self, event: &Event) -> Option<Message> {
        let mut seen = self.seen.lock().unwrap();
        seen.push(event.clone());
        let letter = Letter {
            id: format!("letter {}", seen.len()),
            url: URL.into(),
            stream: seen.len().to_string(),
            kind: event.kind.name().into(),
            at: event.at,
            body: event.detail.clone().unwrap_or_default(),
            noted: false,
        };
        let body = letter.body.clone();
        Some(Message { kind: event.kind, body, letter: Some(letter) })
    }

    fn tell(&self, message: Message) {
        self.told.lock().unwrap().push(message);
    }
}

impl Listener {
    fn told(&self) -> Vec<Kind> {
        self.told.lock().unwrap().drain(..).map(|message| message.kind).collect()
    }

    fn last(&self) -> Event {
        self.seen.lock().unwrap().last().unwrap().clone()
    }
}

fn listened(world: World) -> (World, Arc<Listener>) {
    let listener = Arc::new(Listener::default());
    let World { authority, clock } = world;
    let authority = authority.telling(Arc::clone(&listener) as Arc<dyn Outlet>);
    (World { authority, clock }, listener)
}

/// How many letters were put into the outbox since the last time.
fn letters(world: &World) -> usize {
    let take = || world.authority.store().take_letter(URL, i64::MAX - 1, i64::MAX).unwrap();
    std::iter::from_fn(take).count()
}

#[test]
fn whoever_listens_is_told_what_was_given_and_frequent_events_too() {
    let (world, listener) = listened(world(rules()));
    world.add("alice");
    let (refresh, access) = world.login("alice");
    let login = listener.last().claims.unwrap();
    assert_eq!((login.refresh, login.access), (claims(&refresh).json, claims(&access).json));
    assert_eq!(world.stage(&access), None);
    let next = world.refresh(&refresh, Wish::Access);
    let given = listener.last().claims.unwrap();
    assert_eq!(given.refresh, claims(&refresh).json);
    assert_eq!(given.access, claims(&next.access.text).json);
    let next = world.refresh(&refresh, Wish::Update);
    assert_eq!(listener.last().claims.unwrap().refresh, claims(&next.refresh).json);
    assert_eq!(world.try_login("alice", "wrong").unwrap(), None);
    let kinds = [
        Kind::UserChanged,
        Kind::LoggedIn,
        Kind::TokenValidated,
        Kind::AccessRefreshed,
        Kind::RefreshUpdated,
        Kind::LoginFailed,
    ];
    assert_eq!(listener.told(), kinds);
    assert_eq!(letters(&world), kinds.len(), "each has its letter");
}

/// The letter names the event that it stands behind, if that is stored.
#[test]
fn a_letter_knows_whether_its_event_is_stored() {
    for recorded in [vec![], vec![Kind::TokenValidated]] {
        let noted = !recorded.is_empty();
        let (world, listener) = listened(world(Rules { recorded, ..rules() }));
        let (_, access) = world.pair("alice");
        assert_eq!(world.stage(&access), None);
        let told = listener.told.lock().unwrap().pop().unwrap();
        assert_eq!((told.kind, told.letter.unwrap().noted), (Kind::TokenValidated, noted));
    }
}

#[test]
fn what_did_not_happen_is_told_to_nobody() {
    let (world, listener) = listened(world(rules()));
    world.add("alice");
    listener.told();
    assert_eq!(letters(&world), 1);
    assert!(world.authority.set_active("bob", false, &here()).is_err());
    assert!(world.authority.set_active("alice", true, &here()).is_ok(), "nothing to be changed");
    assert_eq!((listener.told(), letters(&world)), (vec![], 0));
}

#[test]
fn a_restore_is_told_of_once() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("jot.db"), folder.path().join("copy.db"));
    let (world, listener) = listened(world_in(&path, rules()));
    world.add("alice");
    world.authority.store().backup(&copy).unwrap();
    assert_eq!(letters(&world), 1);
    listener.told();
    let backup = Checked::new(&copy, &path, BUSY).unwrap().copy().unwrap();
    world.authority.restore(backup.path(), Tokens::Refused, &here()).unwrap();
    assert_eq!(listener.told(), [Kind::Blacklisted]);
    assert_eq!(letters(&world), 1, "its own, and none of the backup's besides");
}
