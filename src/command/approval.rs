//! What becomes of a command that the settings name and nobody approved.

use anyhow::Result;
use jot::settings::Settings;

use crate::cli::{Action, ClientAction, KeyAction, UserAction};
use crate::command::Context;

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unapproved {
    /// Nothing is done: what would have to run must not.
    Refused,
    /// It is left out, and told.
    LeftOut,
}

impl Unapproved {
    /// Whoever only looks, or takes something away, is not held up: a token that leaked is revoked
    /// although somebody touched the settings file.
    pub(super) fn of(action: &Action) -> Self {
        let left_out = match action {
            Action::Validate(_)
            | Action::Revoke(_)
            | Action::Revocations(_)
            | Action::Tokens(_)
            | Action::Session(_)
            | Action::Events(_)
            | Action::Throttle(_)
            | Action::Backup(_) => true,
            Action::User(action) => matches!(
                action,
                UserAction::List { .. }
                    | UserAction::Show { .. }
                    | UserAction::Groups
                    | UserAction::Passwd { .. }
                    | UserAction::Disable { .. }
                    | UserAction::Remove { .. }
            ),
            Action::Client(action) => {
                matches!(action, ClientAction::List | ClientAction::Remove { .. })
            }
            Action::Key(action) => {
                matches!(action, KeyAction::List | KeyAction::Show(_) | KeyAction::Revoke(_))
            }
            _ => false,
        };
        if left_out { Self::LeftOut } else { Self::Refused }
    }
}

impl Context {
    /// Refuses commands that nobody approved, or says that they are left out. A key that a command
    /// prints is refused where it is needed.
    pub(super) fn approve(&self, settings: &Settings) -> Result<()> {
        for command in settings.commands() {
            match (settings.may_run(command), self.unapproved) {
                (Ok(_), _) => {}
                (Err(error), Unapproved::Refused) => return Err(error.into()),
                (Err(error), Unapproved::LeftOut) => {
                    self.output.warn(&format!("{error}: it is not run"));
                }
            }
        }
        Ok(())
    }
}
