//! Users come, change and go: what becomes of their tokens.

use std::cell::Cell;

use jot::authority::issue::Grant;
use jot::authority::people::{NewPassword, Person};
use jot::authority::refresh::Wish;
use jot::error::{Code, Stage};
use jot::password::Weak;

use super::refresh::shared;
use super::world::*;

const OTHER: &str = "another phrase with blanks";

#[test]
fn a_new_password_ends_every_session_and_every_token() {
    let world = world(rules());
    world.add("alice");
    world.add("bob");
    let ((refresh, access), lone) = (world.login("alice"), world.access("alice"));
    let (other, _) = world.login("bob");
    world.authority.set_password("alice", password(OTHER), &here()).unwrap();
    for dead in [&refresh, &access, &lone] {
        assert_eq!(world.stage(dead), Some(Stage::Revoked));
    }
    assert_eq!(world.refused(&refresh, Wish::Access), REVOKED);
    let ended = world.session(&refresh).ended.unwrap();
    assert_eq!((ended.at, ended.reason.as_str()), (NOW, "password changed"));
    assert_eq!(world.try_login("alice", PASSWORD).unwrap(), None);
    let issued = world.try_login("alice", OTHER).unwrap().unwrap();
    assert_eq!(world.now(), NOW + 1, "a login waits until its second is over");
    assert_eq!(world.stage(&issued.access.text), None);
    assert_eq!(world.stage(&other), None, "nobody else is touched");
}

#[test]
fn a_disabled_user_gets_nothing_and_loses_the_session() {
    let folder = tempfile::tempdir().unwrap();
    let (world, sql) = shared(folder.path(), rules());
    world.add("alice");
    let (refresh, access) = world.login("alice");
    let lone = world.access("alice");
    sql("UPDATE users SET active = 0");
    for dead in [&refresh, &access, &lone] {
        assert_eq!(world.stage(dead), Some(Stage::Revoked));
    }
    let refused = world.try_issue(Grant { username: "alice".into(), ..Grant::default() });
    assert_eq!(refused.unwrap_err().code(), Code::UserRefused);
    for wish in [Wish::Access, Wish::AccessOnly, Wish::Renewal, Wish::Update] {
        assert_eq!(world.refused(&refresh, wish), Code::UserRefused);
    }
    assert!(world.session(&refresh).ended.is_some());
    sql("UPDATE users SET active = 1");
    assert_eq!(world.refused(&refresh, Wish::Access), REVOKED, "the session does not come back");
    assert_eq!(world.stage(&access), Some(Stage::Revoked));
}

#[test]
fn a_removed_user_is_refused_and_the_next_of_that_name_is_somebody_else() {
    let folder = tempfile::tempdir().unwrap();
    let (world, sql) = shared(folder.path(), rules());
    let first = world.add("alice");
    let (refresh, access) = world.login("alice");
    let (lone, (again, _)) = (world.access("alice"), world.login("alice"));
    sql("UPDATE users SET removed = 1");
    for dead in [&access, &lone, &refresh] {
        assert_eq!(world.stage(dead), Some(Stage::Revoked));
    }
    assert_eq!(world.refused(&refresh, Wish::Access), Code::UserRefused);
    let second = world.add("alice");
    assert_ne!(first.id, second.id);
    for dead in [&access, &lone, &again] {
        assert_eq!(world.stage(dead), Some(Stage::Revoked));
    }
    assert_eq!(world.refused(&again, Wish::Access), Code::UserRefused);
    assert!(world.session(&again).ended.is_some());
}

