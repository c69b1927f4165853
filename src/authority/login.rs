//! Logging in: from a name and a password to a session's first tokens, or to none.

use aws_lc_rs::digest::{SHA256, digest};

use crate::authority::issue::{Grant, Pair, What};
use crate::authority::mint::given;
use crate::authority::throttle::Attempt;
use crate::authority::{ATTEMPTS, Authority, Caller, Holder};
use crate::error::{Code, Error, Result};
use crate::event::Kind;
use crate::password::{self, Hasher};
use crate::store::{Change, Whose};
use crate::user::{self, User};

/// What a refused login is told, in the original's words: the errors of a form, as JSON in a text.
pub const REFUSED: &str = "{\"__all__\": [\"Please enter a correct username and password. Note that both fields may be case-sensitive.\"]}";

/// What somebody types to log in.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The name.
    pub username: &'a str,
    /// The password.
    pub password: &'a str,
}

/// Who asks to be let in, and how the guess is counted.
struct Entry<'a> {
    caller: Caller<'a>,
    attempt: Option<Attempt>,
}

impl Authority {
    /// Logs in: a new session's tokens, or none for a wrong password. A name that is unknown, a
    /// user who is disabled and a wrong password answer alike and take the same work, which
    /// `hasher` has the memory for. [`Throttled`](Code::Throttled), whatever the password, where too
    /// many were wrong: then no password is hashed and nothing is written.
    pub fn login<'a>(
        &self,
        typed: Credentials<'_>,
        hasher: &mut Hasher,
        caller: impl Into<Caller<'a>>,
    ) -> Result<Option<Pair>> {
        let caller = caller.into();
        let name = user::name(typed.username).unwrap_or_default();
        let entry = Entry { caller, attempt: self.guess_at(&name, caller.source)? };
        self.still_judged(&entry)?;
        let stored = self.store.user(&name)?;
        let own = stored.as_ref().and_then(|user| user.password.as_deref());
        let other = self.stand_in(typed.username)?;
        let right = hasher.check(typed.password, own, &self.stand_in_hash(other.as_ref())?)?;
        if !right {
            hasher.rest();
        }
        // Others may have used up meanwhile what was left: then nobody is told what came of this one.
        self.still_judged(&entry)?;
        let pair = match &stored {
            Some(user) if right => self.enter(user, typed.password, hasher, &entry)?,
            // The look that the gate takes at whoever is right, lest its time tell who is disabled,
            // and at somebody for an unknown name.
            stored => {
                let somebody = stored.as_ref().or(other.as_ref());
                let whose = somebody.map_or(Whose::Name(&name), |user| Whose::Id(user.id));
                self.store.account(whose)?;
                None
            }
        };
        if pair.is_none() {
            let event = self.event(Kind::LoginFailed, caller.source);
            let event = match &stored {
                Some(user) => event.about(&user.subject()),
                None => event.detail("an unknown name"),
            };
            match &entry.attempt {
                Some(attempt) => self.count_failure(attempt, &event)?,
                None => self.note(&event)?,
            }
        }
        Ok(pair)
    }

    fn still_judged(&self, entry: &Entry<'_>) -> Result<()> {
        entry.attempt.as_ref().map_or(Ok(()), |attempt| self.judged(attempt, self.now()).map(drop))
    }

    /// Who stands in for whoever has no hash or is nobody, so that the answer takes as long as for
    /// somebody who is known: always the same stored user for the same name, without a hint which.
    fn stand_in(&self, username: &str) -> Result<Option<User>> {
        let secret = self.store.secret()?.to_be_bytes();
        let draw = digest(&SHA256, &[&secret, username.as_bytes()].concat());
        let draw = draw.as_ref().iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        self.store.any_user(draw)
    }

    fn stand_in_hash(&self, stand_in: Option<&User>) -> Result<String> {
        match stand_in.and_then(|user| user.password.clone()) {
            Some(hash) => Ok(hash),
            None => password::stand_in(&self.rules.cost, self.chance.as_ref()),
        }
    }

    /// Begins a session for a user whose password `was` right.
    fn enter(
        &self,
        was: &User,
        password: &str,
        hasher: &mut Hasher,
        entry: &Entry<'_>,
    ) -> Result<Option<Pair>> {
        let mut checked = was.password.clone();
        let mut anew = None;
        for _ in 0..ATTEMPTS {
            let holder = match self.admit(Whose::Id(was.id)) {
                Err(error) if error.code() == Code::UserRefused => return Ok(None),
                other => other?,
            };
            let Some(user) = &holder.user else { return Ok(None) };
            let Some(hash) = &user.password else { return Ok(None) };
            // Since it was checked, another password may have been set; or it was only hashed anew.
            if checked.as_ref() != Some(hash) {
                if !hasher.verify(password, hash)? {
                    return Ok(None);
                }
                (checked, anew) = (Some(hash.clone()), None);
            }
            if anew.is_none() && password::outdated(hash, &self.rules.cost) {
                anew = Some(hasher.hash(password, &self.rules.cost, self.chance.as_ref())?);
            }
            hasher.rest();
            if let Some(pair) = self.begin(&holder, user, anew.as_ref(), entry)? {
                return Ok(Some(pair));
            }
        }
        Err(Error::new(Code::StoreLocked, "the user changes faster than anybody can log in"))
    }

    /// One attempt; none if the user was changed meanwhile, or what is counted.
    fn begin(
        &self,
        holder: &Holder,
        was: &User,
        anew: Option<&String>,
        Entry { caller, attempt }: &Entry<'_>,
    ) -> Result<Option<Pair>> {
        let password = anew.or(was.password.as_ref()).cloned();
        let becomes = User { last_login: Some(holder.now), password, ..was.clone() };
        let holder = Holder { user: Some(becomes.clone()), ..holder.clone() };
        let grant = Grant { what: What::Pair, profile: caller.profile, ..Grant::default() };
        let (issued, session) = self.prepare(&grant, &holder)?;
        let pair = issued.pair()?;
        [&pair.refresh, &pair.access].into_iter().try_for_each(caller.carries)?;
        let mut event = self.event(Kind::LoggedIn, caller.source).about(&holder.subject);
        event.claims = Some(given(&pair.refresh, &pair.access));
        event.sid = session.as_ref().map(|session| session.sid.clone());
        let seen = attempt.as_ref().map(|attempt| self.judged(attempt, self.now())).transpose()?;
        let counted = attempt.as_ref().zip(seen).map(|(attempt, seen)| attempt.passed(seen));
        let replaced = Change::ReplaceUser { was, becomes: &becomes };
        let mut changes = vec![Change::Still(was), replaced, Change::Note(&event)];
        changes.extend(session.as_ref().map(Change::Begin));
        if let Some(counted) = &counted {
            changes.extend([Change::Count(counted), Change::Know(counted.guess, holder.now)]);
        }
        Ok(self.write(&changes)?.map(|_| pair))
    }
}
