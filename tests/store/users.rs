//! Users and groups, on any store.

use std::ops::ControlFlow;

use jot::error::Code;
use jot::event::{Event, Kind, Source};
use jot::json::Json;
use jot::store::{Account, Change, NewUser, Store, Whose};
use jot::user::{Group, User};

use crate::acts::Acts as _;
use crate::suite::{minted, new_user, of, session};

fn account(store: &dyn Store, whose: Whose<'_>) -> Account {
    store.account(whose).unwrap().0
}

pub(crate) fn users_are_added_once_and_listed_by_name(store: &dyn Store) {
    let bob = store.add_user(&new_user("bob")).unwrap();
    let alice = store.add_user(&NewUser { superuser: true, ..new_user("alice") }).unwrap();
    let taken = store.add_user(&new_user("bob")).unwrap_err();
    assert_eq!(taken.code(), Code::Exists);
    assert_eq!(taken.to_string(), "the user \"bob\" is there already");
    assert_ne!(bob.id, alice.id);
    assert_eq!(bob.attributes, Json::Object(Vec::new()));
    assert_eq!(bob.permissions, new_user("bob").permissions);
    assert!(bob.active && !bob.superuser && alice.superuser && bob.last_login.is_none());
    assert_eq!(store.user("bob").unwrap(), Some(bob.clone()));
    assert_eq!(account(store, Whose::Id(alice.id)), Account::Stored(alice.clone()));
    assert_eq!(store.user("Bob").unwrap(), None);
    assert_eq!(account(store, Whose::Name("Bob")), Account::Unknown);
    let mut all = Vec::new();
    let mut take = |user| {
        all.push(user);
        Ok(ControlFlow::Continue(()))
    };
    store.users(&mut take).unwrap();
    assert_eq!(all, [alice, bob]);
    let mut stop = |_| Err(jot::error::Error::new(Code::Failed, "enough"));
    assert_eq!(store.users(&mut stop).unwrap_err().to_string(), "enough");
}

pub(crate) fn a_user_is_replaced_only_while_the_row_is_what_it_was(store: &dyn Store) {
    let was = store.add_user(&new_user("alice")).unwrap();
    let becomes = User {
        password: Some("$hash$2".into()),
        active: false,
        superuser: true,
        permissions: vec!["x.y".into()],
        attributes: Json::read("{\"a\":[1,null]}", 8).unwrap(),
        last_login: Some(7),
        ..was.clone()
    };
    let differs = |change: fn(&mut User)| {
        let mut other = was.clone();
        change(&mut other);
        assert!(!store.replace_user(&other, &becomes).unwrap(), "{other:?}");
    };
    differs(|user| user.id += 1);
    differs(|user| user.username.push('x'));
    differs(|user| user.password = None);
    differs(|user| user.active = false);
    differs(|user| user.superuser = true);
    differs(|user| user.permissions.clear());
    differs(|user| user.groups.push(Group { name: "g".into(), permissions: Vec::new() }));
    differs(|user| user.attributes = Json::Null);
    differs(|user| user.last_login = Some(0));
    differs(|user| user.created += 1);
    assert_eq!(store.user("alice").unwrap(), Some(was.clone()));
    assert!(store.replace_user(&was, &becomes).unwrap());
    assert!(!store.replace_user(&was, &becomes).unwrap());
    assert_eq!(store.user("alice").unwrap(), Some(becomes));
}

pub(crate) fn a_removed_user_is_found_by_nothing_and_the_name_is_nobodys(store: &dyn Store) {
    let alice = store.add_user(&new_user("alice")).unwrap();
    store.record(&[], &[session("s", of(&alice), 100)]).unwrap();
    let other = User { last_login: Some(1), ..alice.clone() };
    assert!(store.write(&[Change::RemoveUser(&other, 200)]).unwrap().is_none());
    assert!(store.write(&[Change::RemoveUser(&alice, 200)]).unwrap().is_some());
    assert!(store.write(&[Change::RemoveUser(&alice, 200)]).unwrap().is_none());
    assert_eq!(store.user("alice").unwrap(), None);
    assert_eq!(account(store, Whose::Id(alice.id)), Account::Removed);
    assert_eq!(account(store, Whose::Name("alice")), Account::Removed);
    assert_eq!(store.any_user(0).unwrap(), None);
    let again = store.add_user(&new_user("alice")).unwrap();
    assert_ne!(again.id, alice.id);
    assert_eq!(account(store, Whose::Name("alice")), Account::Stored(again));
    assert_eq!(account(store, Whose::Id(alice.id)), Account::Removed);
}

