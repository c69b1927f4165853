//! Plays a history on a system, and holds every answer and every row against the model. Of what
//! happens at once, any one order will do.

use jot::session::{self, THEFT};

use crate::cast::Cast;
use crate::history::{Edge, History, Step};
use crate::model::Model;
use crate::request::{Heard, Reached, Refusal, Request};
use crate::table::{End, Row, Span};
use crate::witness::Witness;
use crate::world::NOW;

/// What can have sessions: the pure rule over rows in memory, or authorities over a store.
pub(crate) trait System {
    /// Sets the clock.
    fn set(&mut self, now: i64);

    /// Carries out requests that are made at once; `before` knows what everything is called.
    fn carry_out(&mut self, before: &Model, requests: &[Request]) -> Vec<Heard>;

    /// The row of a session; none if it was purged.
    fn row(&self, session: usize) -> Option<session::Session>;

    /// How many rows there are.
    fn rows(&self) -> usize;

    /// How many events tell of a theft, and of a late use that was forgiven, in each session.
    fn told(&self) -> Vec<[usize; 2]>;

    /// What somebody is told who only checks a refresh token. It must change nothing.
    fn judge(&self, model: &Model, session: usize, generation: usize) -> Result<(), Refusal>;

    /// The same for every access token that was given: its session, its span, and what is told.
    fn judge_accesses(&self) -> Vec<(usize, Span, Result<(), Refusal>)>;
}

pub(crate) struct Play<'a, S> {
    pub(crate) model: Model,
    system: &'a mut S,
    cast: Cast,
    witness: Witness,
    reached: Reached,
}

/// Plays it, and tells which rows of the table it led to. The error says what is wrong and where.
pub(crate) fn play<S: System>(history: &History, system: &mut S) -> Result<Reached, String> {
    let model = Model::new(history.rules(), NOW);
    let (cast, witness, reached) = <_>::default();
    let mut play = Play { model, system, cast, witness, reached };
    play.together(&[Request::Login { user: 0 }], false)?;
    for (at, step) in history.steps.iter().enumerate() {
        play.step(step).map_err(|wrong| format!("at step {at}, {step:?}: {wrong}"))?;
    }
    for session in 0..play.model.sessions.len() {
        for generation in 0..play.model.sessions[session].jtis.len() {
            play.check(session, generation).map_err(|wrong| format!("in the end: {wrong}"))?;
        }
    }
    play.check_accesses().map_err(|wrong| format!("in the end: {wrong}"))?;
    Ok(play.reached)
}

