//! Logging in: who is let in, what the others cannot tell apart, and hashes made anew.

use jot::authority::Rules;
use jot::authority::people::Person;
use jot::event::Source;
use jot::password::{self, Cost};
use jot::store::Store;
use jot::user::User;

use super::acts::Acts as _;
use super::refresh::shared;
use super::spy::spy;
use super::world::*;

const ANOTHER: &str = "another phrase";
const DEARER: Cost = Cost { memory: 16, ..CHEAP };

#[test]
fn a_login_begins_a_session_and_notes_the_time() {
    let world = world(rules());
    let user = world.add("alice");
    assert_eq!(user.last_login, None);
    world.pass(5);
    let (refresh, access) = world.login("alice");
    let session = world.session(&refresh);
    assert_eq!((session.created, session.generation), (NOW + 5, 0));
    assert_eq!(session.subject.id, Some(user.id));
    assert_eq!((claims(&access).sid, claims(&access).user_id), (Some(session.sid), Some(user.id)));
    assert_eq!(world.authority.known("alice").unwrap().last_login, Some(NOW + 5));
    let (again, _) = world.login("alice");
    assert_ne!(world.session(&again).sid, world.session(&refresh).sid);
}

#[test]
fn wrong_unknown_and_disabled_are_answered_alike_and_take_the_same_steps() {
    let folder = tempfile::tempdir().unwrap();
    let (real, sql) = shared(folder.path(), rules());
    real.add("alice");
    real.add("dora");
    sql("UPDATE users SET active = 0 WHERE username = 'dora'");
    for (name, password) in [
        ("alice", "wrong"),
        ("alice", ""),
        ("nobody", PASSWORD),
        ("dora", PASSWORD),
        ("dora", "wrong"),
        ("Alice", PASSWORD),
        ("alice\u{202e}", PASSWORD),
        ("", PASSWORD),
    ] {
        assert_eq!(real.try_login(name, password).unwrap(), None, "{name:?}");
    }
    assert_eq!(real.authority.known("alice").unwrap().last_login, None);

    let (store, notes) = spy();
    let world = world_over(store, rules());
    world.add("alice");
    world.add("dora");
    world.authority.set_active("dora", false, &Source::command_line()).unwrap();
    notes.taken();
    let steps = ["user", "secret", "any_user", "account", "write"];
    for (name, password) in [("alice", "wrong"), ("nobody", PASSWORD), ("", PASSWORD)] {
        assert_eq!(world.try_login(name, password).unwrap(), None);
        assert_eq!(notes.taken(), steps, "{name}");
    }
    for password in ["wrong", PASSWORD] {
        assert_eq!(world.try_login("dora", password).unwrap(), None);
        assert_eq!(notes.taken(), steps, "{password}");
    }
}

#[test]
fn a_name_is_the_same_however_it_is_typed() {
    let world = world(rules());
    world.add("caf\u{e9}");
    assert!(world.try_login("cafe\u{301}", PASSWORD).unwrap().is_some());
    assert!(world.try_login("\u{ff43}af\u{e9}", PASSWORD).unwrap().is_some());
}

#[test]
fn a_hash_is_made_anew_once_when_its_cost_rose() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jot.db");
    let cheap = world_in(&path, rules());
    cheap.add("alice");
    let hash = || cheap.authority.known("alice").unwrap().password.unwrap();
    let first = hash();
    let (refresh, _) = cheap.login("alice");
    assert_eq!(hash(), first);
    let dear = world_in(&path, Rules { cost: DEARER, ..rules() });
    assert_eq!(dear.try_login("alice", "wrong").unwrap(), None);
    assert_eq!(hash(), first, "a wrong password changes nothing");
    dear.login("alice");
    let second = hash();
    assert_ne!(second, first);
    assert!(second.contains("m=16,"), "{second}");
    dear.login("alice");
    assert_eq!(hash(), second, "once");
    cheap.login("alice");
    assert_eq!(hash(), second, "never back to a cheaper one");
    assert_eq!(cheap.judged(&refresh, &REFRESH_ONLY), None, "a re-hash is no new password");
}

/// Another password was set after the old one was checked, or after the user was read again.
#[test]
fn a_login_that_a_new_password_overtakes_is_refused() {
    for read in ["user", "account"] {
        let (store, notes) = spy();
        let world = world_over(store, rules());
        world.add("alice");
        notes.after(read, |inner| set_hash(inner, ANOTHER, CHEAP));
        let issued = world.try_login("alice", PASSWORD).unwrap();
        assert_eq!(issued, None, "the old password opens nothing once there is a new one");
        assert!(world.try_login("alice", ANOTHER).unwrap().is_some());
    }
}

fn set_hash(store: &dyn Store, password: &str, cost: Cost) {
    let was = store.user("alice").unwrap().unwrap();
    let hash = password::hash(password, &cost, &jot::chance::System).unwrap();
    assert!(store.replace_user(&was, &User { password: Some(hash), ..was.clone() }).unwrap());
}

/// Two logins at once after the cost rose: the one that comes second is right all the same.
#[test]
fn a_login_that_a_rehash_overtakes_is_let_in() {
    let (store, notes) = spy();
    let world = world_over(store, Rules { cost: DEARER, ..rules() });
    world.add("alice");
    set_hash(world.authority.store(), PASSWORD, CHEAP);
    notes.after("user", |inner| set_hash(inner, PASSWORD, DEARER));
    let hash = || world.authority.known("alice").unwrap().password.unwrap();
    world.login("alice");
    let rehashed = hash();
    assert!(rehashed.contains("m=16,"), "{rehashed}");
    world.login("alice");
    assert_eq!(hash(), rehashed, "once");
}

/// Disabled between the check and the end of a login: there is no session, not even a dead one.
#[test]
fn a_login_that_is_overtaken_by_the_end_of_its_user_begins_nothing() {
    let (store, notes) = spy();
    let world = world_over(store, rules());
    world.add("alice");
    notes.after("account", |inner| {
        let was = inner.user("alice").unwrap().unwrap();
        assert!(inner.replace_user(&was, &User { active: false, ..was.clone() }).unwrap());
    });
    assert_eq!(world.try_login("alice", PASSWORD).unwrap(), None);
    let mut none = |session| panic!("a session was begun: {session:?}");
    world.authority.store().sessions(&jot::store::Filter::default(), &mut none).unwrap();
}

#[test]
fn a_user_without_a_password_cannot_log_in() {
    let folder = tempfile::tempdir().unwrap();
    let (world, sql) = shared(folder.path(), rules());
    world.add("alice");
    sql("UPDATE users SET password = NULL");
    for password in ["", PASSWORD] {
        assert_eq!(world.try_login("alice", password).unwrap(), None);
    }
}

#[test]
fn a_superuser_says_so_and_lists_what_is_explicit() {
    let world = world(rules());
    let permissions = vec!["app.view".into()];
    world.add_person(&Person { permissions, superuser: true, ..Person::named("root") });
    let (_, access) = world.login("root");
    assert_eq!(claim(&access, "superuser"), "true");
    assert_eq!(claims(&access).permissions, ["app.view"]);
    let asked = jot::authority::validate::Asked {
        permissions: vec!["anything.at_all".into()],
        ..ACCESS_ONLY
    };
    assert_eq!(world.judged(&access, &asked), None);
}
