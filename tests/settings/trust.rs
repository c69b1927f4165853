//! Which file may make jot run a command.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use jot::error::Code;
use jot::settings::{self, Settings};

use super::Place;

#[test]
fn a_found_file_runs_nothing_until_it_is_trusted() {
    let place = Place::with("[keys]\ncommand = [\"cat\", \"key.pem\"]\n");
    let run = |place: &Place| {
        let settings = place.load().unwrap();
        settings.may_run(&settings.keys.command).map(<[String]>::to_vec)
    };
    let error = run(&place).unwrap_err();
    assert_eq!(
        (error.code(), error.hint_text()),
        (Code::SettingsUntrusted, Some("jot settings trust"))
    );
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
fn an_own_file_that_others_can_write_runs_nothing() {
    let place = Place::new();
    place.write("config/jot/jot.toml", "[keys]\ncommand = [\"a\"]\n");
    for (mode, may) in [(0o644, true), (0o600, true), (0o664, false), (0o666, false)] {
        let path = place.path("config/jot/jot.toml");
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        let settings = place.load().unwrap();
        let ran = settings.may_run(&settings.keys.command).map_err(|error| error.code());
        assert_eq!(ran.err(), (!may).then_some(Code::SettingsUntrusted), "{mode:o}");
    }
}
