//! From settings to programs that may be run, and to addresses that events are sent to.

use crate::error::Result;
use crate::event::Kind;
use crate::hook::Address;
use crate::program::Program;
use crate::settings::{Command, Settings};

/// What a command sees of the environment: enough to find programs, its home and its language.
/// Whatever else is there may hold keys, as jot's own variables do.
const KEPT: [&str; 8] = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR"];

impl Settings {
    /// Every command of the settings.
    pub fn commands(&self) -> impl Iterator<Item = &Command> {
        [&self.keys.command, &self.claims.command].into_iter().chain(self.hook_commands())
    }

    /// The programs that are run at events, without those that may not be run.
    pub fn hook_programs(&self) -> Vec<(Kind, Program)> {
        let commands = Kind::ALL.iter().copied().zip(self.hook_commands());
        let allowed = |(kind, command)| Some((kind, self.program(command).ok().flatten()?));
        commands.filter_map(allowed).collect()
    }

    /// The program that prints claims, if there is one; refused if it may not be run.
    pub fn claims_program(&self) -> Result<Option<Program>> {
        self.program(&self.claims.command)
    }

    /// The programs that are run for tokens and at events, each with the name of its setting,
    /// without those that may not be run.
    pub fn programs(&self) -> impl Iterator<Item = (&'static str, Program)> {
        let commands = [&self.claims.command].into_iter().chain(self.hook_commands());
        commands.filter_map(|command| Some((command.name, self.program(command).ok().flatten()?)))
    }

    /// Where events are sent. What is no address was refused when the settings were read.
    pub fn webhooks(&self) -> Vec<(Kind, Address)> {
        let entries = self.hooks.webhooks.iter();
        let webhook = entries.filter_map(|(name, url)| {
            Some((Kind::from_name(name)?, Address::parse(url.as_str()?).ok()?))
        });
        webhook.collect()
    }

    /// In the order of the kinds of events.
    fn hook_commands(&self) -> [&Command; Kind::ALL.len()] {
        let hooks = &self.hooks;
        [
            &hooks.logged_in,
            &hooks.login_failed,
            &hooks.blacklisted,
            &hooks.token_validated,
            &hooks.access_refreshed,
            &hooks.refresh_updated,
            &hooks.refresh_refused,
            &hooks.refresh_recovered,
            &hooks.theft_detected,
            &hooks.logged_out,
            &hooks.throttled,
            &hooks.user_changed,
            &hooks.key_changed,
            &hooks.settings_reloaded,
        ]
    }

    fn program(&self, command: &Command) -> Result<Option<Program>> {
        let argv = self.may_run(command)?;
        if argv.is_empty() {
            return Ok(None);
        }
        let variables = self.surroundings.env.iter();
        let environment = variables.filter(|(name, _)| KEPT.contains(&name.as_str())).cloned();
        Ok(Some(Program {
            argv: argv.to_vec(),
            folder: self.folder_of(command),
            environment: environment.collect(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Surroundings;

    #[test]
    fn every_kind_of_event_has_its_own_hook() {
        let settings = Settings::load(None, &[], Surroundings::default()).unwrap();
        for (kind, command) in Kind::ALL.iter().zip(settings.hook_commands()) {
            assert_eq!(command.name, format!("hooks.{}", kind.name()));
        }
    }
}
