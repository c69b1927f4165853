//! Which file counts, what is read from it, and which layer wins.

use std::path::Path;

use jot::alg::Algorithm;
use jot::authority::rules::Sub;
use jot::claims::grammar::{Format, Mapped};
use jot::json::Json;
use jot::settings::{Settings, Source, Surroundings};

use super::Place;

#[test]
fn without_a_file_the_defaults_hold_in_the_current_folder() {
    let place = Place::new();
    let settings = place.load().unwrap();
    assert_eq!(settings.file(), None);
    assert_eq!(settings.token.profile, "djwto");
    assert_eq!(settings.token.iss, None);
    assert_eq!(settings.token.sub, Sub::Name);
    assert_eq!(settings.token.aud, None);
    assert!(settings.token.iat && settings.token.jti);
    assert_eq!(settings.token.nbf, 0);
    assert_eq!(settings.token.access_lifetime, Some(300));
    assert_eq!(settings.token.refresh_lifetime, Some(86_400));
    assert_eq!(settings.token.client_id, "jot");
    assert_eq!(settings.token.leeway, 0);
    assert_eq!(settings.refresh.rotation, "auto");
    assert_eq!(settings.refresh.grace, 60);
    assert_eq!(settings.refresh.max_session, 7_776_000);
    assert!(settings.refresh.allow_update);
    assert_eq!(settings.refresh.path, "api/token/refresh");
    assert_eq!(settings.keys.folder, place.path("work"));
    assert_eq!(settings.keys.name, "jwt-signing");
    assert_eq!(settings.keys.alg, None);
    assert!(!settings.keys.command.is_set());
    assert_eq!(settings.store.url, place.path("work/jot.db"));
    assert_eq!(settings.store.busy_timeout, 5);
    assert!(settings.claims.map.is_empty() && settings.claims.constants.is_empty());
    assert_eq!(settings.ninja.access_lifetime, Some(900));
    assert_eq!(settings.ninja.refresh_lifetime, Some(2_592_000));
    assert_eq!(settings.ninja.path, "api/auth/web/token-refresh");
    let password = &settings.password;
    assert_eq!((password.memory_kib, password.iterations, password.parallelism), (19_456, 2, 1));
    assert_eq!(settings.server.listen.to_string(), "127.0.0.1:8000");
    assert_eq!(settings.server.mode, "json");
    assert_eq!(settings.cookies.same_site, "Lax");
    assert_eq!(settings.events.keep, 7_776_000);
    assert!(settings.show().all(|shown| *shown.source == Source::Default));
}

#[test]
fn every_kind_of_value_is_read_from_a_file() {
    let place = Place::with(
        r#"
        token = { profile = "ninja", iss = "https://a", sub = "constant:x", aud = ["a", "b"] }
        refresh.path = "/auth/again/"
        [keys]
        folder = "ring/./now"
        alg = "ES256"
        [store]
        url = "sqlite:../data.db"
        [claims.map]
        mail = "email"
        "user.seen" = { attribute = "last_login", format = "epoch" }
        [claims.constants]
        z = [1, 2.5, true, { b = "x", a = 0x10 }]
        a = "last"
        [hooks]
        webhooks = { logged_in = "https://example.org" }
        webhook_secret_file = "secret"
        "#,
    );
    let settings = place.load().unwrap();
    assert_eq!(settings.token.profile, "ninja");
    assert_eq!(settings.token.sub, Sub::Constant("x".into()));
    assert_eq!(settings.token.aud, Some(Json::strings(["a", "b"])));
    assert_eq!(settings.refresh.path, "auth/again");
    assert_eq!(settings.keys.folder, place.path("work/ring/now"));
    assert_eq!(settings.keys.alg, Some(Algorithm::ES256));
    assert_eq!(settings.store.url, place.path("work/../data.db"));
    let mapped = |claim: &str, attribute: &str, format| Mapped {
        claim: claim.into(),
        attribute: attribute.into(),
        format,
    };
    assert_eq!(
        settings.claims.map,
        [mapped("mail", "email", Format::Json), mapped("user.seen", "last_login", Format::Epoch)]
    );
    let constants = Json::Object(settings.claims.constants.clone());
    assert_eq!(constants.to_string(), r#"{"z":[1,2.5,true,{"b":"x","a":16}],"a":"last"}"#);
    let shown = settings.get("token.iss").unwrap();
    assert_eq!(shown.value, Json::string("https://a"));
    assert_eq!(*shown.source, Source::File(place.path("work/jot.toml"), 2));
    assert_eq!(shown.source.to_string(), format!("{}:2", place.path("work/jot.toml").display()));
    assert_eq!(settings.get("refresh.grace").unwrap().source.to_string(), "default");
}

#[test]
fn the_nearest_file_counts_unless_one_is_named() {
    let mut place = Place::new();
    let iss = |place: &Place, named: Option<&str>, cwd: &str| {
        let mut surroundings = place.surroundings();
        surroundings.cwd = place.path(cwd);
        let settings = Settings::load(named.map(Path::new), &[], surroundings).unwrap();
        settings.token.iss
    };
    place.write("config/jot/jot.toml", "[token]\niss = \"own\"");
    assert_eq!(iss(&place, None, "work/inner").as_deref(), Some("own"));
    place.write("work/jot.toml", "[token]\niss = \"upward\"");
    assert_eq!(iss(&place, None, "work/inner").as_deref(), Some("upward"));
    place.write("work/inner/jot.toml", "[token]\niss = \"here\"");
    assert_eq!(iss(&place, None, "work/inner").as_deref(), Some("here"));
    place.write("work/other.toml", "[token]\niss = \"variable\"");
    place = place.env("JOT_SETTINGS", "other.toml");
    assert_eq!(iss(&place, None, "work").as_deref(), Some("variable"));
    assert_eq!(iss(&place, Some("../jot.toml"), "work/inner").as_deref(), Some("upward"));
}

#[test]
fn the_configuration_folder_follows_the_environment() {
    let config = |pairs: &[(&str, &str)]| {
        let env = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Surroundings { env, ..Surroundings::default() }.with_config().folder()
    };
    assert_eq!(config(&[("HOME", "/h")]), Some("/h/.config/jot".into()));
    assert_eq!(config(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "/x")]), Some("/x/jot".into()));
    assert_eq!(config(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "x")]), Some("/h/.config/jot".into()));
    assert_eq!(config(&[("HOME", "")]), None);
}

