//! Clients: who is known by which secret, what their tokens say, and when these are refused.

use jot::authority::issue::Grant;
use jot::authority::revoke::{Note, What};
use jot::authority::rules::Sub;
use jot::claims::Profile;
use jot::client::Client;
use jot::error::{Code, Stage};
use jot::json::Json;

use super::world::*;

const ISSUER: &str = "https://login.example";

/// A client that may ask for these, and its secret.
fn add(world: &World, id: &str) -> (Client, String) {
    let granted = ["app.view", "app.change"].map(str::to_owned);
    let (client, secret) = world.authority.add_client(id, &granted, &here()).unwrap();
    (client, secret.to_string())
}

fn token(world: &World, client: &Client) -> String {
    let scope = &client.permissions;
    world.authority.issue_to_client(client, scope, (ISSUER, &here())).unwrap().text
}

/// The code with which a client is refused a token.
fn refused(world: &World, client: &Client) -> Code {
    world.authority.issue_to_client(client, &[], (ISSUER, &here())).unwrap_err().code()
}

fn asked() -> jot::authority::validate::Asked {
    jot::authority::validate::Asked { ignore_aud: true, ..ACCESS_ONLY }
}

#[test]
fn a_client_is_known_by_its_secret_and_by_nothing_else() {
    let world = world(rules());
    let (client, secret) = add(&world, "billing");
    let (other, another) = add(&world, "shop");
    assert_eq!(secret.len(), 43, "256 bits");
    assert_ne!(secret, another);
    let known = |id: &str, secret: &str| world.authority.client(id, secret, &here()).unwrap();
    assert_eq!(known("billing", &secret), Some(client));
    assert_eq!(known("shop", &another), Some(other));
    for (id, secret) in
        [("billing", another.as_str()), ("billing", ""), ("Billing", &secret), ("none", &secret)]
    {
        assert_eq!(known(id, secret), None, "{id} {secret}");
    }
    let taken = world.authority.add_client("billing", &[], &here()).unwrap_err();
    assert_eq!(taken.code(), Code::Exists);
    for bad in ["", "a b", "ü"] {
        let error = world.authority.add_client(bad, &[], &here()).unwrap_err();
        assert_eq!(error.code(), Code::Usage, "{bad:?}");
    }
}

#[test]
fn its_token_is_about_itself_whatever_the_rules_say_of_users() {
    let texts = |text: &str| Some(Json::string(text));
    for (sub, iss, aud) in [
        (Sub::Name, None, None),
        (Sub::Constant("login".into()), Some("https://id.example"), texts("api")),
        (Sub::Absent, None, texts("api")),
    ] {
        let iss = iss.map(str::to_owned);
        let other = jot::authority::Rules { sub, iss: iss.clone(), aud: aud.clone(), ..rules() };
        let world = world(jot::authority::Rules { iat: false, jti: false, ..other });
        let (client, _) = add(&world, "billing");
        let token = token(&world, &client);
        let iss = iss.unwrap_or_else(|| ISSUER.to_owned());
        let aud = aud.unwrap_or_else(|| Json::string(&iss));
        let said = claims(&token);
        let expected = format!(
            r#"{{"iss":"{iss}","exp":{},"aud":{aud},"sub":"billing","client_id":"billing","iat":{},"jti":"{}","scope":"app.view app.change"}}"#,
            NOW + 1 + ACCESS,
            NOW + 1,
            jti(&token)
        );
        assert_eq!(said.json.to_string(), expected);
        assert_eq!((said.client.as_deref(), said.username), (Some("billing"), None));
        assert_eq!(header(&token).get("typ"), Some(&Json::string("at+jwt")));
        assert_eq!(world.judged(&token, &asked()), None);
    }
}

#[test]
fn a_removed_clients_tokens_stay_refused_also_when_it_is_added_again() {
    let world = world(rules());
    let (client, _) = add(&world, "billing");
    let old = token(&world, &client);
    assert_eq!(world.judged(&old, &asked()), None);
    world.authority.remove_client("billing", &here()).unwrap();
    assert_eq!(world.judged(&old, &asked()), Some(Stage::Revoked));
    assert_eq!(refused(&world, &client), Code::UserRefused);
    let (again, _) = add(&world, "billing");
    assert_eq!(world.judged(&old, &asked()), Some(Stage::Revoked), "added in the same second");
    assert_eq!(refused(&world, &client), Code::UserRefused, "it was known by the old secret");
    let new = token(&world, &again);
    assert!(claims(&new).iat > claims(&old).iat);
    assert_eq!(world.judged(&new, &asked()), None);
    assert_eq!(world.judged(&old, &asked()), Some(Stage::Revoked));
    let gone = world.authority.remove_client("none", &here()).unwrap_err();
    assert_eq!(gone.code(), Code::UnknownClient);
}

