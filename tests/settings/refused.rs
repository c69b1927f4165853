//! What is refused, in what words.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use jot::error::Code;
use jot::settings::Settings;

use super::{Place, said};

#[test]
fn what_is_wrong_is_named_with_its_place() {
    for case in include_str!("refused.txt").split("\n\n") {
        let (mut file, mut expected, mut place) = (String::new(), Vec::new(), Place::new());
        for line in case.lines() {
            match line.split_at_checked(2) {
                Some(("# ", _)) => {}
                Some(("$ ", variable)) => {
                    let (name, value) = variable.split_once('=').unwrap();
                    place = place.env(name, value);
                }
                Some(("! ", message)) => expected.push((message.to_owned(), String::new())),
                Some(("? ", hint)) => expected.last_mut().unwrap().1 = hint.to_owned(),
                _ => file = file + line + "\n",
            }
        }
        if !file.is_empty() {
            place.write("work/jot.toml", &file);
        }
        let problems: Vec<_> = place.check().iter().map(said).collect();
        assert_eq!(problems, expected, "{case}");
        let first = place.load().map(|_| ()).map_err(|error| said(&error));
        assert_eq!(first.err(), expected.into_iter().next(), "{case}");
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
    let many: Vec<_> = (0..80_000).map(|n| format!("a{n}=1\n")).collect();
    let deep = [
        format!("[token]\niss = {}", "[".repeat(1 << 19)),
        format!("[token]\niss = {}", "{a=".repeat(1 << 18)),
        format!("{}a = 1", "a.".repeat(1 << 19)),
        format!("[{}a]", "a.".repeat(1 << 18)),
        many.concat(),
        format!("[token]\n{}", many.concat()),
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
    let told =
        format!("{settings:?} {:?} {:?}", settings.hooks, settings.show().collect::<Vec<_>>());
    assert!(!told.contains("hush"), "{told}");
}
