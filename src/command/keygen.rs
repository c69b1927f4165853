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
use jot::key::{self, Form, Key, Part, Seal};
use jot::settings::Settings;
use serde_json::{Value, json};

use crate::cli::{KeyFormat, KeygenArgs};
use crate::command::{Context, Ended, input, quoted};

/// Where a key goes, and in which form.
struct Target {
    alg: Algorithm,
    form: Form,
    private: PathBuf,
    public: Option<PathBuf>,
    in_ring: bool,
}

pub(crate) fn run(args: &KeygenArgs, context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let target = target(args, &settings)?;
    let secret_file = |path: &PathBuf| input::secret_file(path, "passphrase");
    let passphrase = args.passphrase_file.as_ref().map(secret_file).transpose()?;
    if !args.force {
        file::check_free(
            [&target.private].into_iter().chain(&target.public).map(PathBuf::as_path),
        )?;
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
    file::write(&drafts, if args.force { Existing::Replace } else { Existing::Keep })?;
    tell(&key, &target, &settings, context)?;
    if target.in_ring && args.force {
        context
            .output
            .note("tokens signed with a key that was here before are refused from now on");
    }
    Ok(Ended::Done)
}

fn target(args: &KeygenArgs, settings: &Settings) -> Result<Target> {
    let ring = settings.keys.folder.join(&settings.keys.name);
    let name = args.out.as_ref().unwrap_or(&ring);
    let alg = args.alg.as_deref().map(alg::parse).transpose()?;
    let alg = alg.or(settings.keys.alg).unwrap_or(Algorithm::RS256);
    let is_secret = alg::hash_length(alg) > 0;
    let form = match args.format {
        Some(_) if is_secret && args.format != Some(KeyFormat::Jwk) => {
            let seen = format!("a secret for {} has no PEM form", alg::name(alg));
            return Err(Error::new(Code::Usage, seen).hint("leave --format out").into());
        }
        Some(KeyFormat::Pkcs8) => Form::Pkcs8,
        Some(KeyFormat::Pkcs1) => Form::Pkcs1,
        None if says_itself(alg) || settings.keys.alg == Some(alg) && !is_secret => Form::Pkcs8,
        Some(KeyFormat::Jwk) | None => Form::Jwk,
    };
    let private = with_ending(name, if form == Form::Jwk { "jwk" } else { "pem" });
    let public = (!is_secret).then(|| with_ending(name, "pub"));
    Ok(Target { alg, form, private, public, in_ring: *name == ring })
}

/// Whether a bare PEM of such a key means this algorithm. A JWK says which it is.
fn says_itself(alg: Algorithm) -> bool {
    matches!(alg, Algorithm::RS256 | Algorithm::ES256 | Algorithm::ES384 | Algorithm::EdDSA)
}

fn tell(key: &Key, target: &Target, settings: &Settings, context: &Context) -> Result<()> {
    let (private, public) = (target.private.as_path(), target.public.as_deref());
    let state = target.in_ring.then_some("active");
    let document = document(key, state, (Some(private), public))?;
    let page = || {
        let mut lines = vec![
            format!("{} key {}", alg::name(key.alg()), key.kid()),
            format!("private  {}", private.display()),
        ];
        lines.extend(public.map(|public| format!("public   {}", public.display())));
        lines.join("\n")
    };
    _ = context.output.answer(|| document, page)?;
    if !target.in_ring {
        let ring = with_ending(&settings.keys.folder.join(&settings.keys.name), "pem");
        context
            .output
            .note(&format!("this key signs nothing yet: jot signs with {}", quoted(&ring)));
    }
    if target.form != Form::Jwk && !says_itself(target.alg) && settings.keys.alg != Some(target.alg)
    {
        let name = alg::name(target.alg);
        context
            .output
            .note(&format!("a PEM does not say that it is for {name}; a JWK does, or keys.alg"));
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
fn with_spinner<T>(context: &Context, work: impl FnOnce() -> T) -> T {
    if !context.output.terminals.stderr || context.globals.quiet {
        return work();
    }
    let spinner = ProgressBar::new_spinner().with_message("looking for primes");
    spinner.enable_steady_tick(Duration::from_millis(120));
    let made = work();
    spinner.finish_and_clear();
    made
}

fn with_ending(name: &Path, ending: &str) -> PathBuf {
    let mut path = OsString::from(name);
    path.push(".");
    path.push(ending);
    path.into()
}
