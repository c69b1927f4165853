//! What must be true whatever the table says, seen with the eyes of those who take part.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Model;
use crate::play::System;
use crate::request::{Heard, Refusal, Request};
use crate::table::End;
use crate::world::DAY;

/// For what a session may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cause {
    /// The thief has used a token of it.
    Thief,
    /// A rule, or an act of its owner's or an operator's.
    Rule,
    /// The client was late a second time: in one generation, or in the next.
    Late,
}

/// What was seen of one session.
#[derive(Debug, Clone, Default)]
struct Seen {
    /// When a successor of each generation was first given.
    replaced: Vec<i64>,
    /// The generations of which the client showed a token too late.
    client_late: Vec<usize>,
    /// How often the thief showed a token of each generation too late.
    thief_late: BTreeMap<usize, usize>,
    causes: BTreeSet<Cause>,
    /// It was over when a step ended.
    over: bool,
    /// The latest `exp` of its refresh tokens.
    latest: i64,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Witness(Vec<Seen>);

impl Witness {
    /// Sees one request and its answer; `model` is as it was before.
    pub(crate) fn hear(
        &mut self,
        model: &Model,
        request: Request,
        heard: &Heard,
        honest: bool,
    ) -> Result<(), String> {
        match request {
            Request::Refresh { session, shown, .. } => {
                self.refreshed(model, (session, shown), heard, honest)?;
                dated(model, session, request, heard)
            }
            Request::Logout { session, .. } => {
                self.0[session].causes.insert(Cause::Rule);
                Ok(())
            }
            Request::Revoke { user }
            | Request::Disable { user }
            | Request::Enroll { user }
            | Request::Strike { user } => {
                for (seen, session) in self.0.iter_mut().zip(&model.sessions) {
                    if session.user == user {
                        seen.causes.insert(Cause::Rule);
                    }
                }
                Ok(())
            }
            Request::Login { .. } | Request::Enable { .. } | Request::Purge => Ok(()),
        }
    }

    fn refreshed(
        &mut self,
        model: &Model,
        (session, shown): (usize, usize),
        heard: &Heard,
        honest: bool,
    ) -> Result<(), String> {
        let state = &model.sessions[session];
        let at = model.waited(state.user, state.stored).unwrap_or(model.now);
        let ended = state.row.line[shown].exp <= at || state.row.current().exp <= at;
        let seen = &mut self.0[session];
        let late = seen.replaced.get(shown).is_some_and(|when| at - when > model.rules.grace);
        let counted = late && !ended && !matches!(heard, Heard::Refused(Refusal::Clock));
        if !honest {
            seen.causes.insert(Cause::Thief);
        }
        if counted && honest {
            let generation = shown + 1;
            let again = |old: &usize| *old == generation || *old + 1 == generation;
            if seen.client_late.iter().any(again) {
                seen.causes.insert(Cause::Late);
            }
            seen.client_late.push(generation);
        }
        if counted && !honest {
            *seen.thief_late.entry(shown).or_default() += 1;
        }
        let Heard::Given { jti, .. } = heard else {
            let excused = ended || !seen.causes.is_empty();
            let logged_out = *heard != Heard::Refused(Refusal::Clock) && !excused;
            return if logged_out { Err("an honest client is logged out".into()) } else { Ok(()) };
        };
        if seen.over {
            return Err(format!("session {session} is over and refreshes"));
        }
        // A name that is new is that of the next generation.
        if !state.jtis.contains(jti) && seen.replaced.len() < state.jtis.len() {
            seen.replaced.push(at);
        }
        Ok(())
    }

    /// Sees what is there after a step.
    pub(crate) fn conclude<S: System>(&mut self, model: &Model, system: &S) -> Result<(), String> {
        self.0.resize_with(model.sessions.len(), Seen::default);
        let (told, mut gone) = (system.told(), 0);
        for (at, (seen, session)) in self.0.iter_mut().zip(&model.sessions).enumerate() {
            let row = &session.row;
            seen.latest = row.line.iter().map(|span| span.exp).max().unwrap_or(0);
            let Some(stored) = system.row(at) else {
                if seen.latest > model.now - 20 * DAY {
                    return Err(format!("session {at} is purged so soon"));
                }
                (seen.over, gone) = (true, gone + 1);
                continue;
            };
            seen.over = stored.ended.is_some();
            if seen.over && seen.causes.is_empty() {
                return Err(format!("session {at} has ended without a cause"));
            }
            if !seen.over && seen.thief_late.values().any(|uses| *uses > 1) {
                return Err(format!("a thief is not found in session {at}"));
            }
            let theft = usize::from(matches!(row.ended, Some((_, End::Theft))));
            let (told, due) = (told[at], [theft, row.forgiven.len()]);
            if told != due {
                return Err(format!(
                    "session {at}: events of theft and recovery {told:?}, {due:?}"
                ));
            }
        }
        let (rows, begun) = (system.rows(), model.sessions.len());
        let wrong = || format!("{rows} rows for {begun} sessions, of which {gone} are gone");
        if rows + gone == begun { Ok(()) } else { Err(wrong()) }
    }
}

/// The end of a refresh token moves with an update only, and never past the session's.
fn dated(model: &Model, session: usize, request: Request, heard: &Heard) -> Result<(), String> {
    let Heard::Given { refresh, .. } = heard else { return Ok(()) };
    let row = &model.sessions[session].row;
    let update = matches!(request, Request::Refresh { wish, .. }
        if wish == jot::authority::refresh::Wish::Update);
    let moved = *refresh != row.current();
    if moved && !update || refresh.exp > row.created + model.rules.max_session {
        return Err(format!("{refresh:?} is given where {:?} was the last", row.current()));
    }
    Ok(())
}