pub(crate) fn a_name_that_is_given_up_is_nobodys_until_it_is_added(store: &dyn Store) {
    let alice = store.add_user(&new_user("alice")).unwrap();
    store.record(&[], &[session("s", of(&alice), 100)]).unwrap();
    let renamed = User { username: "anna".into(), ..alice.clone() };
    assert!(store.replace_user(&alice, &renamed).unwrap());
    assert_eq!(account(store, Whose::Name("alice")), Account::Removed);
    assert_eq!(account(store, Whose::Id(alice.id)), Account::Stored(renamed.clone()));
    assert_eq!(store.session("s").unwrap().unwrap().subject.username, "anna");
    let bob = store.add_user(&new_user("bob")).unwrap();
    let taken = store.replace_user(&bob, &User { username: "anna".into(), ..bob.clone() });
    assert_eq!(taken.unwrap_err().code(), Code::Exists);
    assert!(store.replace_user(&bob, &User { username: "alice".into(), ..bob.clone() }).unwrap());
    assert!(
        matches!(account(store, Whose::Name("alice")), Account::Stored(user) if user.id == bob.id)
    );
    assert_eq!(account(store, Whose::Name("bob")), Account::Removed);
}

pub(crate) fn an_id_is_given_once(store: &dyn Store) {
    let own = |id, name: &str| NewUser { id: Some(id), ..new_user(name) };
    assert_eq!(store.add_user(&own(40, "alice")).unwrap().id, 40);
    let bob = store.add_user(&new_user("bob")).unwrap();
    assert_eq!(bob.id, 41);
    assert!(store.write(&[Change::RemoveUser(&bob, 1)]).unwrap().is_some());
    let taken = store.add_user(&own(41, "carol")).unwrap_err();
    assert_eq!(taken.code(), Code::Exists);
    assert_eq!(taken.to_string(), "the user \"carol\", or one with the id 41, is there already");
    assert_eq!(store.add_user(&new_user("carol")).unwrap().id, 42);
    assert_eq!(store.add_user(&own(7, "dora")).unwrap().id, 7);
}

pub(crate) fn groups_give_their_members_what_they_have_today(store: &dyn Store) {
    let group = |permissions: &[&str]| Group {
        name: "editors".into(),
        permissions: permissions.iter().map(|p| (*p).to_owned()).collect(),
    };
    let set = |was: Option<&Group>, becomes: &Group| {
        store.write(&[Change::SetGroup { was, becomes }]).unwrap().is_some()
    };
    let (first, second) = (group(&["a.b"]), group(&["a.b", "c.d"]));
    assert!(!set(Some(&first), &second), "it is not there");
    assert!(set(None, &first));
    assert!(!set(None, &second), "it is there");
    let new = NewUser { groups: vec![group(&[])], ..new_user("alice") };
    let alice = store.add_user(&new).unwrap();
    assert_eq!(alice.groups, std::slice::from_ref(&first));
    assert_eq!(alice.granted(), ["app.view", "app.\"add\"", "a.b"]);
    assert!(!set(Some(&second), &first), "it is something else");
    assert!(set(Some(&first), &second));
    assert_eq!(store.user("alice").unwrap().unwrap().groups, std::slice::from_ref(&second));
    assert_eq!(store.groups().unwrap(), [second]);
}

pub(crate) fn any_user_with_a_password(store: &dyn Store) {
    assert_eq!(store.any_user(3).unwrap(), None);
    store.add_user(&NewUser { password: None, ..new_user("nobody") }).unwrap();
    assert_eq!(store.any_user(3).unwrap(), None);
    for (name, hash) in [("alice", "$a"), ("bob", "$b"), ("carol", "$c")] {
        store.add_user(&NewUser { password: Some(hash.into()), ..new_user(name) }).unwrap();
    }
    let hash = |draw| store.any_user(draw).unwrap().unwrap().password.unwrap();
    let draws = [0, 1, 2, 3, 4, u64::MAX];
    assert_eq!(draws.map(hash), draws.map(hash), "the same draw, the same hash");
    for wanted in ["$a", "$b", "$c"] {
        assert!((0..5).any(|draw| hash(draw) == wanted), "{wanted}");
    }
}

pub(crate) fn all_of_a_list_of_changes_or_none(store: &dyn Store) {
    let alice = store.add_user(&new_user("alice")).unwrap();
    let stale = User { active: false, ..alice.clone() };
    let begun = session("s", of(&alice), 100);
    let token = minted("t", "alice", 100);
    let event = Event::new(Kind::LoggedIn, 100, &Source::command_line());
    let before = [Change::Begin(&begun), Change::Mint(&token), Change::Note(&event)];
    let lost = [&before[..], &[Change::ReplaceUser { was: &stale, becomes: &alice }]].concat();
    assert_eq!(store.write(&lost).unwrap(), None);
    let twice = new_user("alice");
    let failed = [&before[..], &[Change::AddUser(&twice)]].concat();
    assert_eq!(store.write(&failed).unwrap_err().code(), Code::Exists);
    assert_eq!(store.session("s").unwrap(), None);
    assert_eq!(store.find_tokens("t").unwrap(), []);
    assert_eq!(store.latest_expiry().unwrap(), None);
    let mut none = |_| panic!("there is no event");
    store.events(&jot::store::EventFilter::default(), &mut none).unwrap();
    assert!(store.write(&before).unwrap().is_some());
    assert_eq!(store.session("s").unwrap(), Some(begun));
}
