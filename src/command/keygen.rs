//! `jot keygen`

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use jot::alg::{self, Algorithm};
use jot::chance;
use jot::error::{Code, Error};
use jot::key::file::{self, Access, Draft, Existing};
use jot::key::{self, Form, Key, Part, Seal};
use serde_json::json;

use crate::cli::{KeyFormat, KeygenArgs};
use crate::command::{Context, Ended, input, quoted};
use crate::output::escape;

pub(crate) fn run(args: &KeygenArgs, context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let ring = settings.keys.folder.join(&settings.keys.name);
    let name = args.out.clone().unwrap_or_else(|| ring.clone());
    let alg = match &args.alg {
        Some(name) => alg::parse(name)?,
        None => settings.keys.alg.unwrap_or(Algorithm::RS256),
    };
    let passphrase = args
        .passphrase_file
        .as_deref()
        .map(|path| input::secret_file(path, "passphrase"))
        .transpose()?;
    let existing = if args.force { Existing::Replace } else { Existing::Keep };
    let is_told = settings.keys.alg == Some(alg) || says_its_algorithm(alg);
    let form = form(args, alg, is_told)?;
    let private = with_ending(&name, if form == Form::Jwk { "jwk" } else { "pem" });
    let public = (alg::hash_length(alg) == 0).then(|| with_ending(&name, "pub"));
    if existing == Existing::Keep {
        let paths = [&private].into_iter().chain(&public).map(PathBuf::as_path);
        file::check_free(paths).map_err(taken)?;
    }
    if name == ring {
        check_alone(&ring, [Some(&private), public.as_ref()])?;
    }
    let key =
        with_spinner(context, || key::generate(alg, args.bits, &mut chance::System::generator()))?;
    let seal = passphrase.as_ref().map(|passphrase| Seal { passphrase, chance: &chance::System });
    let secret = key.write(form, Part::Private, seal.as_ref())?;
    let open = public
        .as_ref()
        .map(|_| {
            key.write(if form == Form::Jwk { Form::Jwk } else { Form::Pkcs8 }, Part::Public, None)
        })
        .transpose()?;
    let mut drafts = vec![Draft { path: &private, bytes: &secret, access: Access::Owner }];
    if let (Some(path), Some(bytes)) = (&public, &open) {
        drafts.push(Draft { path, bytes, access: Access::Everybody });
    }
    file::write(&drafts, existing).map_err(taken)?;
    tell(&key, &private, public.as_deref(), context)?;
    let unsaid = (form != Form::Jwk && !is_told).then_some(alg);
    let elsewhere = (name != ring).then(|| with_ending(&ring, "pem"));
    advise(unsaid, elsewhere.as_deref(), existing, context);
    Ok(Ended::Done)
}

fn advise(
    unsaid: Option<Algorithm>,
    signing: Option<&Path>,
    existing: Existing,
    context: &Context,
) {
    if let Some(alg) = unsaid.map(alg::name) {
        context.output.note(&format!("a PEM does not say {alg}: set keys.alg to \"{alg}\""));
    }
    if let Some(path) = signing {
        let signing = quoted(path);
        context.output.note(&format!("this key signs nothing yet: jot signs with {signing}"));
    } else if existing == Existing::Replace {
        context
            .output
            .note("tokens signed with a key that was here before are refused from now on");
    }
}

/// The form that was asked for, else PEM, unless the key would then be taken for another one's.
fn form(args: &KeygenArgs, alg: Algorithm, is_told: bool) -> Result<Form, Error> {
    let is_sealed = args.passphrase_file.is_some();
    match (args.format, alg::hash_length(alg) > 0) {
        (Some(KeyFormat::Jwk), _) | (None, true) => Ok(Form::Jwk),
        (None, false) if !is_told && !is_sealed => Ok(Form::Jwk),
        (Some(KeyFormat::Pkcs8) | None, false) => Ok(Form::Pkcs8),
        (Some(KeyFormat::Pkcs1), false) => Ok(Form::Pkcs1),
        (Some(_), true) => {
            let seen = format!("a secret for {} has no PEM form", alg::name(alg));
            Err(Error::new(Code::Usage, seen).hint("leave --format out"))
        }
    }
}

/// Whether a PEM of such a key is read as one for this algorithm.
fn says_its_algorithm(alg: Algorithm) -> bool {
    use Algorithm::{PS256, PS384, PS512, RS384, RS512};
    !matches!(alg, RS384 | RS512 | PS256 | PS384 | PS512)
}

fn taken(error: Error) -> Error {
    match error.code() {
        Code::Exists => error.hint("choose another name with --out, or replace it with --force"),
        _ => error,
    }
}

/// The ring takes one private key: a file of another form beside the new one would stop it.
fn check_alone(ring: &Path, own: [Option<&PathBuf>; 2]) -> Result<(), Error> {
    let names = ["pem", "jwk", "key", "der", "pub"].map(|ending| with_ending(ring, ending));
    let other = names.iter().find(|path| !own.contains(&Some(path)) && path.exists());
    match other {
        None => Ok(()),
        Some(other) => {
            let word = file::shell_word(other);
            Err(Error::new(Code::Exists, format!("{} belongs to another key", quoted(other)))
                .hint(format!("mv {word} {word}.old")))
        }
    }
}

fn tell(key: &Key, private: &Path, public: Option<&Path>, context: &Context) -> Result<()> {
    if context.json() {
        _ = context.output.json(&document(key, Some(private), public)?)?;
        return Ok(());
    }
    let mut told =
        format!("{} key {}\nprivate  {}", alg::name(key.alg()), key.kid(), shown(private));
    if let Some(public) = public {
        told.push_str(&format!("\npublic   {}", shown(public)));
    }
    _ = context.output.result(&told)?;
    Ok(())
}

/// A key as programs read it: never its private part.
pub(super) fn document(
    key: &Key,
    private: Option<&Path>,
    public: Option<&Path>,
) -> Result<serde_json::Value> {
    let jwk = if key.is_symmetric() { None } else { Some(key.jwk(Part::Public)?) };
    Ok(json!({
        "kid": key.kid(), "alg": alg::name(key.alg()), "bits": key.bits(), "state": "active",
        "private": private, "public": public, "jwk": jwk, "thumbprint": key.thumbprint(),
    }))
}

/// A large RSA key takes seconds: on a terminal something moves meanwhile.
fn with_spinner<T>(context: &Context, work: impl FnOnce() -> T) -> T {
    if !context.output.terminals.stderr || context.globals.quiet {
        return work();
    }
    let spinner = ProgressBar::new_spinner().with_message("looking for primes");
    spinner.set_style(ProgressStyle::default_spinner());
    spinner.enable_steady_tick(std::time::Duration::from_millis(120));
    let made = work();
    spinner.finish_and_clear();
    made
}

fn shown(path: &Path) -> String {
    escape(&path.display().to_string()).into_owned()
}

fn with_ending(name: &Path, ending: &str) -> PathBuf {
    let mut path = OsString::from(name);
    path.push(".");
    path.push(ending);
    path.into()
}
