//! Hooks: whoever wants to know what happened is told, after it is durable.
//!
//! A command gets the event on its standard input, from a short queue. A webhook gets it by HTTP,
//! from the outbox of the store, until it arrives. Neither holds up who made it happen. Not here:
//! which events there are, and when they are told ([`authority::audit`](crate::authority::audit)).

use std::sync::Arc;
use std::time::Duration;

use crate::authority::audit::{Message, Outlet};
use crate::chance::{self, Chance};
use crate::event::{Event, Kind};
use crate::program::Program;
use crate::store::Letter;

mod address;
mod bell;
mod body;
mod claims;
mod commands;
mod courier;
mod signature;

pub use address::Address;
pub use bell::Bell;
pub use claims::ClaimsCommand;
pub use courier::Courier;
pub use signature::Secret;

use commands::Commands;

/// Everybody who is told.
pub struct Hooks {
    commands: Commands,
    webhooks: Vec<(Kind, Address)>,
    chance: Box<dyn Chance>,
    bell: Arc<Bell>,
}

impl Hooks {
    /// Hooks that are ready to be told. Each command has a thread and a queue of its own, so that
    /// one that hangs holds up no other. It goes on until what was told has run, also when the hooks
    /// are gone; `runners` are all who do so.
    pub fn start(
        commands: Vec<(Kind, Program)>,
        webhooks: Vec<(Kind, Address)>,
        chance: Box<dyn Chance>,
        runners: Arc<Bell>,
    ) -> Self {
        let commands = Commands::start(commands, runners);
        Self { commands, webhooks, chance, bell: Arc::default() }
    }

    /// Waits until the commands have run that were told of something, those of hooks before these
    /// among them, at most that long, and answers what went wrong with these. No command is run any
    /// more.
    pub fn finish(&self, patience: Duration) -> Vec<String> {
        self.commands.finish(patience)
    }

    fn address(&self, kind: Kind) -> Option<&Address> {
        self.webhooks.iter().find(|(own, _)| *own == kind).map(|(_, address)| address)
    }
}

impl Outlet for Hooks {
    fn listens(&self, kind: Kind) -> bool {
        self.address(kind).is_some() || self.commands.want(kind)
    }

    fn message(&self, event: &Event) -> Option<Message> {
        if !self.listens(event.kind) {
            return None;
        }
        let address = self.address(event.kind);
        let id = chance::uuid(self.chance.as_ref()).hyphenated().to_string();
        let body = body::of(event, &id);
        let letter = address.map(|address| Letter {
            url: address.url().to_owned(),
            stream: stream(event, &id),
            kind: event.kind.name().to_owned(),
            at: event.at,
            body: body.clone(),
            noted: false,
            id,
        });
        Some(Message { kind: event.kind, body, letter })
    }

    fn tell(&self, message: Message) {
        if message.letter.is_some() {
            self.bell.ring();
        }
        self.commands.give(message.kind, message.body);
    }
}

/// What is to arrive in its order: whatever one name is told about. It is the name and not the id,
/// since a user has no id yet when it is added. What is about nobody has no order.
fn stream(event: &Event, id: &str) -> String {
    match &event.subject {
        Some(subject) => format!("user {}", subject.username),
        None => format!("letter {id}"),
    }
}
