//! Which kind of token, of which profile, is taken for which.

use jot::authority::Rules;
use jot::authority::issue::Grant;
use jot::authority::refresh::Wish;
use jot::authority::validate::Asked;
use jot::claims::{Kind, Profile};
use jot::error::{Code, Stage};
use jot::json::Json;

use super::world::*;

fn ours() -> World {
    world(Rules { iss: Some("me".into()), aud: Some(Json::string("api")), ..rules() })
}

const KINDS: [Kind; 2] = [Kind::Access, Kind::Refresh];

#[test]
fn a_token_is_taken_only_for_its_own_kind_and_profile() {
    let world = ours();
    world.add("alice");
    for profile in Profile::ALL {
        let issued = world.issue(Grant { profile: Some(profile), ..pair("alice") });
        let tokens = [issued.access.unwrap().text, issued.refresh.unwrap().text];
        for (token, kind) in tokens.iter().zip(KINDS) {
            for (asked_profile, asked_kind) in
                Profile::ALL.into_iter().flat_map(|profile| KINDS.map(|kind| (profile, kind)))
            {
                let asked = Asked {
                    kind: Some(asked_kind),
                    profile: Some(asked_profile),
                    ..Asked::default()
                };
                let same = asked_kind == kind && asked_profile == profile;
                let expected = (!same).then_some(Stage::Claims);
                assert_eq!(world.judged(token, &asked), expected, "{profile:?} {kind}: {asked:?}");
            }
        }
        assert_eq!(world.refused(&tokens[0], Wish::Access), Code::Refused(Stage::Claims));
    }
}

#[test]
fn a_kind_said_twice_not_at_all_or_otherwise_is_none() {
    let world = ours();
    let body = |named: &str| {
        let (exp, rest) = (NOW + 60, r#""iss":"me","aud":"api","jti":"j","user":{"id":null},"#);
        format!(r#"{{{rest}{named}"iat":{NOW},"exp":{exp}}}"#)
    };
    for (typ, named) in [
        ("JWT", r#""type":"access","token_type":"access","#),
        ("JWT", r#""type":"access","token_type":"refresh","#),
        ("JWT", r#""type":"access","token_type":null,"#),
        ("at+jwt", r#""type":"access","#),
        ("AT+JWT", r#""token_type":"access","#),
        ("application/at+jwt", r#""type":"access","#),
        ("rt+jwt", r#""type":"access","#),
        ("JWT", ""),
        ("logout+jwt", ""),
        ("JWT", r#""type":"Access","#),
        ("JWT", r#""type":"access ","#),
        ("JWT", r#""type":["access"],"#),
        ("JWT", r#""type":null,"#),
        ("JWT", r#""type":"csrf","#),
        ("JWT", r#""token_type":"id","#),
        ("JWT", r#""token_type":7,"#),
    ] {
        let token = world.sign(typ, &body(named));
        for kind in [None, Some(Kind::Access), Some(Kind::Refresh)] {
            let asked = Asked { kind, ..Asked::default() };
            assert_eq!(world.judged(&token, &asked), Some(Stage::Claims), "{typ} {named}");
        }
        let refused = world.refused(&token, Wish::Access);
        assert_eq!(refused, Code::Refused(Stage::Claims), "{typ} {named}");
    }
    for (typ, named) in [("JWT", r#""type":"access","#), ("Application/At+Jwt", "")] {
        assert_eq!(world.stage(&world.sign(typ, &body(named))), None, "{typ} {named}");
    }
}

#[test]
fn a_refresh_token_without_a_session_or_with_an_unknown_one_is_nothing() {
    let world = ours();
    for sid in ["", r#""sid":"nobody's","#] {
        let token = world.sign(
            "JWT",
            &format!(
                r#"{{"iss":"me","aud":"api","jti":"j",{sid}"type":"refresh","user":{{"id":null}},"iat":{NOW},"exp":{}}}"#,
                NOW + 60
            ),
        );
        assert_eq!(world.stage(&token), Some(Stage::Revoked));
        assert_eq!(world.refused(&token, Wish::Access), REVOKED);
    }
}

#[test]
fn issuer_and_audience_are_compared_whole() {
    let world = ours();
    let stage = |iss: &str, aud: &str| {
        let body = format!(
            r#"{{"iss":{iss},"aud":{aud},"jti":"j","type":"access","user":{{"id":null}},"iat":{NOW},"exp":{}}}"#,
            NOW + 60
        );
        world.stage(&world.sign("JWT", &body))
    };
    for aud in [r#""api""#, r#"["api"]"#, r#"["x","api"]"#] {
        assert_eq!(stage(r#""me""#, aud), None, "{aud}");
    }
    for iss in [r#""m""#, r#""mee""#, r#""ME""#, r#""me ""#, r#""""#, "null", "1", r#"["me"]"#] {
        assert_eq!(stage(iss, r#""api""#), Some(Stage::Claims), "{iss}");
    }
    for aud in
        [r#""ap""#, r#""apis""#, "[]", r#""""#, "7", "null", r#"[["api"]]"#, r#"["api",7]"#, "{}"]
    {
        assert_eq!(stage(r#""me""#, aud), Some(Stage::Claims), "{aud}");
    }
}
