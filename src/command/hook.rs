//! The hooks that the settings name, while a command runs.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Result;
use jot::authority::Authority;
use jot::authority::audit::Outlet;
use jot::chance;
use jot::error::{Code, Error};
use jot::hook::{Bell, Courier, Hooks, Secret};
use jot::settings::Settings;

use crate::command::{Context, input};

/// How long the end of a command waits for its hooks: for one that hangs until it is stopped.
const PATIENCE: Duration = Duration::from_secs(11);
/// How long the end of a server waits for them, and for letters on their way, which will be sent
/// again.
const LAST: Duration = Duration::from_secs(3);

impl Context {
    /// The hooks, which begin with the first who asks; none where the settings name none.
    pub(super) fn hooks(&self, settings: &Settings) -> Option<Arc<Hooks>> {
        if let Some(hooks) = self.hooks.get() {
            return Some(Arc::clone(hooks));
        }
        let (programs, webhooks) = (settings.hook_programs(), settings.webhooks());
        if programs.is_empty() && webhooks.is_empty() {
            return None;
        }
        let start = || {
            let runners = Arc::clone(&self.runners);
            Arc::new(Hooks::start(programs, webhooks, Box::new(chance::System), runners))
        };
        Some(Arc::clone(self.hooks.get_or_init(start)))
    }

    /// The hooks, as whoever tells of events knows them.
    pub(super) fn outlet(&self, settings: &Settings) -> Option<Arc<dyn Outlet>> {
        self.hooks(settings).map(|hooks| hooks as Arc<dyn Outlet>)
    }

    /// Waits for the commands that were told of something.
    pub(super) fn finish_hooks(&self) -> Vec<String> {
        self.hooks.get().map(|hooks| hooks.finish(PATIENCE)).unwrap_or_default()
    }

    /// The same context for another set of hooks.
    pub(super) fn without_hooks(&self) -> Self {
        Self { hooks: OnceLock::new(), ..self.clone() }
    }
}

/// The hooks of a server that runs.
pub(super) struct Running {
    hooks: Option<Arc<Hooks>>,
    courier: Option<Courier>,
    /// Those of hooks before these are among them.
    runners: Arc<Bell>,
}

impl Running {
    /// Begins to send what is in the outbox, if there is the secret of webhooks.
    pub(super) fn start(
        context: &Context,
        authority: &Arc<Authority>,
        secret: Option<Secret>,
    ) -> Self {
        let hooks = context.hooks.get().cloned();
        let courier = hooks.as_ref().zip(secret).map(|(hooks, secret)| {
            Courier::start(Arc::clone(authority), hooks, secret, Box::new(chance::System))
        });
        Self { hooks, courier, runners: Arc::clone(&context.runners) }
    }

    /// Makes room for other hooks. Requests that still run tell these; commands run until nobody can
    /// tell them anything any more.
    pub(super) fn make_room(self) {
        if let Some(courier) = self.courier {
            courier.stop(LAST);
        }
    }

    /// Lets end what runs. What went wrong is in the log.
    pub(super) fn end(self) {
        if let Some(courier) = self.courier {
            courier.stop(LAST);
        }
        match self.hooks {
            Some(hooks) => drop(hooks.finish(LAST)),
            None => self.runners.finish(LAST),
        }
    }
}

/// The secret that webhooks are signed with, if the settings have any.
pub(super) fn secret(settings: &Settings) -> Result<Option<Secret>> {
    let hooks = &settings.hooks;
    if hooks.webhooks.is_empty() {
        return Ok(None);
    }
    let text = match (&hooks.webhook_secret, &hooks.webhook_secret_file) {
        (Some(secret), _) => secret.expose().to_owned().into(),
        (None, Some(path)) => input::secret_file(path, "webhook secret")?,
        (None, None) => zeroize::Zeroizing::default(),
    };
    let unfit = || {
        let seen = "the secret of webhooks is empty, or not base64 behind whsec_";
        Error::new(Code::Settings, seen).hint("jot settings show")
    };
    Ok(Some(Secret::read(&text).ok_or_else(unfit)?))
}
