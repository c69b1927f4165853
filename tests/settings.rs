//! What a user may rely on of the settings: which file counts, which layer wins, and the exact
//! words for what is refused.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use jot::alg::Algorithm;
use jot::error::{Code, Error};
use jot::json::Json;
use jot::settings::{self, Audience, Format, Mapped, Settings, Source, Sub, Surroundings};

/// A folder with an own configuration folder beside the current one.
struct Place {
    root: tempfile::TempDir,
    env: Vec<(String, String)>,
}

impl Place {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for folder in ["work/inner", "config/jot"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        Self { root, env: Vec::new() }
    }

    fn with(text: &str) -> Self {
        let place = Self::new();
        place.write("work/jot.toml", text);
        place
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(path), text).unwrap();
    }

    fn surroundings(&self) -> Surroundings {
        let config = Some(self.path("config"));
        Surroundings { env: self.env.clone(), cwd: self.path("work"), config }
    }

    fn load(&self) -> Result<Settings, Error> {
        Settings::load(None, &[], self.surroundings())
    }

    fn check(&self) -> Vec<Error> {
        Settings::check(None, &[], self.surroundings())
    }
}

fn said(error: &Error) -> (String, String) {
    assert_eq!(error.code(), Code::Settings, "{error}");
    (error.to_string(), error.hint_text().unwrap_or_default().to_owned())
}

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
        "#,
    );
    let settings = place.load().unwrap();
    assert_eq!(settings.token.profile, "ninja");
    assert_eq!(settings.token.sub, Sub::Constant("x".into()));
    assert_eq!(settings.token.aud, Some(Audience::Many(vec!["a".into(), "b".into()])));
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
    assert_eq!(settings.token.aud, Some(Audience::Many(vec!["a".into(), "b".into()])));
    assert!(!settings.token.iat);
    assert_eq!(settings.keys.folder, place.path("work/inner/ring"), "relative to the current folder");
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

/// The problem of a file of one line after its section.
fn problem_of(section: &str, line: &str) -> (String, String) {
    let place = Place::with(&format!("[{section}]\n{line}\n"));
    let problems = place.check();
    assert_eq!(problems.len(), 1, "{section} {line}: {problems:?}");
    let (message, hint) = said(&problems[0]);
    (message.strip_prefix("jot.toml:2: ").unwrap_or(&message).to_owned(), hint)
}

