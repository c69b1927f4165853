//! The key ring as it is at each use: read when the first token asks for it, and again when it changed.

use std::sync::{Arc, PoisonError, RwLock};

use crate::error::Result;
use crate::key::{Part, Ring, Stamp};

/// Where a ring is read from.
pub trait RingSource: Send + Sync {
    /// What tells one state of the ring from another, asked for at every use.
    fn stamps(&self) -> Result<Vec<Stamp>>;

    /// The ring, or as much of it as it takes to verify. The keys that were read before are in
    /// `before`.
    fn read(&self, part: Part, before: Option<&Ring>) -> Result<Ring>;
}

/// The key ring. Listing or revoking by id needs no key, so that it is read when it is needed. A
/// ring that changed and cannot be read is an error and never the one before: a key of that may
/// have been revoked.
pub struct Keys {
    source: Box<dyn RingSource>,
    private: Slot,
    public: Slot,
}

/// A ring, with the stamps it had before it was read.
type Slot = RwLock<Option<(Vec<Stamp>, Arc<Ring>)>>;

impl Keys {
    /// The keys that are there.
    pub fn of(source: impl RingSource + 'static) -> Self {
        Self { source: Box::new(source), private: Slot::default(), public: Slot::default() }
    }

    /// Keys that `open` will read once: private ones, or what is enough to verify with.
    pub fn when_needed(open: impl Fn(Part) -> Result<Ring> + Send + Sync + 'static) -> Self {
        Self::of(Once(open))
    }

    /// The ring.
    pub fn ring(&self) -> Result<Arc<Ring>> {
        self.current(Part::Private)
    }

    /// The ring, as far as it takes to verify.
    pub fn verifying(&self) -> Result<Arc<Ring>> {
        let is_read = self.private.read().unwrap_or_else(PoisonError::into_inner).is_some();
        self.current(if is_read { Part::Private } else { Part::Public })
    }

    /// The same, if it is known without reading it or waiting for somebody who does.
    pub fn held(&self) -> Option<Arc<Ring>> {
        let private = self.private.try_read().ok()?;
        let slot = if private.is_some() { private } else { self.public.try_read().ok()? };
        let stamps = self.source.stamps().ok()?;
        slot.as_ref().filter(|(then, _)| *then == stamps).map(|(_, ring)| Arc::clone(ring))
    }

    fn current(&self, part: Part) -> Result<Arc<Ring>> {
        let slot = match part {
            Part::Private => &self.private,
            Part::Public => &self.public,
        };
        let stamps = self.source.stamps()?;
        let fresh = |read: &Option<(Vec<Stamp>, Arc<Ring>)>| match read {
            Some((then, ring)) if *then == stamps => Some(Arc::clone(ring)),
            _ => None,
        };
        if let Some(ring) = fresh(&slot.read().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(ring);
        }
        // One reads, and the others wait for it.
        let mut slot = slot.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(ring) = fresh(&slot) {
            return Ok(ring);
        }
        let ring = self.source.read(part, slot.as_ref().map(|(_, ring)| ring.as_ref()))?;
        let ring = Arc::new(ring);
        *slot = Some((stamps, Arc::clone(&ring)));
        Ok(ring)
    }
}

/// A ring that never changes.
struct Once<F>(F);

impl<F: Fn(Part) -> Result<Ring> + Send + Sync> RingSource for Once<F> {
    fn stamps(&self) -> Result<Vec<Stamp>> {
        Ok(Vec::new())
    }

    fn read(&self, part: Part, _: Option<&Ring>) -> Result<Ring> {
        self.0(part)
    }
}
