//! The state table of a session, written a second time, from the contract alone. A row here
//! remembers its whole line of refresh tokens, which the store's does not.

use jot::authority::Rules;
use jot::authority::refresh::Wish;
use jot::authority::rules::Rotation;

/// How long a refresh token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) iat: i64,
    pub(crate) exp: i64,
}

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// A token was used that was replaced long ago.
    Theft,
    /// Its user may not have tokens.
    User,
    /// Somebody revoked it, or all of its user's.
    Revoked,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) created: i64,
    /// Its refresh tokens by their generation; the last one counts.
    pub(crate) line: Vec<Span>,
    /// When the last but one was replaced.
    pub(crate) replaced: Option<i64>,
    /// The generations in which a late use was forgiven.
    pub(crate) forgiven: Vec<usize>,
    pub(crate) ended: Option<(i64, End)>,
}

/// What a door does with the current refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    Keep,
    Rotate,
    Slide,
}

/// `refresh.rotation`, for every door.
pub(crate) fn turn(wish: Wish, rotation: Rotation) -> Turn {
    match (wish, rotation) {
        (Wish::Update, _) => Turn::Slide,
        (Wish::AccessOnly, _)
        | (Wish::Access, Rotation::Auto | Rotation::Update)
        | (Wish::Renewal, Rotation::Update) => Turn::Keep,
        (Wish::Access, Rotation::Always) | (Wish::Renewal, Rotation::Auto | Rotation::Always) => {
            Turn::Rotate
        }
    }
}

/// The span of a refresh token that is issued now in a session begun at `created`.
pub(crate) fn span(created: i64, now: i64, rules: &Rules) -> Span {
    let end = created + rules.max_session;
    let exp = rules.lifetimes.refresh.map_or(end, |lifetime| (now + lifetime).min(end));
    Span { iat: now, exp }
}

impl Row {
    pub(crate) fn begin(now: i64, rules: &Rules) -> Self {
        let line = vec![span(now, now, rules)];
        Self { created: now, line, replaced: None, forgiven: Vec::new(), ended: None }
    }

    /// The generation that counts.
    pub(crate) fn generation(&self) -> usize {
        self.line.len() - 1
    }

    pub(crate) fn current(&self) -> Span {
        self.line[self.generation()]
    }

    pub(crate) fn end(&mut self, now: i64, why: End) {
        self.ended = self.ended.or(Some((now, why)));
    }

    /// Whether a retry is still what one expects.
    pub(crate) fn in_grace(&self, now: i64, rules: &Rules) -> bool {
        self.replaced.is_some_and(|replaced| now - replaced <= rules.grace)
    }

    /// The token of generation `shown` comes to a door: the generation that is given, if any.
    pub(crate) fn show(
        &mut self,
        shown: usize,
        turn: Turn,
        now: i64,
        rules: &Rules,
    ) -> Option<usize> {
        if self.ended.is_some() || self.current().exp <= now {
            return None;
        }
        let generation = self.generation();
        if shown == generation {
            match turn {
                Turn::Keep => return Some(generation),
                Turn::Rotate => self.line.push(self.current()),
                Turn::Slide => self.line.push(span(self.created, now, rules)),
            }
            self.replaced = Some(now);
            return Some(generation + 1);
        }
        if shown + 1 == generation {
            if self.in_grace(now, rules) {
                return Some(generation);
            }
            let lately = |when: &usize| *when == generation || *when + 1 == generation;
            if !self.forgiven.iter().any(lately) {
                self.forgiven.push(generation);
                return Some(generation);
            }
        }
        self.end(now, End::Theft);
        None
    }

    /// Whether the token of generation `shown` is valid for somebody who only checks.
    pub(crate) fn counts(&self, shown: usize, now: i64, rules: &Rules) -> bool {
        let generation = self.generation();
        let previous = shown + 1 == generation && self.in_grace(now, rules);
        self.ended.is_none() && (shown == generation || previous)
    }
}