#[test]
fn what_is_wrong_in_a_file_is_named_with_its_line() {
    let duration = "write it like 90s, 5m, 1h30m, 30d or 2w";
    let cases = [
        ("token", "isss = \"a\"", "unknown key \"token.isss\"", "did you mean \"token.iss\"?"),
        ("token", "grace = \"1m\"", "unknown key \"token.grace\"", "did you mean \"refresh.grace\"?"),
        ("token", "DJWTO_ISS_CLAIM = 1", "unknown key \"token.DJWTO_ISS_CLAIM\"", "did you mean \"token.iss\"?"),
        ("store", "zzzzzzzzzz = 1", "unknown key \"store.zzzzzzzzzz\"", "[store] has url, busy_timeout"),
        ("token", "\"a\\u001bb\" = 1", "unknown key \"token.a\\u{1b}b\"", "[token] has profile, iss, sub, aud, iat, jti, nbf, access_lifetime, refresh_lifetime, client_id, leeway"),
        ("token", "iss = 5", "token.iss: expected a text, seen the number 5", ""),
        ("token", "client_id = \"\"", "token.client_id: expected a text, seen an empty text", ""),
        ("token", "iat = \"yes\"", "token.iat: expected true or false, seen \"yes\"", ""),
        ("token", "access_lifetime = 300", "token.access_lifetime: expected a duration such as \"5m\", at least one second, or \"never\", seen the number 300", ""),
        ("token", "access_lifetime = \"0s\"", "token.access_lifetime: expected a duration such as \"5m\", at least one second, or \"never\", seen \"0s\"", ""),
        ("token", "access_lifetime = \"5x\"", "token.access_lifetime: \"5x\" is not a duration: unknown unit \"x\", expected w, d, h, m or s", duration),
        ("token", "leeway = \"never\"", "token.leeway: expected a duration such as \"5m\", it cannot be \"never\"", ""),
        ("token", "aud = [\"a\", 1]", "token.aud: expected a text or a list of texts, seen one with the number 1 in it", ""),
        ("token", "aud = { a = 1 }", "token.aud: expected a text or a list of texts, seen a table", ""),
        ("token", "sub = \"user\"", "token.sub: expected name, id, none or constant:TEXT, seen \"user\"", "write \"constant:user\" for a fixed text"),
        ("token", "profile = \"dwjto\"", "token.profile: expected one of djwto, ninja, rfc9068, seen \"dwjto\"", "did you mean \"djwto\"?"),
        ("token", "iss = 1979-05-27", "token.iss: a date without quotes, expected a text", ""),
        ("token", "iss = 99999999999999999999", "token.iss: a whole number of more than 64 bits", ""),
        ("refresh", "path = \"a/../b\"", "refresh.path: expected a path such as \"api/token\" of letters, digits and - . _ ~, seen \"a/../b\"", ""),
        ("keys", "alg = \"ES512\"", "keys.alg: expected one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA, HS256, HS384, HS512, seen \"ES512\"", "did you mean \"RS512\"?"),
        ("keys", "name = \"../x\"", "keys.name: expected a file's name without a folder, seen \"../x\"", ""),
        ("keys", "env = \"-----BEGIN PRIVATE KEY-----\"", "keys.env: expected the name of an environment variable, seen another text", ""),
        ("keys", "command = \"cat key\"", "keys.command: expected a list of texts, the program and its arguments, seen \"cat key\"", ""),
        ("store", "url = \"postgres://u:hidden@h/d\"", "store.url: expected sqlite:FILE, seen \"postgres:…\"", ""),
        ("password", "iterations = 0", "password.iterations: expected a whole number from 1 to 1000, seen the number 0", ""),
        ("server", "listen = \"localhost\"", "server.listen: expected an address with its port such as \"127.0.0.1:8000\", seen \"localhost\"", ""),
        ("events", "record = [\"logged_in\"]", "events.record: expected a list of token_validated, access_refreshed, seen \"logged_in\"", ""),
        ("claims.map", "exp = \"x\"", "claims.map.exp: the claim \"exp\" is set by jot alone", ""),
        ("claims.map", "\"sub.x\" = \"x\"", "claims.map.sub.x: the claim \"sub\" is set by jot alone", ""),
        ("claims.map", "\"a.\" = \"x\"", "claims.map.a.: a claim's name has no empty part", ""),
        ("claims.map", "user.email = \"email\"", "claims.map.user: expected an attribute, or { attribute, format }", "quote a claim that has a dot: \"user.email\" = \"email\""),
        ("claims.map", "a = { attribute = \"b\", format = \"xml\" }", "claims.map.a: expected attribute and a format of text, json, epoch, rfc3339", ""),
        ("claims.constants", "scope = \"x\"", "claims.constants.scope: the claim \"scope\" is set by jot alone", ""),
        ("hooks.webhooks", "loged_in = \"https://a\"", "hooks.webhooks.loged_in: unknown name", "did you mean \"logged_in\"?"),
        ("hooks.webhooks", "logged_in = 1", "hooks.webhooks.logged_in: expected a text, seen the number 1", ""),
        ("tokens", "iss = \"a\"", "jot.toml:1: unknown section \"tokens\"", "did you mean [token]?"),
        ("zzzzzzzz", "iss = \"a\"", "jot.toml:1: unknown section \"zzzzzzzz\"", "the sections are token, refresh, keys, store, claims, ninja, password, cookies, server, events, hooks"),
        ("token", "iss = \"a", "not TOML: invalid basic string, expected `\"`", ""),
        ("token", "iss", "not TOML: key with no value, expected `=`", ""),
    ];
    for (section, line, message, hint) in cases {
        assert_eq!(problem_of(section, line), (message.into(), hint.into()), "{section}: {line}");
    }
}

#[test]
fn a_key_stands_once() {
    let place = Place::with("[token]\niss = \"a\"\n\niss = \"b\"\n");
    assert_eq!(said(&place.check()[0]).0, "jot.toml:4: duplicate key \"iss\"");
    let place = Place::with("iss = \"a\"\n");
    let expected = ("jot.toml:1: unknown key \"iss\"".into(), "did you mean \"token.iss\"?".into());
    assert_eq!(said(&place.check()[0]), expected);
}

