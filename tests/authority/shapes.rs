//! What each profile's tokens look like, to the byte: members, order and types.

use jot::authority::Rules;
use jot::authority::issue::{Grant, What};
use jot::authority::rules::Sub;
use jot::claims::Profile;
use jot::claims::grammar::{Format, Mapped, parse};
use jot::error::{Code, Stage};
use jot::json::Json;

use super::world::*;

/// The header and the claims of a token, with its ids taken out.
fn shape(token: &str) -> (String, String) {
    let claims = claims(token);
    let mut text = claims.json.to_string();
    for (id, name) in [(&claims.jti, "JTI"), (&claims.sid, "SID")] {
        if let Some(id) = id {
            text = text.replace(id.as_str(), name);
        }
    }
    let header = header(token).to_string().replace(our_key().kid(), "KID");
    (header, text)
}

fn both(world: &World, profile: Profile) -> [(String, String); 2] {
    let issued = world.issue(Grant { profile: Some(profile), ..pair("alice") });
    [issued.access.unwrap(), issued.refresh.unwrap()].map(|token| shape(&token.text))
}

fn full() -> Rules {
    Rules {
        iss: Some("https://me.example".into()),
        aud: Some(Json::strings(["api", "web"])),
        nbf: 2,
        ..rules()
    }
}