#[test]
fn a_client_passes_the_gate_of_everybody() {
    let world = world(rules());
    let (client, _) = add(&world, "billing");
    world.pass(10);
    let old = token(&world, &client);
    world.authority.revoke(&[What::Everybody], &Note::default()).unwrap();
    assert_eq!(world.judged(&old, &asked()), Some(Stage::Revoked));
    let new = token(&world, &client);
    assert_eq!(claims(&new).iat, Some(NOW + 11), "it waited until the second was over");
    assert_eq!(world.judged(&new, &asked()), None);
    world.authority.revoke(&[What::Token(new.clone())], &Note::default()).unwrap();
    assert_eq!(world.judged(&new, &asked()), Some(Stage::Revoked));
}

#[test]
fn a_client_that_is_called_like_a_user_is_another() {
    let world = world(rules());
    let (client, _) = add(&world, "alice");
    let of_client = token(&world, &client);
    let grant = Grant {
        username: "alice".into(),
        profile: Some(Profile::Rfc9068),
        iss: Some(ISSUER.into()),
        aud: vec!["api".into()],
        client_id: Some("alice".into()),
        ..Grant::default()
    };
    let of_name = world.issue(grant.clone()).access.unwrap().text;
    assert_eq!((claims(&of_name).client, claims(&of_name).username), (None, Some("alice".into())));
    world.add("alice");
    let of_user = world.issue(grant).access.unwrap().text;
    assert_eq!(world.judged(&of_name, &asked()), Some(Stage::Revoked), "the name is stored now");
    assert_eq!(world.judged(&of_client, &asked()), None);
    world.authority.set_active("alice", false, &here()).unwrap();
    world.pass(1);
    assert_eq!(world.judged(&of_user, &asked()), Some(Stage::Revoked));
    assert_eq!(world.judged(&of_client, &asked()), None);
    world.authority.set_active("alice", true, &here()).unwrap();
    world.authority.remove_client("alice", &here()).unwrap();
    assert_eq!(world.judged(&of_client, &asked()), Some(Stage::Revoked));
    let (_, access) = world.login("alice");
    assert_eq!(world.stage(&access), None);
}

#[test]
fn what_happens_to_clients_is_in_the_log_and_no_secret_is() {
    let world = world(rules());
    let (client, secret) = add(&world, "billing");
    token(&world, &client);
    for (id, secret) in [("billing", "hunter2"), ("my password", "hunter2")] {
        world.authority.client(id, secret, &here()).unwrap();
    }
    world.authority.remove_client("billing", &here()).unwrap();
    let mut told = Vec::new();
    let mut take = |(_, event): (i64, jot::event::Event)| {
        assert_eq!(event.subject, None, "a client is no user");
        told.push(format!("{} {}", event.kind.name(), event.detail.unwrap_or_default()));
        Ok(std::ops::ControlFlow::Continue(()))
    };
    world.authority.store().events(&jot::store::EventFilter::default(), &mut take).unwrap();
    assert_eq!(
        told,
        [
            "user_changed client \"billing\": added",
            "logged_in client \"billing\": client_credentials",
            "login_failed client \"billing\": wrong secret",
            "login_failed no client",
            "user_changed client \"billing\": removed",
        ]
    );
    assert!(!told.concat().contains(&secret));
}

/// Whoever asks for how long anything of ours lives must be told of clients' tokens too: keys and
/// refusals are kept until then.
#[test]
fn what_a_client_is_given_is_outlasted() {
    let world = world(rules());
    let (client, _) = add(&world, "billing");
    world.pass(1);
    let issued = world.authority.issue_to_client(&client, &[], (ISSUER, &here())).unwrap();
    assert_eq!(world.authority.store().latest_expiry().unwrap(), Some(issued.expires));
}

/// Strangers who ask as no client at all leave room in the log for wrong secrets of a real one.
#[test]
fn wrong_secrets_of_a_client_are_told_among_those_of_nobody() {
    let world = world(rules());
    add(&world, "billing");
    for _ in 0..100 {
        assert!(world.authority.client("nobody", "x", &here()).unwrap().is_none());
    }
    assert!(world.authority.client("billing", "x", &here()).unwrap().is_none());
    let told = super::throttle::events(&world, jot::event::Kind::LoginFailed);
    let wrong = Some("client \"billing\": wrong secret");
    assert!(told.iter().any(|event| event.detail.as_deref() == wrong), "{told:?}");
}
