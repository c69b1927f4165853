//! Who acts, and what they have in hand: each client a jar, the thief whatever it copied and
//! whatever it was given for that.

use crate::history::Act;
use crate::model::{Model, Session};
use crate::request::{Heard, Request};

/// A refresh token: its session and generation.
type Held = (usize, usize);

/// What becomes of the answer to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Into the jar of the client.
    Jar,
    /// It never arrives at the client.
    Lost,
    /// The thief keeps it.
    Stolen,
    /// Nobody waits for it.
    None,
}

#[derive(Debug, Default)]
pub(crate) struct Cast {
    /// The generation in each client's jar.
    jars: Vec<usize>,
    stash: Vec<Held>,
    fates: Vec<Fate>,
}

impl Cast {
    /// The thief copies a jar.
    pub(crate) fn copy(&mut self, session: usize) {
        self.stash.push((session, self.jars[session]));
    }

    /// What these acts ask for. All tabs of a client show what is in its jar now: before a newer
    /// token is shown, every request with an older one is answered or lost.
    pub(crate) fn enter(&mut self, acts: &[Act], sessions: usize) -> Vec<Request> {
        self.fates.clear();
        acts.iter().filter_map(|act| self.request(*act, sessions)).collect()
    }

    fn request(&mut self, act: Act, sessions: usize) -> Option<Request> {
        let (request, fate) = match act {
            Act::Client { session, wish, arrives } => {
                let session = session % sessions;
                let request = Request::Refresh { session, shown: self.jars[session], wish };
                (request, if arrives { Fate::Jar } else { Fate::Lost })
            }
            Act::Thief { which, wish } => {
                let (session, shown) = *self.stash.get(which % self.stash.len().max(1))?;
                (Request::Refresh { session, shown, wish }, Fate::Stolen)
            }
            Act::Logout { session } => {
                let session = session % sessions;
                (Request::Logout { session, shown: self.jars[session] }, Fate::None)
            }
            Act::Revoke { user } => (Request::Revoke { user }, Fate::None),
            Act::Purge => (Request::Purge, Fate::None),
        };
        self.fates.push(fate);
        Some(request)
    }

    /// Whether a client made the request.
    pub(crate) fn is_honest(&self, at: usize) -> bool {
        self.fates.get(at) != Some(&Fate::Stolen)
    }

    /// The answers arrive, in their order or backwards.
    pub(crate) fn take(&mut self, heard: &[Heard], model: &Model, backwards: bool) {
        self.jars.resize(model.sessions.len(), 0);
        let fates = std::mem::take(&mut self.fates);
        let mut answers: Vec<_> = heard.iter().zip(fates).collect();
        if backwards {
            answers.reverse();
        }
        for (heard, fate) in answers {
            let Heard::Given { jti, .. } = heard else { continue };
            let named = |(at, session): (usize, &Session)| {
                session.jtis.iter().position(|known| known == jti).map(|found| (at, found))
            };
            let Some(held) = model.sessions.iter().enumerate().find_map(named) else { continue };
            match fate {
                Fate::Jar => self.jars[held.0] = held.1,
                Fate::Stolen => self.stash.push(held),
                Fate::Lost | Fate::None => {}
            }
        }
    }
}
