//! The one gate, as a matrix: whatever happens to a user, against every door. A new door is one more
//! line of [`DOORS`]: what it must answer follows from what it is for.

use jot::authority::people::{Act, Tokens};
use jot::error::Error;
use jot::store::{Account, Store as _};
use jot::user::Group;

use crate::acts::Acts as _;
use crate::world::*;
use jot::authority::issue::Grant;
use jot::authority::refresh::Wish;
use jot::authority::validate::Asked;

/// What a door is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// Issues a token to whoever is named.
    Issue,
    /// Lets somebody in who knows the password of before.
    Login,
    /// Gives new tokens for the refresh token of before.
    Refresh,
    /// Says whether a token of before is good.
    Check,
}

/// What a door answers: the permissions of the token that it gives or finds good, or the exit code
/// of its refusal.
type Answer = Result<String, u8>;

/// A user as everything begins, and what that user holds.
struct Before {
    world: World,
    refresh: String,
    access: String,
    lone: String,
}

type Door = fn(&Before) -> Answer;

const DOORS: [(&str, Purpose, Door); 9] = [
    ("issue", Purpose::Issue, |b| issued(b, Grant { username: NAME.into(), ..Grant::default() })),
    ("issue --type pair", Purpose::Issue, |b| issued(b, pair(NAME))),
    ("login", Purpose::Login, |b| match b.world.try_login(NAME, PASSWORD) {
        Ok(Some(pair)) => Ok(permissions(&pair.access.text)),
        // 0 stands for "wrong name or password", which is no error.
        Ok(None) => Err(0),
        Err(error) => Err(error.code().exit()),
    }),
    ("refresh", Purpose::Refresh, |b| refreshed(b, Wish::Access)),
    ("refresh, rotating", Purpose::Refresh, |b| refreshed(b, Wish::Renewal)),
    ("refresh --update", Purpose::Refresh, |b| refreshed(b, Wish::Update)),
    ("validate, of the session", Purpose::Check, |b| checked(b, &b.access)),
    ("validate, alone", Purpose::Check, |b| checked(b, &b.lone)),
    ("validate, refresh token", Purpose::Check, |b| checked(b, &b.refresh)),
];

const NAME: &str = "alice";

fn permissions(token: &str) -> String {
    claims(token).permissions.join(" ")
}

fn code(error: &Error) -> u8 {
    error.code().exit()
}

fn issued(before: &Before, grant: Grant) -> Answer {
    let issued = before.world.try_issue(grant).map_err(|error| code(&error))?;
    Ok(permissions(&issued.access.unwrap().text))
}

fn refreshed(before: &Before, wish: Wish) -> Answer {
    let answer = before.world.try_refresh(&before.refresh, wish).map_err(|error| code(&error))?;
    assert_eq!(before.world.stage(&answer.access.text), None, "what is given is good");
    Ok(permissions(&answer.access.text))
}

fn checked(before: &Before, token: &str) -> Answer {
    match before.world.stage(token) {
        None => Ok(permissions(token)),
        Some(stage) => Err(stage.exit()),
    }
}

/// Alice, who may see and add, and her tokens.
fn known() -> Before {
    let world = world(rules());
    world.add_with(NAME, &["app.view", "app.add"]);
    let (refresh, access) = world.login(NAME);
    let lone = world.access(NAME);
    for token in [&refresh, &access, &lone] {
        assert_eq!(world.stage(token), None, "it is good, and remembered as such");
        assert!(world.authority.recall(token, &Asked::default()).is_some());
    }
    Before { world, refresh, access, lone }
}

/// The same for a name that nobody has.
fn unknown() -> Before {
    let world = world(rules());
    let grant = Grant { permissions: vec!["app.view".into(), "app.add".into()], ..pair(NAME) };
    let issued = world.issue(grant.clone());
    let lone = world.issue(Grant { what: jot::authority::issue::What::Access, ..grant });
    let (refresh, access) = (issued.refresh.unwrap().text, issued.access.unwrap().text);
    Before { world, refresh, access, lone: lone.access.unwrap().text }
}

fn act(tokens: Tokens, source: &jot::event::Source) -> Act<'_> {
    Act { what: "a test", tokens, source }
}

fn lose(world: &World, tokens: Tokens) {
    let edit = |user: &mut jot::user::User| {
        user.permissions.retain(|permission| permission != "app.add");
        Ok(())
    };
    world.authority.change_user(NAME, act(tokens, &here()), edit).unwrap();
}

fn rename(world: &World, to: &str) {
    let edit = |user: &mut jot::user::User| {
        to.clone_into(&mut user.username);
        Ok(())
    };
    world.authority.change_user(NAME, act(Tokens::Stay, &here()), edit).unwrap();
}

const ALL: Answer3 = Ok("app.view app.add");
const SEE: Answer3 = Ok("app.view");
const NONE: Answer3 = Ok("");
/// The user may not be issued a token.
const USER: Answer3 = Err(25);
/// The token is refused as revoked.
const DEAD: Answer3 = Err(16);
/// The login is refused like a wrong password.
const WRONG: Answer3 = Err(0);

type Answer3 = Result<&'static str, u8>;

/// What happened, to whom, and what the doors of each purpose answer afterwards.
struct Row {
    what: &'static str,
    before: fn() -> Before,
    happens: fn(&World),
    issue: Answer3,
    login: Answer3,
    refresh: Answer3,
    check: Answer3,
}