#[test]
fn an_unknown_name_may_refresh_until_it_is_stored() {
    let world = world(rules());
    let issued = world.issue(pair("alice"));
    assert!(!issued.stored);
    let (refresh, lone) = (issued.refresh.unwrap().text, world.access("alice"));
    assert_eq!(claim(&refresh, "user"), r#"{"username":"alice","id":null,"perms":[]}"#);
    let refreshed = world.refresh(&refresh, Wish::Update);
    assert_eq!(world.stage(&refreshed.access.text), None);
    world.add("alice");
    for dead in [&refreshed.refresh, &refreshed.access.text, &lone] {
        assert_eq!(world.stage(dead), Some(Stage::Revoked));
    }
    assert_eq!(world.refused(&refreshed.refresh, Wish::Access), Code::UserRefused);
    assert!(world.session(&refresh).ended.is_some());
    let stored = world.issue(pair("alice"));
    assert!(stored.stored);
    assert_eq!(world.stage(&stored.access.unwrap().text), None);
}

#[test]
fn permissions_are_read_again_and_a_minted_extra_ends_with_the_first_token() {
    let folder = tempfile::tempdir().unwrap();
    let (world, sql) = shared(folder.path(), rules());
    world.add_with("alice", &["app.view", "app.add"]);
    let grant = Grant { permissions: vec!["app.extra".into(), "app.add".into()], ..pair("alice") };
    let issued = world.issue(grant.clone());
    let (refresh, access) = (issued.refresh.unwrap().text, issued.access.unwrap().text);
    assert_eq!(claims(&access).permissions, ["app.view", "app.add", "app.extra"]);
    sql("UPDATE users SET permissions = '[\"app.view\"]', superuser = 1");
    let now = world.refresh(&refresh, Wish::Access).access.text;
    assert_eq!(claims(&now).permissions, ["app.view"]);
    assert_eq!(claim(&now, "superuser"), "true");
    let slid = world.refresh(&refresh, Wish::Update).refresh;
    assert_eq!(claim(&slid, "superuser"), "true");
    sql("UPDATE users SET superuser = 0");
    let fallen = world.refresh(&slid, Wish::Update);
    assert_eq!(
        [&fallen.access.text, &fallen.refresh].map(|token| claim(token, "superuser")),
        ["", ""]
    );
    let unknown = world.issue(Grant { username: "nobody".into(), ..grant });
    let kept = world.refresh(&unknown.refresh.unwrap().text, Wish::Update);
    assert_eq!(claims(&kept.access.text).permissions, ["app.extra", "app.add"]);
}

#[test]
fn who_is_added_has_a_name_permissions_and_a_password_of_the_right_form() {
    let world = world(rules());
    let add = |username: &str, permissions: &[&str], text: &str, weak| {
        let permissions = permissions.iter().map(|p| (*p).to_owned()).collect();
        let person = Person { permissions, ..Person::named(username) };
        world.authority.add_user(&person, Some(NewPassword { text, weak }), &here())
    };
    let long = "x".repeat(151);
    for bad in ["", &long, "a\u{1b}[31m", "a\nb", "a\u{202e}b"] {
        let refused = add(bad, &[], PASSWORD, Weak::Refused);
        assert_eq!(refused.unwrap_err().code(), Code::Usage, "{bad:?}");
    }
    for bad in ["", "a b", "a\tb", "a\u{a0}b", "a\u{0}"] {
        let refused = add("bob", &[bad], PASSWORD, Weak::Refused);
        assert_eq!(refused.unwrap_err().code(), Code::Usage, "{bad:?}");
    }
    let huge = "long ".repeat(300);
    for (bad, weak) in [
        ("short", Weak::Refused),
        ("passwordpassword", Weak::Refused),
        ("", Weak::Allowed),
        (huge.as_str(), Weak::Allowed),
    ] {
        let refused = add("bob", &[], bad, weak);
        assert_eq!(refused.unwrap_err().code(), Code::Usage, "{bad:?}");
    }
    assert!(world.authority.known("bob").is_err(), "nothing half done");
    assert!(!world.authority.lets_anybody_in().unwrap());
    let added = add("\u{ff42}ob", &["a.b"], "short", Weak::Allowed);
    assert_eq!(added.unwrap().username, "bob");
    assert!(world.authority.lets_anybody_in().unwrap());
    let twice = add("bob", &[], PASSWORD, Weak::Refused);
    assert_eq!(twice.unwrap_err().code(), Code::Exists);
    assert_eq!(world.authority.check_free("bob").unwrap_err().code(), Code::Exists);
}

#[test]
fn a_password_that_is_refused_changes_nothing() {
    let world = world(rules());
    world.add("alice");
    let (refresh, _) = world.login("alice");
    for (name, bad, code) in [
        ("alice", "short", Code::Usage),
        ("alice", "alicealicealicealice", Code::Usage),
        ("nobody", OTHER, Code::UnknownUser),
        ("", OTHER, Code::Usage),
    ] {
        let refused = world.authority.set_password(name, password(bad), &here());
        assert_eq!(refused.unwrap_err().code(), code, "{name} {bad}");
    }
    assert_eq!(world.stage(&refresh), None);
    world.login("alice");
    let seen = Cell::new(0);
    world
        .authority
        .store()
        .revocations(&jot::store::Filter::default(), &mut |_| {
            seen.set(seen.get() + 1);
            Ok(std::ops::ControlFlow::Continue(()))
        })
        .unwrap();
    assert_eq!(seen.get(), 0);
}