#[test]
fn all_problems_show_at_once() {
    let place = Place::with("[token]\nisss = 1\niat = 2\n[refresh]\ngrace = \"2d\"\n")
        .env("JOT_TOKEN__JTI", "1")
        .env("JOT_TOKN__JTI", "1");
    let words: Vec<_> = place.check().iter().map(|error| said(error).0).collect();
    assert_eq!(
        words,
        [
            "jot.toml:2: unknown key \"token.isss\"",
            "jot.toml:3: token.iat: expected true or false, seen the number 2",
            "JOT_TOKEN__JTI: token.jti: expected true or false, seen \"1\"",
            "JOT_TOKN__JTI: unknown setting",
            "jot.toml:5: refresh.grace and token.refresh_lifetime do not agree: a grace of 2d is \
             longer than the refresh lifetime of 1d",
        ]
    );
    assert_eq!(place.load().unwrap_err().to_string(), words[0]);
}

#[test]
fn a_wrong_variable_is_refused_by_its_name() {
    let cases = [
        ("JOT_TOKEN__ISSS", "a", "unknown setting", "did you mean JOT_TOKEN__ISS?"),
        ("JOT_TOKEN_ISS", "a", "unknown setting", "did you mean JOT_TOKEN__ISS?"),
        ("JOT_token__iss", "a", "unknown setting", "did you mean JOT_TOKEN__ISS?"),
        ("JOT_X__Y", "a", "unknown setting", "unset it"),
        ("JOT_TOKEN__IAT", "no", "token.iat: expected true or false, seen \"no\"", ""),
        ("JOT_TOKEN__LEEWAY", "", "token.leeway: \"\" is not a duration: expected a whole number", "write it like 90s, 5m, 1h30m, 30d or 2w"),
        ("JOT_KEYS__COMMAND", "cat key", "keys.command: expected a list or table in TOML or JSON", "write it like [\"program\", \"argument\"] or { claim = \"attribute\" }"),
        ("JOT_CLAIMS__MAP", "{\"a\":\"b\",\"a\":\"c\"}", "claims.map: a member stands in it twice", ""),
        ("JOT_CLAIMS__CONSTANTS", "[1]", "claims.constants: expected a table from claim to value, seen a list", ""),
    ];
    for (name, text, message, hint) in cases {
        let problems = Place::new().env(name, text).check();
        assert_eq!(problems.len(), 1, "{name}");
        assert_eq!(said(&problems[0]), (format!("{name}: {message}"), hint.into()));
    }
}

#[test]
fn a_wrong_flag_is_usage() {
    let check = |name: &str, text: &str| {
        let problems = Settings::check(None, &[(name, text)], Place::new().surroundings());
        assert_eq!(problems[0].code(), Code::Usage);
        problems[0].to_string()
    };
    assert_eq!(check("token.isss", "a"), "unknown setting \"token.isss\"");
    assert!(check("server.listen", "x").starts_with("command line: server.listen: expected an"));
    let settings = Place::new().load().unwrap();
    let error = settings.get("token.isss").unwrap_err();
    assert_eq!(error.hint_text(), Some("did you mean \"token.iss\"?"));
}