#[test]
fn djwto() {
    let world = world(full());
    world.add("alice");
    let [access, refresh] = both(&world, Profile::Djwto);
    assert_eq!(access.0, r#"{"alg":"EdDSA","typ":"JWT","kid":"KID"}"#);
    assert_eq!(
        access.1,
        r#"{"iss":"https://me.example","sub":"alice","aud":["api","web"],"iat":1800000000,"exp":1800000300,"nbf":1800000002,"jti":"JTI","sid":"SID","type":"access","user":{"username":"alice","id":1,"perms":["app.view"]},"refresh_iat":1800000000}"#
    );
    assert_eq!(refresh.0, access.0);
    assert_eq!(
        refresh.1,
        r#"{"iss":"https://me.example","sub":"alice","aud":["api","web"],"iat":1800000000,"exp":1800604800,"nbf":1800000002,"jti":"JTI","sid":"SID","type":"refresh","user":{"username":"alice","id":1,"perms":["app.view"]}}"#
    );
    let lone = super::world::world(rules()).access("alice");
    assert_eq!(
        shape(&lone).1,
        r#"{"sub":"alice","iat":1800000000,"exp":1800000300,"jti":"JTI","type":"access","user":{"username":"alice","id":null,"perms":[]}}"#
    );
    assert_eq!((jti(&lone).len(), jti(&lone).matches('-').count()), (36, 4));
}

#[test]
fn ninja() {
    let world = world(rules());
    world.add_with("alice", &[]);
    let [access, refresh] = both(&world, Profile::Ninja);
    assert_eq!(access.0, r#"{"alg":"EdDSA","typ":"JWT","kid":"KID"}"#);
    assert_eq!(
        access.1,
        r#"{"user_id":1,"username":"alice","last_login":null,"jti":"JTI","exp":1800000900,"iat":1800000000,"token_type":"access","sid":"SID"}"#
    );
    assert_eq!(
        refresh.1,
        r#"{"user_id":1,"username":"alice","last_login":null,"jti":"JTI","exp":1801209600,"iat":1800000000,"token_type":"refresh","sid":"SID"}"#
    );
    world.pass(7);
    world.login("alice");
    let grant = Grant { profile: Some(Profile::Ninja), ..pair("alice") };
    let token = world.issue(grant).access.unwrap().text;
    assert_eq!(claim(&token, "last_login"), r#""2027-01-15T08:00:07Z""#);
    let id = jti(&token);
    assert!(id.len() == 32 && id.chars().all(|c| c.is_ascii_hexdigit()), "{id}");
}

#[test]
fn rfc9068() {
    let world = world(full());
    world.add_with("alice", &["a.b", "c.d"]);
    let [access, refresh] = both(&world, Profile::Rfc9068);
    assert_eq!(access.0, r#"{"alg":"EdDSA","typ":"at+jwt","kid":"KID"}"#);
    assert_eq!(refresh.0, r#"{"alg":"EdDSA","typ":"rt+jwt","kid":"KID"}"#);
    assert_eq!(
        access.1,
        r#"{"iss":"https://me.example","exp":1800000300,"aud":["api","web"],"sub":"alice","client_id":"jot","iat":1800000000,"nbf":1800000002,"jti":"JTI","scope":"a.b c.d","user_id":1,"username":"alice","sid":"SID"}"#
    );
}

#[test]
fn rfc9068_needs_an_issuer_and_an_audience() {
    let bare = world(rules());
    let grant = |iss: Option<&str>, aud: &[&str]| Grant {
        username: "alice".into(),
        profile: Some(Profile::Rfc9068),
        iss: iss.map(str::to_owned),
        aud: aud.iter().map(|aud| (*aud).to_owned()).collect(),
        ..Grant::default()
    };
    for lacking in [grant(None, &[]), grant(Some("me"), &[]), grant(None, &["api"])] {
        let error = bare.try_issue(lacking).unwrap_err();
        assert_eq!(error.code(), Code::Usage);
        assert!(error.to_string().contains("RFC 9068"), "{error}");
    }
    let token = bare.issue(grant(Some("me"), &["api"])).access.unwrap().text;
    assert_eq!(claim(&token, "aud"), r#""api""#, "one audience is a string");
    let lacking = [
        Rules { sub: Sub::Absent, ..rules() },
        // A name that is not stored has no id; its name could be another's.
        Rules { sub: Sub::Id, ..rules() },
        Rules { iat: false, ..rules() },
        Rules { jti: false, ..rules() },
    ];
    for rules in lacking {
        let error = world(rules).try_issue(grant(Some("me"), &["api"])).unwrap_err();
        assert_eq!(error.code(), Code::Usage);
        assert!(error.to_string().contains("needs sub, iat and jti"), "{error}");
    }
}

#[test]
fn sub_is_what_the_rules_say() {
    for (sub, expected) in [
        (Sub::Name, r#""alice""#),
        (Sub::Id, r#""1""#),
        (Sub::Constant("us".into()), r#""us""#),
        (Sub::Absent, ""),
    ] {
        for profile in [Profile::Djwto, Profile::Ninja] {
            let world = world(Rules { sub: sub.clone(), ..rules() });
            world.add("alice");
            let issued = world.issue(Grant { profile: Some(profile), ..pair("alice") });
            let token = issued.access.unwrap().text;
            let expected = if profile == Profile::Ninja { "" } else { expected };
            assert_eq!(claim(&token, "sub"), expected);
            assert_eq!(world.stage(&token), None, "{sub:?} {profile:?}");
        }
    }
    let world = world(Rules { sub: Sub::Constant("us".into()), ..rules() });
    let other = format!(
        r#"{{"sub":"them","iat":{NOW},"exp":{},"jti":"j","type":"access","user":{{"id":null}}}}"#,
        NOW + 60
    );
    assert_eq!(world.stage(&world.sign("JWT", &other)), Some(Stage::Claims));
}

#[test]
fn mapped_claims_constants_and_written_ones_have_their_places() {
    let mapped = |claim: &str, attribute: &str, format| Mapped {
        claim: claim.into(),
        attribute: attribute.into(),
        format,
    };
    let world = world(Rules {
        mapped: vec![
            mapped("user.created", "created", Format::Rfc3339),
            mapped("since", "created", Format::Epoch),
            mapped("user.email", "email", Format::Text),
        ],
        constants: vec![parse("tenant=blue").unwrap(), parse("a.b:=1").unwrap()],
        ..rules()
    });
    world.add("alice");
    let mut grant = pair("alice");
    grant.claims = vec![parse("a.c=2").unwrap(), parse("n:=1.10").unwrap()];
    let token = world.issue(grant.clone()).access.unwrap().text;
    let text = claims(&token).json.to_string();
    let user = r#""user":{"username":"alice","id":1,"perms":["app.view"],"created":"2027-01-15T08:00:00Z","email":null}"#;
    assert!(text.contains(user), "{text}");
    let rest = r#","since":1800000000,"tenant":"blue","a":{"b":1,"c":"2"},"n":1.10}"#;
    assert!(text.ends_with(rest), "{text}");
    for twice in ["tenant=red", "a=1", "user.email=x", "n:=2", "user.id:=7", "user:={}"] {
        let mut grant = grant.clone();
        grant.claims.push(parse(twice).unwrap());
        assert_eq!(world.try_issue(grant).unwrap_err().code(), Code::Usage, "{twice}");
    }
}

/// Who a token is about is said by its own flag alone, stored or not.
#[test]
fn no_written_claim_says_who_the_user_is() {
    for (profile, claims) in [
        (Profile::Djwto, ["user.id:=7", "user.username=root", "user.perms:=[\"x\"]"]),
        (Profile::Ninja, ["user_id:=7", "username=root", "perms:=[\"x\"]"]),
        (Profile::Rfc9068, ["user_id:=7", "username=root", "scope=x"]),
    ] {
        for claim in claims {
            let as_written = parse(claim);
            let world = world(full());
            let refused = as_written.and_then(|written| {
                let mut grant = pair("mallory");
                grant.profile = Some(profile);
                grant.claims.push(written);
                world.try_issue(grant)
            });
            assert_eq!(refused.unwrap_err().code(), Code::Usage, "{claim} in {profile:?}");
        }
        let constants = parse(claims[0]).into_iter().collect();
        let world = world(Rules { constants, ..full() });
        world.add("alice");
        let grant = Grant { profile: Some(profile), ..pair("alice") };
        let bound = world
            .try_issue(grant)
            .map(|issued| super::world::claims(&issued.access.unwrap().text).user_id);
        assert!(!matches!(bound, Ok(Some(7))), "a constant makes {profile:?} somebody else's");
    }
}

#[test]
fn a_permission_is_one_word_whoever_asks() {
    let world = world(full());
    for bad in ["a b", "", "a\nb"] {
        let mut grant = pair("alice");
        grant.profile = Some(Profile::Rfc9068);
        grant.permissions = vec![bad.into()];
        assert_eq!(world.try_issue(grant).unwrap_err().code(), Code::Usage, "{bad:?}");
    }
}

#[test]
fn a_lone_refresh_token_is_recorded_with_its_session() {
    let world = world(rules());
    let issued = world.issue(Grant { what: What::Refresh, ..pair("alice") });
    let token = issued.refresh.unwrap();
    let row = world.authority.store().find_tokens(&token.jti).unwrap().remove(0);
    assert_eq!((row.sid, row.kind.as_str(), row.expires), (token.sid, "refresh", NOW + REFRESH));
    assert_eq!(world.session(&token.text).current.jti, token.jti);
}
