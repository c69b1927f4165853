//! The table as people read it: values, the reference, a file to begin with.

use crate::json::Json;
use crate::settings::table::{Kind, Spec, Value};
use crate::settings::{SECTIONS, value};
use crate::time;

/// Every setting in a Markdown table for each section.
pub fn reference() -> String {
    let mut text = String::new();
    for (section, about, rows) in SECTIONS {
        text.push_str(&format!("## {section}\n\n{about}\n\n"));
        text.push_str("| setting | default | meaning | in the seeds |\n|---|---|---|---|\n");
        for spec in rows {
            let old: Vec<_> = spec.old.iter().map(|old| format!("`{old}`")).collect();
            let expected = value::expected(spec.kind).replace('|', "\\|");
            let default = format!("`{}`", written(spec)).replace("`\"\"`", "unset");
            let waits = spec.waits.map(|waits| format!(" **Waits for {waits}.**"));
            let meaning = format!("{} ({expected}){}", spec.meaning, waits.unwrap_or_default());
            let (name, old) = (spec.name, old.join(", "));
            text.push_str(&format!("| `{name}` | {default} | {meaning} | {old} |\n"));
        }
        text.push('\n');
    }
    text
}

/// A settings file that says nothing but the defaults, each of them a comment.
pub fn template() -> String {
    let mut text = String::from("# Settings of jot. A line that begins with # is a comment.\n");
    for (section, about, rows) in SECTIONS {
        text.push_str(&format!("\n# {about}\n[{section}]\n"));
        for spec in rows {
            let key = spec.name.split_once('.').map_or(spec.name, |(_, key)| key);
            text.push_str(&format!("\n# {}\n", spec.meaning));
            if let Some(waits) = spec.waits {
                text.push_str(&format!("# It has no effect yet: it waits for {waits}.\n"));
            }
            text.push_str(&format!("#{key} = {}\n", written(spec)));
        }
    }
    text
}

/// A value as it is shown, which is also how a settings file would say it.
pub(super) fn shown(spec: &Spec, value: &Value) -> Json {
    match value {
        Value::Unset => Json::Null,
        Value::Text(_) if spec.secret => Json::string("(secret)"),
        Value::Text(text) => Json::string(text),
        Value::Flag(flag) => Json::Bool(*flag),
        Value::Integer(number) => Json::integer(*number),
        Value::Duration(None) => Json::string("never"),
        Value::Duration(Some(seconds)) => Json::string(time::span(*seconds)),
        Value::List(items) => Json::strings(items.iter().cloned()),
        Value::Path(path) if spec.kind == Kind::Store => {
            Json::string(format!("sqlite:{}", path.display()))
        }
        Value::Path(path) => Json::string(path.display().to_string()),
        Value::Table(entries) => Json::Object(entries.clone()),
    }
}

/// The default as a settings file would say it.
fn written(spec: &Spec) -> String {
    match spec.kind {
        Kind::Bool | Kind::Integer(..) => spec.default.to_owned(),
        Kind::List | Kind::Choices(_) | Kind::Argv => "[]".to_owned(),
        Kind::ClaimMap | Kind::Constants | Kind::Texts(_) => "{}".to_owned(),
        _ => Json::string(spec.default).to_string(),
    }
}
