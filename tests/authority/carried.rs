//! What a refresh carries over from the token that was shown, in every profile.

use jot::authority::Rules;
use jot::authority::issue::Grant;
use jot::authority::refresh::Wish;
use jot::claims::grammar::parse;
use jot::claims::{Kind, Profile};
use jot::error::{Code, Stage};
use jot::json::Json;

use super::world::*;

fn ours() -> Rules {
    Rules { iss: Some("https://me.example".into()), aud: Some(Json::string("api")), ..rules() }
}

fn rich(profile: Profile) -> Grant {
    Grant {
        profile: Some(profile),
        aud: vec!["web".into(), "api".into()],
        client_id: Some("cli".into()),
        permissions: vec!["a.b".into()],
        claims: ["tenant=blue", "deep.er:=[1.50,null]", "https://x.example/a.b=c", "users:={}"]
            .map(|claim| parse(claim).unwrap())
            .into(),
        ..pair("alice")
    }
}

#[test]
fn audience_client_and_added_claims_are_carried_over() {
    for profile in Profile::ALL {
        let world = world(ours());
        let first = world.issue(rich(profile));
        let (mut token, access) = (first.refresh.unwrap().text, first.access.unwrap().text);
        for wish in [Wish::Access, Wish::Renewal, Wish::Update, Wish::AccessOnly] {
            world.pass(1);
            let next = world.refresh(&token, wish);
            let names = ["iss", "aud", "sub", "client_id", "scope", "perms", "user", "tenant"];
            for name in names.into_iter().chain(["deep", "https://x.example/a.b", "users", "sid"]) {
                let was = claim(&access, name);
                assert_eq!(claim(&next.access.text, name), was, "{name} in {profile:?}");
                assert_eq!(claim(&next.refresh, name), was, "{name} in {profile:?}");
            }
            assert_eq!(claim(&next.access.text, "aud"), r#"["web","api"]"#);
            assert_eq!(claim(&next.access.text, "deep"), r#"{"er":[1.50,null]}"#);
            assert_eq!(header(&next.access.text), header(&access));
            assert_eq!(claims(&next.access.text).profile, Some(profile));
            assert_eq!(world.judged(&next.access.text, &ACCESS_ONLY), None);
            assert_eq!(world.judged(&next.refresh, &REFRESH_ONLY), None);
            token = next.refresh;
        }
    }
}

#[test]
fn members_stay_in_their_order_over_any_number_of_refreshes() {
    for profile in Profile::ALL {
        let world = world(ours());
        world.add("alice");
        let first = world.issue(rich(profile)).refresh.unwrap().text;
        let names = |token: &str| -> Vec<String> {
            claims(token).json.members().unwrap().iter().map(|(name, _)| name.clone()).collect()
        };
        let once = world.refresh(&first, Wish::Update).refresh;
        let twice = world.refresh(&once, Wish::Update).refresh;
        assert_eq!(names(&once), names(&first), "{profile:?}");
        assert_eq!(names(&twice), names(&first), "{profile:?}");
    }
}

#[test]
fn each_profile_has_its_own_lifetimes_after_a_refresh_too() {
    for (profile, access, refresh) in [
        (Profile::Djwto, ACCESS, REFRESH),
        (Profile::Ninja, 3 * ACCESS, 2 * REFRESH),
        (Profile::Rfc9068, ACCESS, REFRESH),
    ] {
        let world = world(ours());
        let token = world.issue(rich(profile)).refresh.unwrap().text;
        world.pass(DAY);
        let next = world.refresh(&token, Wish::Update);
        assert_eq!(next.access.expires, world.now() + access);
        assert_eq!(claims(&next.refresh).exp, Some(world.now() + refresh));
        let form = if profile == Profile::Ninja { 32 } else { 36 };
        assert_eq!([&next.access.text, &next.refresh].map(|token| jti(token).len()), [form; 2]);
    }
}

#[test]
fn what_the_rules_map_is_mapped_again_and_what_they_fix_stays_fixed() {
    let folder = tempfile::tempdir().unwrap();
    let mapped = jot::claims::grammar::Mapped {
        claim: "user.mail".into(),
        attribute: "email".into(),
        format: jot::claims::grammar::Format::Text,
    };
    let constants = vec![parse("tenant=blue").unwrap()];
    let rules = Rules { mapped: vec![mapped], constants, ..rules() };
    let (world, sql) = super::refresh::shared(folder.path(), rules.clone());
    world.add("alice");
    sql(r#"UPDATE users SET attributes = '{"email":"old@x"}'"#);
    let (token, access) = world.login("alice");
    assert!(claim(&access, "user").contains(r#""mail":"old@x""#));
    sql(r#"UPDATE users SET attributes = '{"email":"new@x"}'"#);
    let next = world.refresh(&token, Wish::Update);
    assert!(claim(&next.access.text, "user").contains(r#""mail":"new@x""#));
    sql("UPDATE users SET attributes = '{}'");
    let next = world.refresh(&next.refresh, Wish::Update);
    assert!(claim(&next.access.text, "user").contains(r#""mail":null"#));
    let red = vec![parse("tenant=red").unwrap()];
    let other = world_in(&folder.path().join("jot.db"), Rules { constants: red, ..rules });
    let next = other.refresh(&next.refresh, Wish::Update);
    assert_eq!(claim(&next.access.text, "tenant"), r#""red""#);
}

/// Nothing else that is asked of a token of ours is forgiven a refresh token.
#[test]
fn a_refresh_token_that_is_about_nobody_is_refused() {
    let world = world(rules());
    let token = world.issue(Grant { aud: vec!["api".into()], ..pair("alice") });
    let good = claims(&token.refresh.unwrap().text).json.to_string();
    assert_eq!(world.refresh(&world.sign("JWT", &good), Wish::Access).access.kind, Kind::Access);
    for (was, bad) in [
        (r#""id":null"#, r#""id":"1""#),
        (r#""id":null,"#, ""),
        (r#""aud":"api""#, r#""aud":7"#),
        (r#""type":"refresh","#, ""),
    ] {
        let token = world.sign("JWT", &good.replace(was, bad));
        assert_eq!(world.refused(&token, Wish::Access), Code::Refused(Stage::Claims), "{bad}");
    }
}

/// `jot issue --type pair --aud api` where the settings name no audience.
#[test]
fn a_pair_for_an_audience_of_its_own_can_be_refreshed() {
    let world = world(rules());
    let grant = Grant { aud: vec!["api".into()], ..pair("alice") };
    let token = world.issue(grant).refresh.unwrap().text;
    let next = world.refresh(&token, Wish::Update);
    assert_eq!(claim(&next.access.text, "aud"), r#""api""#);
    assert_eq!(claim(&next.refresh, "aud"), r#""api""#);
}

#[test]
fn an_issuer_or_audience_that_is_not_ours_is_refused_where_we_have_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jot.db");
    let (ours, theirs) = (world_in(&path, ours()), world_in(&path, rules()));
    let token = theirs.issue(Grant { aud: vec!["web".into()], ..pair("alice") });
    let token = token.refresh.unwrap().text;
    assert_eq!(ours.refused(&token, Wish::Access), Code::Refused(Stage::Claims));
    assert_eq!(ours.session(&token).ended, None, "a wrong door ends nothing");
}
