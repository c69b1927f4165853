//! `jot init`

use std::path::{Path, PathBuf};

use anyhow::Result;
use jot::alg::{self, Algorithm};
use jot::authority::people::{NewPassword, Person};
use jot::chance;
use jot::error::{Code, Error};
use jot::key::file::{self, Access, Draft, Existing};
use jot::key::{self, Form, Part};
use jot::password::Weak;
use jot::settings::Settings;
use jot::store::sqlite::Missing;
use serde_json::json;
use zeroize::Zeroizing;

use crate::cli::InitArgs;
use crate::command::{Context, Ended, input};
use crate::output::escape;

/// The algorithms that a person is offered; the rest is for who knows why.
const OFFERED: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

/// What was asked, or taken by default.
struct Answers {
    alg: Algorithm,
    iss: Option<String>,
    user: Option<(String, Zeroizing<String>)>,
}

pub(crate) fn run(args: &InitArgs, context: &Context) -> Result<Ended> {
    let path = context.globals.settings.clone().unwrap_or_else(|| PathBuf::from("jot.toml"));
    file::check_free([path.as_path()])?;
    let answers = if args.yes {
        Answers { alg: Algorithm::RS256, iss: None, user: None }
    } else {
        ask(context)?
    };
    let mut made = write_files(&answers, &path)?;
    let surroundings = jot::settings::Surroundings::of_the_process()?;
    let settings = Settings::load(Some(&path), &[], surroundings)?;
    let authority = context.authority(&settings, Missing::Create)?;
    made.push(settings.store.url.clone());
    if let Some((username, password)) = &answers.user {
        let password = NewPassword { text: password, weak: Weak::Refused };
        authority.add_user(&Person::named(username), Some(password), &context.source)?;
    }
    tell(&answers, &made, context)
}

/// Settings and key arrive together or not at all. A key that is there already is kept.
fn write_files(answers: &Answers, path: &Path) -> Result<Vec<PathBuf>> {
    let text = settings_text(answers);
    let (private, public) =
        (path.with_file_name("jwt-signing.pem"), path.with_file_name("jwt-signing.pub"));
    let mut drafts = vec![Draft { path, bytes: text.as_bytes(), access: Access::Everybody }];
    let ring = path.with_file_name("jwt-signing.ring");
    let has_key = [&private, &public, &ring].iter().any(|path| path.exists());
    let (secret, open);
    if !has_key {
        let key = key::generate(answers.alg, None, &mut chance::System::generator())?;
        secret = key.write(Form::Pkcs8, Part::Private, None)?;
        open = key.write(Form::Pkcs8, Part::Public, None)?;
        drafts.push(Draft { path: &private, bytes: &secret, access: Access::Owner });
        drafts.push(Draft { path: &public, bytes: &open, access: Access::Everybody });
    }
    file::write(&drafts, Existing::Keep)?;
    let keys = (!has_key).then_some([private, public]);
    Ok([path.to_owned()].into_iter().chain(keys.into_iter().flatten()).collect())
}

fn settings_text(answers: &Answers) -> String {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let iss = answers.iss.as_ref().map(|iss| format!("\n[token]\niss = {}\n", quoted(iss)));
    let alg = (answers.alg != Algorithm::RS256)
        .then(|| format!("\n[keys]\nalg = {}\n", quoted(alg::name(answers.alg))));
    ["# Every setting: jot settings template\n".to_owned()]
        .into_iter()
        .chain(iss)
        .chain(alg)
        .collect()
}

fn ask(context: &Context) -> Result<Answers> {
    if !input::is_interactive() {
        return Err(Error::new(Code::Usage, "there is no terminal to ask on")
            .hint("jot init --yes")
            .into());
    }
    let names = OFFERED.map(alg::name).join(", ");
    let chosen = input::line(&format!("Algorithm ({names}), empty for RS256"), |typed| {
        if typed.is_empty() || offered(typed).is_some() {
            Ok(())
        } else {
            Err(format!("one of {names}"))
        }
    })?;
    let iss = input::line("Issuer (iss), empty for none", |_| Ok(()))?;
    let name = input::line("First user, empty for none", |_| Ok(()))?;
    let user = match name.trim() {
        "" => None,
        name => Some((jot::user::name(name)?, password(name, context)?)),
    };
    let iss = Some(iss.trim().to_owned()).filter(|iss| !iss.is_empty());
    Ok(Answers { alg: offered(&chosen).unwrap_or(Algorithm::RS256), iss, user })
}

/// The algorithm of that name, in capitals or not.
fn offered(name: &str) -> Option<Algorithm> {
    OFFERED.into_iter().find(|alg| alg::name(*alg).eq_ignore_ascii_case(name.trim()))
}

/// A password that keeps the rules: asked for again until it does.
fn password(username: &str, context: &Context) -> Result<Zeroizing<String>> {
    loop {
        let password = input::password_twice()?;
        match jot::password::set_rules(&password, username, Weak::Refused) {
            Ok(()) => return Ok(password),
            Err(error) => context.output.warn(&error.to_string()),
        }
    }
}

fn tell(answers: &Answers, made: &[PathBuf], context: &Context) -> Result<Ended> {
    let user = answers.user.as_ref().map(|(name, _)| name);
    let page = || {
        let made = made.iter().map(|path| format!("made {}", escape(&path.display().to_string())));
        let added = user.map(|name| format!("added the user \"{}\"", name.escape_debug()));
        made.chain(added).collect::<Vec<_>>().join("\n")
    };
    let outcome = context.output.answer(|| json!({"made": made, "user": user}), page)?;
    context.output.hint(if user.is_some() { "jot serve" } else { "jot issue --user alice" });
    Ok(outcome.into())
}