impl<S: System> Play<'_, S> {
    fn step(&mut self, step: &Step) -> Result<(), String> {
        let count = self.model.sessions.len();
        match *step {
            Step::Wait(seconds) => self.set(self.model.now + seconds),
            Step::HourBack => self.set(self.model.now - 3600),
            Step::Until { session, edge, off } => {
                let row = &self.model.sessions[session % count].row;
                let to = off + edge_of(row, edge, &self.model);
                if to > self.model.now {
                    self.set(to);
                }
            }
            Step::Copied { session } => self.cast.copy(session % count),
            Step::Checked { session, back } => {
                let generation = self.model.sessions[session % count].row.generation();
                self.check_accesses()?;
                return self.check(session % count, generation - back % (generation + 1));
            }
            Step::Login { user } => return self.together(&[Request::Login { user }], false),
            Step::Disable { user } => return self.together(&[Request::Disable { user }], false),
            Step::Enable { user } => return self.together(&[Request::Enable { user }], false),
            Step::Enroll { user } => return self.together(&[Request::Enroll { user }], false),
            Step::Strike { user } => return self.together(&[Request::Strike { user }], false),
            Step::Together { ref acts, backwards } => {
                let requests = self.cast.enter(acts, count);
                return self.together(&requests, backwards);
            }
        }
        Ok(())
    }

    fn set(&mut self, now: i64) {
        self.model.now = now;
        self.system.set(now);
    }

    fn together(&mut self, requests: &[Request], backwards: bool) -> Result<(), String> {
        let heard = self.system.carry_out(&self.model, requests);
        let mut wrong = String::new();
        for order in orders(requests.len()) {
            match self.accept(&order, requests, &heard) {
                Ok((model, witness)) => {
                    self.reached.extend(requests.iter().map(|request| request.row(&self.model)));
                    (self.model, self.witness) = (model, witness);
                    self.cast.take(&heard, &self.model, backwards);
                    return self.witness.conclude(&self.model, self.system);
                }
                Err(reason) if wrong.is_empty() => wrong = reason,
                Err(_) => {}
            }
        }
        Err(format!("no order of {requests:?} leads to {heard:?}; in this order: {wrong}"))
    }

    /// What is known after this order of the requests, if it is a possible one.
    fn accept(
        &self,
        order: &[usize],
        requests: &[Request],
        heard: &[Heard],
    ) -> Result<(Model, Witness), String> {
        let revokes = |request: &Request| matches!(request, Request::Revoke { .. });
        let late = i64::from(requests.len() > 1 && requests.iter().any(revokes));
        let (mut model, mut witness) = (self.model.clone(), self.witness.clone());
        for &at in order {
            let (request, heard) = (requests[at], &heard[at]);
            let honest = self.cast.is_honest(at);
            witness.hear(&model, request, heard, honest)?;
            model.hear(request, heard, late)?;
        }
        for (at, session) in model.sessions.iter().enumerate() {
            let Some(stored) = self.system.row(at) else { continue };
            let expected = expected(&session.row, &session.jtis, &stored);
            if stored != expected {
                return Err(format!("session {at} is {stored:?}, and should be {expected:?}"));
            }
        }
        Ok((model, witness))
    }

    fn check(&self, session: usize, generation: usize) -> Result<(), String> {
        let expected = self.model.judge(session, generation);
        let told = self.system.judge(&self.model, session, generation);
        if told == expected {
            return Ok(());
        }
        Err(format!("token {generation} of session {session} is {told:?}, not {expected:?}"))
    }

    fn check_accesses(&self) -> Result<(), String> {
        for (session, span, told) in self.system.judge_accesses() {
            let expected = self.model.judge_access(session, span);
            if told != expected {
                return Err(format!(
                    "access token {span:?} of session {session} is {told:?}, not {expected:?}"
                ));
            }
        }
        Ok(())
    }
}

fn edge_of(row: &Row, edge: Edge, model: &Model) -> i64 {
    match edge {
        Edge::Grace => row.replaced.unwrap_or(row.created) + model.rules.grace,
        Edge::Expiry => row.current().exp,
        Edge::Longest => row.created + model.rules.max_session,
    }
}

/// The row as the store would have it; what the table does not say is as stored.
fn expected(row: &Row, jtis: &[String], stored: &session::Session) -> session::Session {
    let name = |generation: usize| jtis.get(generation).cloned().unwrap_or_default();
    let number = |generation: usize| i64::try_from(generation).unwrap();
    let (generation, current) = (row.generation(), row.current());
    session::Session {
        created: row.created,
        generation: number(generation),
        current: session::Refresh {
            jti: name(generation),
            issued: current.iat,
            expires: current.exp,
        },
        previous: generation.checked_sub(1).map(name),
        rotated: row.replaced,
        recovered: row.forgiven.last().copied().map(number),
        ended: row.ended.map(|(at, why)| session::Ended { at, reason: reason(why, stored) }),
        ..stored.clone()
    }
}

/// An end by theft has a word of its own; any other has any other.
fn reason(why: End, stored: &session::Session) -> String {
    let told = stored.ended.as_ref().map(|ended| ended.reason.clone());
    let told = told.filter(|told| why != End::Theft && told != THEFT);
    told.unwrap_or_else(|| if why == End::Theft { THEFT.into() } else { format!("{why:?}") })
}

/// Every order of so many, the given one first.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let last = count - 1;
    let place = |order: Vec<usize>| {
        (0..count).rev().map(move |at| {
            let mut order = order.clone();
            order.insert(at, last);
            order
        })
    };
    orders(last).into_iter().flat_map(place).collect()
}
