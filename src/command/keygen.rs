//! `jot keygen`

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use indicatif::ProgressBar;
use jot::alg::{self, Algorithm};
use jot::chance;
use jot::error::{Code, Error};
use jot::key::file::{self, Access, Draft, Existing};
use jot::key::{self, Form, Key, Part, Seal, manifest};
use jot::settings::Settings;
use serde_json::{Value, json};

use crate::cli::{KeyFormat, KeygenArgs};
use crate::command::{Context, Ended, input, quoted, ring};
use crate::output::escape;

/// Where a key goes, and in which form.
struct Target {
    alg: Algorithm,
    form: Form,
    private: PathBuf,
    public: Option<PathBuf>,
    /// The key that signs, if this is another one.
    ring: Option<PathBuf>,
    /// The form does not say the algorithm, and neither do the settings.
    unsaid: bool,
}

pub(crate) fn run(args: &KeygenArgs, context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let target = target(args, &settings)?;
    let secret_file = |path: &PathBuf| input::secret_file(path, "passphrase");
    let passphrase = args.passphrase_file.as_ref().map(secret_file).transpose()?;
    if target.ring.is_none() {
        check_alone(&settings, &target)?;
        // A hook that may not run is told before there is a key.
        context.approve(&settings)?;
    }
    if !args.force {
        let paths = [&target.private].into_iter().chain(&target.public).map(PathBuf::as_path);
        file::check_free(paths).map_err(taken)?;
    }
    let mut generator = chance::System::generator();
    let key = with_spinner(context, || key::generate(target.alg, args.bits, &mut generator))?;
    let seal = passphrase.as_ref().map(|passphrase| Seal { passphrase, chance: &chance::System });
    let secret = key.write(target.form, Part::Private, seal.as_ref())?;
    let open_form = if target.form == Form::Jwk { Form::Jwk } else { Form::Pkcs8 };
    let open =
        target.public.as_ref().map(|_| key.write(open_form, Part::Public, None)).transpose()?;
    let mut drafts = vec![Draft { path: &target.private, bytes: &secret, access: Access::Owner }];
    if let (Some(path), Some(bytes)) = (&target.public, &open) {
        drafts.push(Draft { path, bytes, access: Access::Everybody });
    }
    let existing = if args.force { Existing::Replace } else { Existing::Keep };
    file::write(&drafts, existing).map_err(taken)?;
    tell(&key, &target, context)?;
    if target.ring.is_none() {
        ring::note("made", key.kid(), &settings, context);
    }
    if target.ring.is_none() && args.force {
        context
            .output
            .note("tokens signed with the key that was here before are refused from now on");
    }
    Ok(Ended::Done)
}

fn target(args: &KeygenArgs, settings: &Settings) -> Result<Target> {
    let ring = settings.keys.folder.join(&settings.keys.name);
    let name = args.out.as_ref().unwrap_or(&ring);
    let alg = args.alg.as_deref().map(alg::parse).transpose()?;
    let alg = alg.or(settings.keys.alg).unwrap_or(Algorithm::RS256);
    let is_secret = alg::hash_length(alg) > 0;
    let is_told = says_itself(alg) || settings.keys.alg == Some(alg);
    let form = match (args.format, is_secret) {
        (Some(KeyFormat::Jwk), _) | (None, true) => Form::Jwk,
        (None, false) if !is_told && args.passphrase_file.is_none() => Form::Jwk,
        (Some(KeyFormat::Pkcs8) | None, false) => Form::Pkcs8,
        (Some(KeyFormat::Pkcs1), false) => Form::Pkcs1,
        (Some(_), true) => {
            let seen = format!("a secret for {} has no PEM form", alg::name(alg));
            return Err(Error::new(Code::Usage, seen).hint("leave --format out").into());
        }
    };
    Ok(Target {
        alg,
        form,
        private: with_ending(name, if form == Form::Jwk { "jwk" } else { "pem" }),
        public: (!is_secret).then(|| with_ending(name, "pub")),
        ring: (*name != ring).then(|| with_ending(&ring, "pem")),
        unsaid: form != Form::Jwk && !is_told,
    })
}

/// Whether a bare PEM of such a key means this algorithm. A JWK says which it is.
fn says_itself(alg: Algorithm) -> bool {
    matches!(alg, Algorithm::RS256 | Algorithm::ES256 | Algorithm::ES384 | Algorithm::EdDSA)
}

fn taken(error: Error) -> Error {
    match error.code() {
        Code::Exists => error.hint("choose another name with --out, or replace it with --force"),
        _ => error,
    }
}

/// The ring takes one private key: a file of another form beside the new one would stop it.
fn check_alone(settings: &Settings, target: &Target) -> Result<(), Error> {
    let manifest = manifest::path(&settings.keys.folder, &settings.keys.name);
    if manifest.exists() {
        return Err(Error::new(
            Code::Exists,
            format!("{} lists the ring's keys", quoted(&manifest)),
        )
        .hint("jot key rotate"));
    }
    let ring = settings.keys.folder.join(&settings.keys.name);
    let names = ["pem", "jwk", "key", "der", "pub"].map(|ending| with_ending(&ring, ending));
    let is_own = |path: &PathBuf| *path == target.private || Some(path) == target.public.as_ref();
    let Some(other) = names.iter().find(|path| !is_own(path) && path.exists()) else {
        return Ok(());
    };
    let word = file::shell_word(other);
    Err(Error::new(Code::Exists, format!("{} belongs to another key", quoted(other)))
        .hint(format!("mv {word} {word}.old")))
}

fn tell(key: &Key, target: &Target, context: &Context) -> Result<()> {
    let (private, public) = (target.private.as_path(), target.public.as_deref());
    let state = target.ring.is_none().then_some("active");
    let document = document(key, state, (Some(private), public))?;
    let alg = alg::name(key.alg());
    let page = || {
        let head = [format!("{alg} key {}", key.kid()), format!("private  {}", shown(private))];
        let public = public.map(|public| format!("public   {}", shown(public)));
        head.into_iter().chain(public).collect::<Vec<_>>().join("\n")
    };
    _ = context.output.answer(|| document, page)?;
    if target.unsaid {
        context.output.note(&format!("a PEM does not say {alg}: set keys.alg to \"{alg}\""));
    }
    if let Some(ring) = &target.ring {
        context
            .output
            .note(&format!("this key signs nothing yet: jot signs with {}", quoted(ring)));
    }
    Ok(())
}

/// A key as programs read it: never its private part.
pub(super) fn document(
    key: &Key,
    state: Option<&str>,
    (private, public): (Option<&Path>, Option<&Path>),
) -> Result<Value> {
    let jwk = if key.is_symmetric() { None } else { Some(key.jwk(Part::Public)?) };
    Ok(json!({
        "kid": key.kid(), "alg": alg::name(key.alg()), "bits": key.bits(), "state": state,
        "private": private, "public": public, "jwk": jwk, "thumbprint": key.thumbprint(),
    }))
}

/// A large RSA key takes seconds: on a terminal something moves meanwhile.
pub(super) fn with_spinner<T>(context: &Context, work: impl FnOnce() -> T) -> T {
    if !context.output.terminals.stderr || context.globals.quiet {
        return work();
    }
    let spinner = ProgressBar::new_spinner().with_message("looking for primes");
    spinner.enable_steady_tick(Duration::from_millis(120));
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
