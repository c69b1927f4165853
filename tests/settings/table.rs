//! What the table says of itself.

use jot::settings::{self, Settings, Source};

use super::Place;

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
    assert!(reference.contains(
        "| `token.iss` | unset | The issuer; unset: no `iss`. (a text) | `DJWTO_ISS_CLAIM` |"
    ));
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
fn a_command_is_marked_as_one() {
    for spec in settings::specs() {
        assert_eq!(spec.command, spec.kind == settings::Kind::Argv, "{}", spec.name);
    }
    let hooks: Vec<_> = settings::specs()
        .filter(|spec| spec.command)
        .filter_map(|spec| spec.name.strip_prefix("hooks."))
        .collect();
    assert_eq!(hooks, jot::event::Kind::NAMES);
}