#[test]
fn settings_that_cannot_hold_together_are_refused() {
    let cases = [
        ("keys.env = \"A\"\nkeys.command = [\"a\"]", 2, "keys.env and keys.command do not agree: keys have one place"),
        ("keys.command = [\"a\"]\nkeys.name = \"b\"", 2, "keys.name and keys.command do not agree: keys have one place"),
        ("keys.passphrase_env = \"A\"\nkeys.passphrase_file = \"b\"", 2, "keys.passphrase_file and keys.passphrase_env do not agree: a passphrase has one place"),
        ("refresh.grace = \"2m\"\ntoken.refresh_lifetime = \"1m\"", 2, "refresh.grace and token.refresh_lifetime do not agree: a grace of 2m is longer than the refresh lifetime of 1m"),
        ("claims.map = { a = \"b\" }\nclaims.constants = { a = 1 }", 2, "claims.map and claims.constants do not agree: both set the claim \"a\""),
        ("server.tls_cert = \"a\"", 1, "server.tls_cert and server.tls_key do not agree: a certificate and its key come together"),
        ("cookies.secure = false\nserver.listen = \"0.0.0.0:80\"", 2, "cookies.secure and server.listen do not agree: cookies without Secure need a loopback listener"),
        ("server.trusted_proxies = [\"10.0.0.0/8\"]\nninja.secure = false", 2, "ninja.secure and server.trusted_proxies do not agree: cookies behind a proxy need Secure"),
        ("cookies.secure = false\nserver.public_origins = [\"https://a\"]", 2, "cookies.secure and server.public_origins do not agree: cookies of an https origin need Secure"),
        ("ninja.secure = false\nninja.same_site = \"None\"", 2, "ninja.secure and ninja.same_site do not agree: browsers drop a cookie with SameSite=None without Secure"),
    ];
    for (text, line, message) in cases {
        let problems = Place::with(text).check();
        assert_eq!(problems.len(), 1, "{text}: {problems:?}");
        assert_eq!(said(&problems[0]).0, format!("jot.toml:{line}: {message}"));
    }
    for text in ["cookies.secure = false", "token.access_lifetime = \"never\"\ntoken.refresh_lifetime = \"never\""] {
        assert!(Place::with(text).check().is_empty(), "{text}");
    }
}

#[test]
fn what_is_no_settings_file_is_refused() {
    let place = Place::new();
    let named = |name: &str| {
        let error = Settings::load(Some(Path::new(name)), &[], place.surroundings()).unwrap_err();
        said(&error).0
    };
    assert_eq!(named("none.toml"), "settings file \"none.toml\": there is no such file");
    assert_eq!(named("inner"), "settings file \"inner\": is not a file");
    place.write("work/big.toml", "#".repeat((1 << 20) + 1));
    assert_eq!(named("big.toml"), "settings file \"big.toml\": is larger than 1 MiB");
    place.write("work/latin.toml", b"[token]\niss = \"\xe9\"");
    assert_eq!(named("latin.toml"), "latin.toml:2: not UTF-8");
    fs::create_dir(place.path("work/jot.toml")).unwrap();
    assert_eq!(said(&place.load().unwrap_err()).0, "settings file \"jot.toml\": is not a file");
    let place = Place::new().env("JOT_SETTINGS", "/nowhere/x.toml");
    let expected = "settings file \"/nowhere/x.toml\": there is no such file";
    assert_eq!(said(&place.load().unwrap_err()).0, expected);
    let place = Place::new();
    std::os::unix::fs::symlink("gone", place.path("work/jot.toml")).unwrap();
    let expected = "settings file \"jot.toml\": there is no such file";
    assert_eq!(said(&place.load().unwrap_err()).0, expected);
}

#[test]
fn no_file_brings_it_to_its_knees() {
    let deep = [
        format!("[token]\niss = {}", "[".repeat(1 << 19)),
        format!("[token]\niss = {}", "{a=".repeat(1 << 18)),
        format!("{}a = 1", "a.".repeat(1 << 19)),
        format!("[{}a]", "a.".repeat(1 << 18)),
        (0..100_000).map(|n| format!("a{n}=1\n")).collect(),
        format!("[token]\n{}", (0..80_000).map(|n| format!("a{n}=1\n")).collect::<String>()),
        "\u{feff}[token]\r\niss = 5\r\n".to_owned(),
    ];
    for text in deep {
        let problems = Place::with(&text).check();
        assert!(!problems.is_empty() && problems.len() <= 101, "{}", problems.len());
    }
}

