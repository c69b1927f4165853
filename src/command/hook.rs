//! The hooks that the settings name, while a command runs.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use jot::authority::Authority;
use jot::authority::audit::Outlet;
use jot::chance;
use jot::error::{Code, Error};
use jot::hook::{Courier, Hooks, Secret};
use jot::settings::Settings;

use crate::command::{Context, input};

/// How long the end of a command waits for its hooks: for one that hangs until it is stopped.
const PATIENCE: Duration = Duration::from_secs(11);

impl Context {
    /// The hooks, which begin with the first who asks; none where the settings name none.
    pub(super) fn hooks(&self, settings: &Settings) -> Result<Option<Arc<Hooks>>> {
        if let Some(hooks) = self.hooks.get() {
            return Ok(Some(Arc::clone(hooks)));
        }
        let (programs, webhooks) = (settings.hook_programs()?, settings.webhooks());
        if programs.is_empty() && webhooks.is_empty() {
            return Ok(None);
        }
        let start = || Arc::new(Hooks::start(programs, webhooks, Box::new(chance::System)));
        Ok(Some(Arc::clone(self.hooks.get_or_init(start))))
    }

    /// The hooks, as whoever tells of events knows them.
    pub(super) fn outlet(&self, settings: &Settings) -> Result<Option<Arc<dyn Outlet>>> {
        Ok(self.hooks(settings)?.map(|hooks| hooks as Arc<dyn Outlet>))
    }

    /// Waits for the commands that were told of something.
    pub(super) fn finish_hooks(&self) -> Vec<String> {
        self.hooks.get().map(|hooks| hooks.finish(PATIENCE)).unwrap_or_default()
    }

    /// Whoever sends what is in the outbox, if the settings have webhooks.
    pub(super) fn courier(
        &self,
        settings: &Settings,
        authority: &Arc<Authority>,
    ) -> Result<Option<Courier>> {
        if settings.webhooks().is_empty() {
            return Ok(None);
        }
        let Some(hooks) = self.hooks(settings)? else { return Ok(None) };
        let secret = secret(settings)?;
        let chance = Box::new(chance::System);
        Ok(Some(Courier::start(Arc::clone(authority), &hooks, secret, chance)))
    }
}

fn secret(settings: &Settings) -> Result<Secret> {
    let hooks = &settings.hooks;
    let text = match (&hooks.webhook_secret, &hooks.webhook_secret_file) {
        (Some(secret), _) => secret.expose().to_owned().into(),
        (None, Some(path)) => input::secret_file(path, "webhook secret")?,
        (None, None) => zeroize::Zeroizing::default(),
    };
    let unfit = || {
        let seen = "the secret of webhooks is empty, or not base64 behind whsec_";
        Error::new(Code::Settings, seen).hint("jot settings show")
    };
    Ok(Secret::read(&text).ok_or_else(unfit)?)
}
