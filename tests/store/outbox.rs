//! The outbox, on any store.

use std::ops::ControlFlow;

use jot::event::{Event, Kind, Source};
use jot::store::{Change, EventFilter, Horizon, Letter, Store};

const URL: &str = "https://example.org/";

fn letter(id: &str, stream: &str) -> Letter {
    let (id, kind) = (id.to_owned(), Kind::LoggedIn.name().to_owned());
    let body = format!("the body of {id}");
    Letter { id, url: URL.into(), stream: stream.into(), kind, at: 100, body, noted: false }
}

fn send(store: &dyn Store, letters: &[Letter]) -> u64 {
    let changes: Vec<_> = letters.iter().map(Change::Send).collect();
    store.write(&changes).unwrap().unwrap().lost
}

fn taken(store: &dyn Store, now: i64) -> Option<String> {
    store.take_letter(URL, now, now + 60).unwrap().map(|letter| letter.id)
}

pub(crate) fn letters_of_a_stream_go_one_after_the_other(store: &dyn Store) {
    let other = Letter { url: "https://example.net/".into(), ..letter("5", "alice") };
    send(store, &[letter("1", "alice"), letter("2", "alice"), letter("3", "bob"), other]);
    assert_eq!(taken(store, 99), None, "not before its time");
    let first = store.take_letter(URL, 100, 160).unwrap().unwrap();
    assert_eq!((first.id.as_str(), first.attempts, first.at), ("1", 1, 100));
    assert_eq!((first.kind.as_str(), first.body.as_str()), ("logged_in", "the body of 1"));
    assert_eq!(taken(store, 100), Some("3".into()));
    assert_eq!(taken(store, 159), None, "what is taken is nobody else's");
    store.write(&[Change::SendAgain(&first, 130)]).unwrap().unwrap();
    assert_eq!(taken(store, 129), None);
    let again = store.take_letter(URL, 130, 190).unwrap().unwrap();
    assert_eq!((again.id.as_str(), again.attempts), ("1", 2));
    // Who took it first and was slow does not put it back under the hands of the other one.
    store.write(&[Change::SendAgain(&first, 131)]).unwrap().unwrap();
    store.write(&[Change::Sent(&again)]).unwrap().unwrap();
    assert_eq!(taken(store, 131), Some("2".into()));
    // Whoever took it does not come back.
    assert_eq!(taken(store, 190), Some("3".into()));
    assert_eq!(taken(store, 191), Some("2".into()));
    assert_eq!(store.take_letter("https://example.net/", 100, 160).unwrap().unwrap().id, "5");
}

pub(crate) fn a_letter_that_is_given_up_is_told_of_in_its_event(store: &dyn Store) {
    let event = |detail: &str| {
        let event = Event::new(Kind::LoggedIn, 100, &Source::command_line());
        if detail.is_empty() { event } else { event.detail(detail) }
    };
    let (first, second) = (event("first"), event(""));
    let noted = |id| Letter { noted: true, ..letter(id, id) };
    let (one, two, unnoted) = (noted("1"), noted("2"), letter("3", "3"));
    store
        .write(&[
            Change::Note(&first),
            Change::Send(&one),
            Change::Send(&unnoted),
            Change::Note(&second),
            Change::Send(&two),
        ])
        .unwrap();
    while let Some(letter) = store.take_letter(URL, 100, 160).unwrap() {
        let why = format!("{} is gone", letter.id);
        store.write(&[Change::GiveUp(&letter, &why)]).unwrap().unwrap();
    }
    let mut details = Vec::new();
    let mut take = |(_, event): (i64, Event)| {
        details.push(event.detail);
        Ok(ControlFlow::Continue(()))
    };
    store.events(&EventFilter::default(), &mut take).unwrap();
    assert_eq!(details, [Some("first; 1 is gone".to_owned()), Some("2 is gone".to_owned())]);
    assert_eq!(taken(store, 1000), None);
}

/// Whoever was too slow has lost the letter to who took it since.
pub(crate) fn a_letter_that_another_one_took_is_the_others(store: &dyn Store) {
    let event = Event::new(Kind::LoggedIn, 100, &Source::command_line());
    let letter = Letter { noted: true, ..letter("1", "alice") };
    store.write(&[Change::Note(&event), Change::Send(&letter)]).unwrap();
    let slow = store.take_letter(URL, 100, 160).unwrap().unwrap();
    let other = store.take_letter(URL, 160, 220).unwrap().unwrap();
    store.write(&[Change::Sent(&slow), Change::GiveUp(&slow, "it is gone")]).unwrap().unwrap();
    let mut details = Vec::new();
    let mut take = |(_, event): (i64, Event)| {
        details.push(event.detail);
        Ok(ControlFlow::Continue(()))
    };
    store.events(&EventFilter::default(), &mut take).unwrap();
    assert_eq!(details, [None]);
    store.write(&[Change::SendAgain(&other, 200)]).unwrap().unwrap();
    assert_eq!(taken(store, 200), Some("1".into()));
}

/// Anybody can have failed logins told, as often as they like.
pub(crate) fn failed_logins_crowd_nothing_else_out(store: &dyn Store) {
    let failed = |id: u32| {
        let kind = Kind::LoginFailed.name().to_owned();
        Letter { kind, ..letter(&format!("failed {id}"), &id.to_string()) }
    };
    let flood: Vec<_> = (0..10_000).map(failed).collect();
    assert_eq!(send(store, &[letter("1", "alice")]), 0);
    assert_eq!(send(store, &flood), 1);
    assert_eq!(send(store, &[letter("2", "bob")]), 1);
    let taken: Vec<_> = std::iter::repeat_with(|| taken(store, 100)).take(3).collect();
    assert_eq!(taken, [Some("1".into()), Some("failed 2".into()), Some("failed 3".into())]);
    // Where only others wait, the oldest of them gives way, as ever.
    let others: Vec<_> = (0..9_999).map(|id| letter(&format!("other {id}"), "carol")).collect();
    assert_eq!(send(store, &others), 9_999);
    assert_eq!(self::taken(store, 200), Some("2".into()));
}

pub(crate) fn a_full_outbox_gives_up_its_oldest(store: &dyn Store) {
    let many: Vec<_> = (0..10_000).map(|id| letter(&id.to_string(), "alice")).collect();
    assert_eq!(send(store, &many[..1]), 0);
    assert_eq!(send(store, &many[1..]), 0);
    assert_eq!(send(store, &[letter("a", "alice"), letter("b", "alice")]), 2);
    assert_eq!(taken(store, 100), Some("2".into()));
}

pub(crate) fn a_purge_takes_letters_that_nobody_sends(store: &dyn Store) {
    send(store, &[letter("1", "alice")]);
    let purge = |over| store.purge(&Horizon { over, events: 0 }).unwrap();
    purge(100 + 3 * 86_400);
    assert_eq!(taken(store, 100), Some("1".into()));
    purge(101 + 3 * 86_400);
    assert_eq!(taken(store, 1000), None);
}