#[test]
fn the_later_layer_wins_and_says_so() {
    let place = Place::with("[token]\niss = \"file\"\naccess_lifetime = \"never\"\n")
        .env("JOT_TOKEN__ISS", "variable")
        .env("JOT_TOKEN__AUD", "a, b")
        .env("JOT_TOKEN__IAT", "false")
        .env("JOT_KEYS__FOLDER", "ring")
        .env("JOT_PASSWORD__MEMORY_KIB", "1024")
        .env("JOT_CLAIMS__CONSTANTS", r#"{"tier": "gold"}"#)
        .env("JOT_CLAIMS__MAP", r#"{ mail = "email" }"#)
        .env("JOT_EVENTS__RECORD", "")
        .env("JOT_MY_PASSPHRASE", "not a setting")
        .env("PATH", "/bin");
    let flags = [("token.iss", "flag"), ("server.listen", "[::1]:0")];
    let mut surroundings = place.surroundings();
    surroundings.cwd = place.path("work/inner");
    let settings = Settings::load(None, &flags, surroundings).unwrap();
    assert_eq!(settings.token.iss.as_deref(), Some("flag"));
    assert_eq!(settings.token.access_lifetime, None);
    assert_eq!(settings.token.aud, Some(Json::strings(["a", "b"])));
    assert!(!settings.token.iat);
    assert_eq!(
        settings.keys.folder,
        place.path("work/inner/ring"),
        "relative to the current folder"
    );
    assert_eq!(settings.store.url, place.path("work/jot.db"), "relative to the file");
    assert_eq!(settings.password.memory_kib, 1024);
    assert_eq!(settings.claims.constants, [("tier".to_owned(), Json::string("gold"))]);
    assert_eq!(settings.claims.map.len(), 1);
    assert_eq!(settings.server.listen.port(), 0);
    let source = |name| settings.get(name).unwrap().source.clone();
    assert_eq!(source("token.iss"), Source::Flag);
    assert_eq!(source("token.aud"), Source::Environment("JOT_TOKEN__AUD".into()));
    assert_eq!(source("token.access_lifetime"), Source::File(place.path("work/jot.toml"), 3));
    assert_eq!(settings.get("token.access_lifetime").unwrap().value, Json::string("never"));
}

#[test]
fn an_empty_text_unsets_what_may_be_unset() {
    let place = Place::with("[token]\niss = \"file\"\naud = [\"a\"]\n")
        .env("JOT_TOKEN__ISS", "")
        .env("JOT_TOKEN__AUD", "");
    let settings = place.load().unwrap();
    assert_eq!((settings.token.iss, settings.token.aud), (None, None));
}

#[test]
fn a_constant_claim_is_named_as_one_that_is_typed() {
    let place = Place::with("[claims.constants]\n\"https://x.example/role\" = 1\n\"a.b\" = 2\n");
    let rules = jot::authority::Rules::from(&place.load().unwrap());
    let paths: Vec<_> = rules.constants.into_iter().map(|constant| constant.path).collect();
    assert_eq!(paths, [vec!["https://x.example/role"], vec!["a", "b"]]);
}

#[test]
fn the_process_is_read_whole() {
    let surroundings = Surroundings::of_the_process().unwrap();
    assert_eq!(surroundings.cwd, std::env::current_dir().unwrap());
    assert_eq!(surroundings.variable("CARGO_PKG_NAME"), Some("jot"));
    assert!(!format!("{surroundings:?}").contains("CARGO_PKG_NAME"));
}