const ROWS: [Row; 13] = [
    row("nothing", known, |_| (), [ALL, ALL, ALL, ALL]),
    row("disabled", known, |w| set_active(w, false), [USER, WRONG, USER, DEAD]),
    row(
        "disabled and enabled again",
        known,
        |w| {
            set_active(w, false);
            set_active(w, true);
        },
        [ALL, ALL, DEAD, DEAD],
    ),
    row("removed", known, remove, [USER, WRONG, USER, DEAD]),
    row(
        "removed and added again",
        known,
        |w| {
            remove(w);
            w.add_with(NAME, &["app.view"]);
        },
        [SEE, SEE, USER, DEAD],
    ),
    row("renamed", known, |w| rename(w, "anna"), [USER, WRONG, ALL, ALL]),
    row(
        "renamed, and the name given to somebody else",
        known,
        |w| {
            rename(w, "anna");
            w.add_with(NAME, &["app.view"]);
        },
        [SEE, SEE, ALL, ALL],
    ),
    row(
        "password changed",
        known,
        |w| {
            w.authority.set_password(NAME, password("another long phrase"), &here()).unwrap();
        },
        [ALL, WRONG, DEAD, DEAD],
    ),
    row("permission removed", known, |w| lose(w, Tokens::Stay), [SEE, SEE, SEE, ALL]),
    row("permission removed now", known, |w| lose(w, Tokens::Refused), [SEE, SEE, DEAD, DEAD]),
    row("unknown", unknown, |_| (), [NONE, WRONG, ALL, ALL]),
    row(
        "unknown, then added",
        unknown,
        |w| {
            w.add_with(NAME, &["app.view"]);
        },
        [SEE, SEE, USER, DEAD],
    ),
    row(
        "unknown, then added and removed",
        unknown,
        |w| {
            w.add(NAME);
            remove(w);
        },
        [USER, WRONG, USER, DEAD],
    ),
];

const fn row(
    what: &'static str,
    before: fn() -> Before,
    happens: fn(&World),
    [issue, login, refresh, check]: [Answer3; 4],
) -> Row {
    Row { what, before, happens, issue, login, refresh, check }
}

fn set_active(world: &World, active: bool) {
    world.authority.set_active(NAME, active, &here()).unwrap();
}

fn remove(world: &World) {
    world.authority.remove_user(NAME, &here()).unwrap();
}

#[test]
fn whatever_happens_to_a_user_every_door_knows() {
    for row in &ROWS {
        for (name, purpose, door) in DOORS {
            let before = (row.before)();
            (row.happens)(&before.world);
            before.world.pass(2);
            let wanted = match purpose {
                Purpose::Issue => row.issue,
                Purpose::Login => row.login,
                Purpose::Refresh => row.refresh,
                Purpose::Check => row.check,
            };
            assert_eq!(door(&before), wanted.map(str::to_owned), "{} at {name}", row.what);
        }
    }
}

/// A user who is refused may not come back with the session when the reason is gone.
#[test]
fn who_is_refused_at_a_refresh_has_no_session_any_more() {
    let before = unknown();
    before.world.add(NAME);
    assert_eq!(refreshed(&before, Wish::Access), Err(25));
    let ended = before.world.session(&before.refresh).ended.unwrap();
    assert_eq!(ended.reason, "the user may not be issued a token");
    assert_eq!(refreshed(&before, Wish::Access), Err(25));
}

#[test]
fn a_renamed_user_is_named_anew_and_stays_the_same_user() {
    let before = known();
    let id = claims(&before.access).user_id;
    rename(&before.world, "anna");
    let next = before.world.refresh(&before.refresh, Wish::Update);
    for token in [&next.access.text, &next.refresh] {
        let claims = claims(token);
        assert_eq!((claims.user_id, claims.username.as_deref()), (id, Some("anna")));
    }
    assert!(before.world.try_login("anna", PASSWORD).unwrap().is_some());
}

#[test]
fn what_a_group_has_its_members_have_from_the_next_refresh_on() {
    let before = known();
    let world = &before.world;
    let source = here();
    let group = |permissions: &'static [&'static str], tokens| {
        let edit = |kept: &mut Vec<String>| {
            *kept = permissions.iter().map(|p| (*p).to_owned()).collect();
            Ok(())
        };
        world.authority.change_group("editors", act(tokens, &source), edit).unwrap()
    };
    let editors: Group = group(&["news.add"], Tokens::Stay);
    let was = world.authority.known(NAME).unwrap();
    let becomes = jot::user::User { groups: vec![editors], ..was.clone() };
    assert!(world.authority.store().replace_user(&was, &becomes).unwrap());
    assert_eq!(refreshed(&before, Wish::Access), Ok("app.view app.add news.add".into()));
    group(&[], Tokens::Stay);
    assert_eq!(refreshed(&before, Wish::Access), Ok("app.view app.add".into()));
    group(&[], Tokens::Refused);
    assert_eq!(refreshed(&before, Wish::Access), Err(16));
    let account = world.authority.store().account(jot::store::Whose::Name(NAME)).unwrap().0;
    assert!(matches!(account, Account::Stored(_)));
}

/// Disabled after the gate let the name through, before the token was recorded: there is none.
#[test]
fn a_change_that_overtakes_an_issue_is_seen_before_the_token_is_recorded() {
    let (store, notes) = crate::spy::spy();
    let world = world_over(store, rules());
    world.add(NAME);
    notes.after("account", |inner| {
        let was = inner.user(NAME).unwrap().unwrap();
        let becomes = jot::user::User { active: false, ..was.clone() };
        assert!(inner.replace_user(&was, &becomes).unwrap());
    });
    assert_eq!(code(&world.try_issue(pair(NAME)).unwrap_err()), 25);
    let mut none = |row| panic!("a token was recorded: {row:?}");
    world.authority.store().tokens(&jot::store::Filter::default(), &mut none).unwrap();
}
