//! The table as people read it: values, the reference, a file to begin with.

use crate::json::Json;
use crate::settings::table::{Kind, Spec, Value};
use crate::settings::{SECTIONS, value};
use crate::time;

/// Every setting in a Markdown table for each section.
pub fn reference() -> String {
    let row = |spec: &Spec| {
        let old: Vec<_> = spec.old.iter().map(|old| format!("`{old}`")).collect();
        let default = format!("`{}`", written(spec)).replace("`\"\"`", "unset");
        let (name, meaning, expected) = (spec.name, spec.meaning, value::expected(spec.kind));
        let old = old.join(", ");
        format!("| `{name}` | {default} | {meaning} ({expected}) | {old} |\n")
    };
    let section = |(name, about, rows): &(&str, &str, &[Spec])| {
        let rows: String = rows.iter().map(row).collect();
        let head = "| setting | default | meaning | in the seeds |\n|---|---|---|---|\n";
        format!("## {name}\n\n{about}\n\n{head}{rows}")
    };
    SECTIONS.iter().map(section).collect::<Vec<_>>().join("\n")
}

/// A settings file that says nothing but the defaults, each of them a comment.
pub fn template() -> String {
    let row = |spec: &Spec| {
        let key = spec.name.split_once('.').map_or(spec.name, |(_, key)| key);
        format!("\n# {}\n#{key} = {}\n", spec.meaning, written(spec))
    };
    let section = |(name, about, rows): &(&str, &str, &[Spec])| {
        let rows: String = rows.iter().map(row).collect();
        format!("\n# {about}\n[{name}]\n{rows}")
    };
    let sections: String = SECTIONS.iter().map(section).collect();
    format!("# Settings of jot. A line that begins with # is a comment.\n{sections}")
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
        Kind::Origins | Kind::Networks | Kind::Choices(_) | Kind::Argv => "[]".to_owned(),
        Kind::ClaimMap | Kind::Constants | Kind::Webhooks(_) => "{}".to_owned(),
        _ => Json::string(spec.default).to_string(),
    }
}