#[test]
fn a_file_with_a_secret_is_for_its_owner_alone() {
    let place = Place::with("\n[hooks]\nwebhook_secret = \"hush\"\n");
    let path = place.path("work/jot.toml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let (message, hint) = said(&place.load().unwrap_err());
    assert_eq!(
        message,
        "jot.toml:3: hooks.webhook_secret: others can read this secret, mode 0640, expected 0600"
    );
    assert_eq!(hint, "chmod 600 jot.toml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let settings = place.load().unwrap();
    assert_eq!(settings.hooks.webhook_secret.as_ref().unwrap().expose(), "hush");
    let told = format!("{settings:?} {:?} {:?}", settings.hooks, settings.show().collect::<Vec<_>>());
    assert!(!told.contains("hush"), "{told}");
}

#[test]
fn a_found_file_runs_nothing_until_it_is_trusted() {
    let place = Place::with("[keys]\ncommand = [\"cat\", \"key.pem\"]\n");
    let run = |place: &Place| {
        let settings = place.load().unwrap();
        settings.may_run(&settings.keys.command).map(<[String]>::to_vec)
    };
    let error = run(&place).unwrap_err();
    assert_eq!((error.code(), error.hint_text()), (Code::SettingsUntrusted, Some("jot settings trust")));
    assert_eq!(
        error.to_string(),
        "jot.toml: keys.command names a command and the file is not trusted"
    );

    let approvals = settings::trust(Path::new("jot.toml"), &place.surroundings()).unwrap();
    assert_eq!(approvals, place.path("config/jot/trusted"));
    assert_eq!(fs::metadata(&approvals).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(run(&place).unwrap(), ["cat", "key.pem"]);

    place.write("work/jot.toml", "[keys]\ncommand = [\"cat\", \"other.pem\"]\n");
    assert_eq!(run(&place).unwrap_err().code(), Code::SettingsUntrusted);
    settings::trust(Path::new("jot.toml"), &place.surroundings()).unwrap();
    assert!(run(&place).is_ok());
    let text = fs::read_to_string(&approvals).unwrap();
    assert_eq!(text.lines().count(), 1, "one approval for a path: {text}");

    place.write("work/inner/jot.toml", fs::read(place.path("work/jot.toml")).unwrap());
    let mut elsewhere = place.surroundings();
    elsewhere.cwd = place.path("work/inner");
    let settings = Settings::load(None, &[], elsewhere).unwrap();
    assert!(settings.may_run(&settings.keys.command).is_err(), "the same content, another path");

    fs::set_permissions(&approvals, fs::Permissions::from_mode(0o622)).unwrap();
    assert!(run(&place).unwrap_err().to_string().starts_with("others can write the approvals in"));
}

#[test]
fn a_named_or_own_file_may_run_commands_and_so_may_variables() {
    let text = "[keys]\ncommand = [\"a\"]\n";
    let place = Place::with(text).env("JOT_SETTINGS", "jot.toml");
    let settings = place.load().unwrap();
    assert!(settings.may_run(&settings.keys.command).is_ok());

    let place = Place::with(text);
    let named = Some(Path::new("jot.toml"));
    let settings = Settings::load(named, &[], place.surroundings()).unwrap();
    assert!(settings.may_run(&settings.keys.command).is_ok());

    let place = Place::new();
    place.write("config/jot/jot.toml", text);
    let settings = place.load().unwrap();
    assert_eq!(settings.may_run(&settings.keys.command).unwrap(), ["a"]);

    let place = Place::with(text).env("JOT_KEYS__COMMAND", "[\"b\", \"\"]");
    let settings = place.load().unwrap();
    assert_eq!(settings.may_run(&settings.keys.command).unwrap(), ["b", ""]);
    assert!(settings.may_run(&settings.claims.command).unwrap().is_empty());

    // A link into a foreign folder does not make its file the user's own.
    let place = Place::with(text);
    fs::create_dir(place.path("foreign")).unwrap();
    place.write("foreign/jot.toml", text);
    std::os::unix::fs::symlink(place.path("foreign"), place.path("config/jot/link")).unwrap();
    let mut surroundings = place.surroundings();
    surroundings.cwd = place.path("config/jot/link");
    let settings = Settings::load(None, &[], surroundings).unwrap();
    assert!(settings.may_run(&settings.keys.command).is_err());
}

#[test]
fn the_seeds_settings_all_have_a_place() {
    let old = "DJWTO_ISS_CLAIM DJWTO_SUB_CLAIM DJWTO_AUD_CLAIM DJWTO_IAT_CLAIM DJWTO_JTI_CLAIM \
        DJWTO_ALLOW_REFRESH_UPDATE DJWTO_ACCESS_TOKEN_LIFETIME DJWTO_REFRESH_TOKEN_LIFETIME \
        DJWTO_NBF_LIFETIME DJWTO_SIGNING_KEY DJWTO_VERIFYING_KEY DJWTO_ALGORITHM DJWTO_MODE \
        DJWTO_REFRESH_COOKIE_PATH DJWTO_SAME_SITE DJWTO_DOMAIN DJWTO_CSRF JWT_KEY_STORAGE \
        JWT_PRIVATE_KEY_PATH JWT_PUBLIC_KEY_PATH JWT_REFRESH_COOKIE_NAME JWT_REFRESH_TOKEN_LIFETIME \
        JWT_ACCESS_TOKEN_LIFETIME WEB_REFRESH_COOKIE_SECURE WEB_REFRESH_COOKIE_HTTP_ONLY \
        WEB_REFRESH_COOKIE_SAME_SITE_POLICY WEB_REFRESH_COOKIE_PATH TOKEN_CLAIM_USER_ATTRIBUTE_MAP \
        TOKEN_USER_ENCODER_CLS";
    let reference = settings::reference();
    assert_eq!(old.split_whitespace().count(), 29);
    for name in old.split_whitespace() {
        assert!(settings::specs().any(|spec| spec.old.contains(&name)), "{name}");
        assert!(reference.contains(&format!("`{name}`")), "{name}");
    }
    for spec in settings::specs() {
        assert!(reference.contains(&format!("| `{}` |", spec.name)), "{}", spec.name);
        assert!(spec.meaning.ends_with('.'), "{}", spec.name);
    }
    assert!(reference.contains("| `token.iss` | unset | The issuer; unset: no `iss`. (a text) | `DJWTO_ISS_CLAIM` |"));
    assert!(reference.contains("**Waits for TLS in the server.**"));
}

#[test]
fn the_template_says_the_defaults() {
    let plain = Place::new().load().unwrap();
    let template = settings::template();
    let spoken: String = template
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(setting) if !setting.starts_with(' ') => format!("{setting}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    assert!(Place::with(&template).check().is_empty());
    let text = spoken.replace("folder = \".\"\n", "").replace("name = \"jwt-signing\"\n", "");
    let place = Place::with(&text);
    let settings = place.load().unwrap();
    let root = |place: &Place| place.root.path().display().to_string();
    let values = |settings: &Settings| -> Vec<_> {
        settings.show().map(|shown| (shown.spec.name, shown.value.to_string())).collect()
    };
    let base = plain.surroundings().cwd.display().to_string();
    for ((name, said), (_, default)) in values(&settings).iter().zip(values(&plain)) {
        let here = format!("{}/work", root(&place));
        assert_eq!(said.replace(&here, ""), default.replace(&base, ""), "{name}");
    }
    let sources = settings.show().filter(|shown| *shown.source == Source::Default);
    let left: Vec<_> = sources.map(|shown| shown.spec.name).collect();
    assert_eq!(left, ["keys.folder", "keys.name"]);
}

#[test]
fn only_what_is_built_does_not_wait() {
    let waiting: Vec<_> =
        settings::specs().filter(|spec| spec.waits.is_some()).map(|spec| spec.name).collect();
    let built = |name: &&str| {
        ["token.", "refresh.", "keys.", "store.", "password."].iter().any(|s| name.starts_with(s))
    };
    assert!(!waiting.iter().any(|name| built(name)), "{waiting:?}");
    for name in ["ninja.access_lifetime", "server.listen", "server.max_connections", "claims.map"] {
        assert!(!waiting.contains(&name), "{name}");
    }
    assert!(waiting.contains(&"claims.command") && waiting.contains(&"cookies.csrf"));
}

#[test]
fn a_command_is_marked_as_one() {
    for spec in settings::specs() {
        assert_eq!(spec.command, spec.kind == settings::Kind::Argv, "{}", spec.name);
    }
    let hooks: Vec<_> = settings::specs()
        .filter(|spec| spec.command)
        .filter_map(|spec| spec.name.strip_prefix("hooks."))
        .collect();
    assert_eq!(hooks, settings::EVENT_KINDS);
}
