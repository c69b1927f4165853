//! Revoking by whatever a person has in hand, and what becomes of it later.

use jot::authority::Rules;
use jot::authority::issue::Grant;
use jot::authority::refresh::Wish;
use jot::authority::revoke::{Note, Revoked, What};
use jot::authority::rules::Rotation;
use jot::error::{Code, Stage};
use jot::revocation::Target;

use super::world::*;

impl World {
    fn revoke(&self, what: What) -> Revoked {
        self.authority.revoke(&[what], &Note::default()).unwrap().remove(0)
    }

    fn revoke_id(&self, id: &str) -> Revoked {
        self.revoke(What::Id(id.into()))
    }

    fn unrevoked(&self, what: What) -> Code {
        self.authority.revoke(&[what], &Note::default()).unwrap_err().code()
    }
}

#[test]
fn an_access_token_goes_alone_and_the_session_that_stays_is_named() {
    let world = world(rules());
    let (refresh, access) = world.pair("alice");
    let other = world.refresh(&refresh, Wish::Access).access.text;
    let done = world.revoke(What::Token(access.clone()));
    assert_eq!(done.done.revocation.target, Target::Token(jti(&access)));
    assert_eq!(done.session_stays, claims(&access).sid);
    assert_eq!((done.unknown, done.done.already), (false, false));
    assert_eq!(world.stage(&access), Some(Stage::Revoked));
    let by_id = world.revoke_id(&jti(&access));
    assert!(by_id.done.already, "by its id it is the same refusal");
    assert_eq!(by_id.session_stays, claims(&access).sid);
    for alive in [&other, &refresh] {
        assert_eq!(world.stage(alive), None);
    }
    let lone = world.access("alice");
    assert_eq!(world.revoke(What::Token(lone.clone())).session_stays, None);
    assert_eq!(world.stage(&lone), Some(Stage::Revoked));
}

/// What to revoke, from the first and the current refresh token.
type Named = fn(&str, &str) -> What;

#[test]
fn a_refresh_token_takes_its_session_with_it_however_it_is_named() {
    let rotating = || world(Rules { rotation: Rotation::Always, ..rules() });
    let ways: [Named; 7] = [
        |first, _| What::Token(first.into()),
        |_, current| What::Token(current.into()),
        |first, _| What::Id(jti(first)),
        |_, current| What::Id(jti(current)),
        |first, _| What::Id(claims(first).sid.unwrap()),
        |first, _| What::Session(claims(first).sid.unwrap()),
        |first, _| What::Session(claims(first).sid.unwrap()[..8].into()),
    ];
    for (way, named) in ways.into_iter().enumerate() {
        let world = rotating();
        world.add("alice");
        let (first, access) = if way % 2 == 0 { world.pair("alice") } else { world.login("alice") };
        let next = world.refresh(&first, Wish::Access);
        let done = world.revoke(named(&first, &next.refresh));
        assert_eq!(done.done.revocation.target, Target::Session(claims(&first).sid.unwrap()));
        assert_eq!(done.session_stays, None);
        for dead in [&first, &access, &next.refresh, &next.access.text] {
            assert_eq!(world.stage(dead), Some(Stage::Revoked), "way {way}");
        }
        assert_eq!(world.refused(&next.refresh, Wish::Update), REVOKED);
        assert!(world.session(&first).ended.is_some());
        assert!(world.revoke(named(&first, &next.refresh)).done.already);
    }
}

#[test]
fn the_first_refusal_stays_with_its_reason() {
    let world = world(rules());
    let token = world.access("alice");
    let note = |reason: &str| Note {
        reason: Some(reason.into()),
        source: Some(here()),
        ..Note::default()
    };
    let what = [What::Token(token)];
    world.authority.revoke(&what, &note("lost")).unwrap();
    world.pass(10);
    let again = world.authority.revoke(&what, &note("found")).unwrap().remove(0).done;
    assert!(again.already);
    assert_eq!((again.revocation.at, again.revocation.reason.as_deref()), (NOW, Some("lost")));
}

