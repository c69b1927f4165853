//! `jot settings`

use std::path::Path;

use anyhow::Result;
use jot::error::{Code, Error};
use jot::settings::{self, Settings, Shown, Surroundings};
use serde_json::{Value, json};

use crate::cli::SettingsAction;
use crate::command::list::row;
use crate::command::{Context, Ended};
use crate::output::{Outcome, escape};

pub(crate) fn run(action: &SettingsAction, context: &Context) -> Result<Ended> {
    let output = &context.output;
    let outcome = match action {
        SettingsAction::Show => return show(context),
        SettingsAction::Check => return check(context),
        SettingsAction::Path => {
            let settings = context.settings(&[])?;
            let path = in_use(&settings)?;
            output.answer(|| json!({"path": path}), || path.display().to_string())
        }
        SettingsAction::Get { key } => {
            let settings = context.settings(&[])?;
            let shown = settings.get(key)?;
            output.answer(|| document(&shown), || value(&shown))
        }
        SettingsAction::Trust { file } => {
            let surroundings = Surroundings::of_the_process()?;
            let path = match file {
                Some(file) => file.clone(),
                None => in_use(&context.settings(&[])?)?.to_owned(),
            };
            let trusted = settings::trust(&path, &surroundings)?;
            let told = || {
                format!(
                    "trusted as it is now: {}\nnoted in {}",
                    escape(&path.display().to_string()),
                    escape(&trusted.display().to_string())
                )
            };
            output.answer(|| json!({"trusted": path, "noted_in": trusted}), told)
        }
        SettingsAction::Template => {
            output.answer(|| json!({"template": settings::template()}), settings::template)
        }
        SettingsAction::Reference => {
            output.answer(|| json!({"reference": settings::reference()}), settings::reference)
        }
    };
    Ok(outcome?.into())
}

fn in_use(settings: &Settings) -> Result<&Path, Error> {
    settings.file().ok_or_else(|| {
        Error::new(Code::Settings, "no settings file is in use, only defaults")
            .hint("jot settings template > jot.toml")
    })
}

fn show(context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let mut lines = context.output.lines();
    for shown in settings.show() {
        let outcome = lines.answer(|| document(&shown), || line(&shown))?;
        if outcome == Outcome::Closed {
            break;
        }
    }
    Ok(lines.finish()?.into())
}

fn check(context: &Context) -> Result<Ended> {
    let (named, surroundings) =
        (context.globals.settings.as_deref(), Surroundings::of_the_process()?);
    let mut problems = Settings::check(named, &[], surroundings.clone());
    if problems.is_empty() {
        let settings = Settings::load(named, &[], surroundings)?;
        let refused = |command| settings.may_run(command).err();
        problems.extend(settings.commands().filter_map(refused));
    }
    let document = || {
        let problems: Vec<_> = problems.iter().map(described).collect();
        json!({"ok": problems.is_empty(), "problems": problems})
    };
    let page = || {
        let all = problems.iter().map(|error| {
            let hint = error.hint_text().map(|hint| format!("\n  hint: {}", escape(hint)));
            format!("{}{}", escape(&error.to_string()), hint.unwrap_or_default())
        });
        let all: Vec<_> = all.collect();
        if all.is_empty() { "the settings are good".to_owned() } else { all.join("\n") }
    };
    _ = context.output.answer(document, page)?;
    Ok(Ended::of_all(&problems.iter().map(|error| error.code().exit()).collect::<Vec<_>>()))
}

fn described(error: &Error) -> Value {
    json!({"code": error.code().name(), "message": error.to_string(), "hint": error.hint_text()})
}

fn line(shown: &Shown<'_>) -> String {
    row(&[(shown.spec.name, 28), (&value(shown), 20), (&shown.source.to_string(), 0)])
}

fn value(shown: &Shown<'_>) -> String {
    match shown.value.as_str() {
        Some(text) => text.to_owned(),
        None => shown.value.to_string(),
    }
}

fn document(shown: &Shown<'_>) -> Value {
    json!({"key": shown.spec.name, "value": shown.value, "source": shown.source.to_string()})
}