#[test]
fn all_of_a_batch_or_none() {
    let world = world(rules());
    let (one, other) = (world.access("alice"), world.access("bob"));
    let batch = [What::Token(one.clone()), What::Id("ffff".into())];
    let refused = world.authority.revoke(&batch, &Note::default()).unwrap_err();
    assert_eq!(refused.code(), Code::UnknownToken);
    assert_eq!(world.stage(&one), None);
    let batch = [What::Token(one.clone()), What::Token(other.clone()), What::Token(one.clone())];
    let done = world.authority.revoke(&batch, &Note::default()).unwrap();
    assert_eq!(done.iter().map(|d| d.done.already).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!([&one, &other].map(|token| world.stage(token)), [Some(Stage::Revoked); 2]);
}

#[test]
fn what_would_be_revoked_is_not() {
    let world = world(rules());
    let (refresh, access) = world.pair("alice");
    let what = [What::Token(refresh), What::User("alice".into()), What::Everybody];
    let told = world.authority.would_revoke(&what, &Note::default()).unwrap();
    let kinds: Vec<_> = told.iter().map(|one| one.done.revocation.target.kind()).collect();
    assert_eq!(kinds, ["session", "name", "everybody"]);
    assert_eq!(world.stage(&access), None);
}

#[test]
fn a_prefix_resolves_only_to_what_is_known() {
    let world = world(rules());
    let token = world.access("alice");
    let (refresh, _) = world.pair("bob");
    let id = jti(&token);
    assert_eq!(world.revoke_id(&id[..8]).done.revocation.target, Target::Token(id.clone()));
    let sid = claims(&refresh).sid.unwrap();
    let by_refresh = world.revoke_id(&jti(&refresh)[..8]);
    assert_eq!(by_refresh.done.revocation.target, Target::Session(sid.clone()));
    assert!(world.revoke_id(&sid[..8]).done.already);
    for (what, code) in [
        (What::Id("0000".into()), Code::UnknownToken),
        (What::Id(String::new()), Code::Usage),
        (What::Id("a\u{7}".repeat(4)), Code::Usage),
        (What::Id("x".repeat(256)), Code::Usage),
        (What::Session("0000".into()), Code::UnknownSession),
        // As a script writes it that forgot to set its variable.
        (What::Session(String::new()), Code::Usage),
        (What::User(String::new()), Code::Usage),
    ] {
        assert_eq!(world.unrevoked(what.clone()), code, "{what:?}");
    }
    let many = (0..40).map(|_| jti(&world.access("carol"))).collect::<Vec<_>>();
    let twice = (0..16_u32)
        .filter_map(|digit| char::from_digit(digit, 16))
        .find(|digit| many.iter().filter(|id| id.starts_with(*digit)).count() > 1);
    assert_eq!(world.unrevoked(What::Id(twice.unwrap().into())), Code::UnknownToken);
}

#[test]
fn a_whole_id_that_nobody_knows_is_kept_as_long_as_any_token_could_live() {
    let world = world(rules());
    let (refresh, _) = world.pair("alice");
    let unrecorded = world.refresh(&refresh, Wish::Access).access.text;
    let done = world.revoke_id(&jti(&unrecorded));
    assert!(done.unknown);
    assert_eq!(done.done.revocation.until, NOW + 2 * REFRESH);
    assert_eq!(world.stage(&unrecorded), Some(Stage::Revoked));
    assert_eq!(world.stage(&refresh), None);
    let hex = "00112233445566778899aabbccddeeff";
    assert!(world.revoke_id(hex).unknown);
}

#[test]
fn a_token_of_somebody_else_fills_no_list() {
    let world = world(rules());
    let token = world.access("alice");
    for (bad, stage) in [
        (token[..token.len() - 1].to_owned(), Stage::Parse),
        ("x".to_owned(), Stage::Parse),
        (token.replace('.', "A."), Stage::Parse),
        (format!("{}.{}", &token[..token.rfind('.').unwrap()], encode([0; 64])), Stage::Signature),
    ] {
        let code = world.unrevoked(What::Token(bad.clone()));
        assert!(matches!(code, Code::Refused(seen) if seen == stage), "{bad}: {code:?}");
    }
    let nameless = world.sign("JWT", r#"{"type":"access","user":{"id":null},"exp":1}"#);
    assert_eq!(world.unrevoked(What::Token(nameless)), Code::Usage);
}

#[test]
fn an_expired_token_can_be_revoked() {
    let world = world(rules());
    let (refresh, access) = world.pair("alice");
    world.pass(ACCESS + 1);
    assert_eq!(world.stage(&access), Some(Stage::Expired));
    assert_eq!(world.revoke(What::Token(access)).done.revocation.until, NOW + ACCESS);
    world.pass(REFRESH);
    let done = world.revoke(What::Token(refresh)).done;
    assert_eq!(done.revocation.target.kind(), "session");
}

#[test]
fn the_first_token_of_a_long_line_does_not_come_back_when_refusals_are_purged() {
    let world = world(rules());
    world.add("alice");
    let (first, _) = world.login("alice");
    let mut line = vec![first.clone()];
    for _ in 0..3 {
        world.pass(6 * DAY);
        line.push(world.refresh(line.last().unwrap(), Wish::Update).refresh);
    }
    // The first has ended; the refusal is that of the session and lasts for the last of the line.
    let done = world.revoke(What::Token(first));
    assert!(done.done.revocation.until >= claims(line.last().unwrap()).exp.unwrap());
    for days in 0..80 {
        world.pass(DAY);
        world.authority.purge().unwrap();
        for token in &line {
            assert!(world.stage(token).is_some(), "alive {days} days later");
            world.try_refresh(token, Wish::Access).unwrap_err();
        }
    }
    let sid = claims(&line[0]).sid.unwrap();
    assert_eq!(world.authority.store().session(&sid).unwrap(), None, "and in the end it is gone");
}

#[test]
fn a_revoked_access_token_that_outlives_its_session_does_not_come_back_either() {
    let world = world(rules());
    let long = Grant { lifetime: Some(100 * DAY), ..pair("alice") };
    let issued = world.issue(long);
    let (refresh, access) = (issued.refresh.unwrap().text, issued.access.unwrap().text);
    world.revoke(What::Token(refresh));
    for _ in 0..105 {
        world.pass(DAY);
        world.authority.purge().unwrap();
        assert!(world.stage(&access).is_some(), "at {}", world.now());
    }
}

#[test]
fn a_refusal_lasts_as_long_as_the_rules_forgive_an_end() {
    let world = world(Rules { leeway: 10 * DAY, ..rules() });
    let token = world.access("alice");
    world.revoke(What::Token(token.clone()));
    for _ in 0..10 {
        world.pass(DAY);
        world.authority.purge().unwrap();
        assert!(world.stage(&token).is_some(), "at {}", world.now());
    }
    assert_eq!(world.stage(&token), Some(Stage::Revoked), "its end is still forgiven");
}

#[test]
fn tokens_without_jti_are_revoked_by_session_and_by_user() {
    let world = world(Rules { jti: false, ..rules() });
    world.add("alice");
    let (refresh, access) = world.login("alice");
    let lone = world.access("alice");
    assert_eq!((claims(&access).jti, claims(&refresh).jti), (None, None));
    for alive in [&refresh, &access, &lone] {
        assert_eq!(world.stage(alive), None);
    }
    let next = world.refresh(&refresh, Wish::Update);
    assert_eq!(world.unrevoked(What::Token(lone.clone())), Code::Usage);
    let done = world.revoke(What::Token(access.clone()));
    assert_eq!(done.done.revocation.target.kind(), "session");
    for dead in [&refresh, &access, &next.refresh, &next.access.text] {
        assert_eq!(world.stage(dead), Some(Stage::Revoked));
    }
    assert_eq!(world.stage(&lone), None);
    let named = world.issue(Grant { username: "alice".into(), ..Grant::default() }).access.unwrap();
    for id in [&named.jti[..], &named.jti[..8], "00112233445566778899aabbccddeeff"] {
        assert_eq!(world.unrevoked(What::Id(id.into())), Code::Usage, "it would refuse nothing");
    }
    world.revoke(What::User("alice".into()));
    assert_eq!(world.stage(&lone), Some(Stage::Revoked));
}
