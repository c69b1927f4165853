//! Who has a place: how many there may be, in all and of one address, and who makes room.
//!
//! A connection whose request is being answered keeps its place. One that waits for its client, for a
//! handshake, a head, a body, or for the answer to be taken, can lose it to a newcomer once all places
//! are taken. So silent clients cost places only as long as nobody else asks for them.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The places, against two caps.
#[derive(Debug)]
pub(super) struct Slots {
    all: usize,
    each: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    holders: HashMap<u64, Holder>,
    each: HashMap<IpAddr, usize>,
    /// The holders that wait, by when they began to: those never answered, and those answered before.
    waiting: [BTreeMap<u64, u64>; 2],
    /// The last number given to a holder, or to a wait.
    last: u64,
}

#[derive(Debug)]
struct Holder {
    network: IpAddr,
    was_answered: bool,
    waits_since: Option<u64>,
    displaced: Arc<Notify>,
}

/// One client's place, given back when dropped. Nobody loses it who does not wait.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Arc<Slots>,
    number: u64,
    displaced: Arc<Notify>,
}

/// A request that is being answered. Its connection waits for its client again when this is dropped.
#[derive(Debug)]
pub(super) struct Answering<'a>(&'a Slot);

impl Slots {
    pub(super) fn new(all: usize, each: usize) -> Arc<Self> {
        Arc::new(Self { all, each, taken: Mutex::default() })
    }

    /// A place for a client at `address`, if need be that of somebody who waits; none when its
    /// address has its share, or nobody waits.
    pub(super) fn take(self: &Arc<Self>, address: IpAddr) -> Option<Slot> {
        let network = network(address);
        let mut taken = self.lock();
        let has_share = taken.each.get(&network).is_some_and(|n| *n >= self.each);
        if has_share || taken.holders.len() >= self.all && !taken.displace() {
            return None;
        }
        let (number, displaced) = (taken.next(), Arc::<Notify>::default());
        let holder = Holder {
            network,
            was_answered: false,
            waits_since: None,
            displaced: Arc::clone(&displaced),
        };
        taken.holders.insert(number, holder);
        *taken.each.entry(network).or_default() += 1;
        Some(Slot { slots: Arc::clone(self), number, displaced })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Takes the place of whoever has waited longest, among those never answered or among those
    /// answered before, whichever are more: neither a flood of silent clients nor one of clients
    /// that ask once and stay drives out the others.
    fn displace(&mut self) -> bool {
        let [new, known] = &self.waiting;
        let most = if known.len() > new.len() { known } else { new };
        let Some(number) = most.values().next().copied() else { return false };
        if let Some(holder) = self.leave(number) {
            holder.displaced.notify_one();
        }
        true
    }

    fn leave(&mut self, number: u64) -> Option<Holder> {
        self.ends_wait(number);
        let holder = self.holders.remove(&number)?;
        if let Some(count) = self.each.get_mut(&holder.network) {
            *count -= 1;
            if *count == 0 {
                self.each.remove(&holder.network);
            }
        }
        Some(holder)
    }

    fn begins_wait(&mut self, number: u64) {
        let now = self.next();
        if let Some(holder) = self.holders.get_mut(&number) {
            holder.waits_since = Some(now);
            self.waiting[usize::from(holder.was_answered)].insert(now, number);
        }
    }

    fn ends_wait(&mut self, number: u64) -> Option<&mut Holder> {
        let holder = self.holders.get_mut(&number)?;
        if let Some(since) = holder.waits_since.take() {
            self.waiting[usize::from(holder.was_answered)].remove(&since);
        }
        Some(holder)
    }
}

impl Slot {
    /// From now on the place can be lost.
    pub(super) fn waits(&self) {
        self.slots.lock().begins_wait(self.number);
    }

    /// Keeps the place while a request is answered; none if it is lost already.
    pub(super) fn answers(&self) -> Option<Answering<'_>> {
        self.slots.lock().ends_wait(self.number)?.was_answered = true;
        Some(Answering(self))
    }

    /// Ready when the place is lost.
    pub(super) async fn displaced(&self) {
        self.displaced.notified().await;
    }
}

impl Drop for Answering<'_> {
    fn drop(&mut self) {
        self.0.waits();
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.lock().leave(self.number);
    }
}

/// One client's network: an IPv6 client commonly owns its whole /64 (RFC 6177).
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn both_caps_hold_and_recover() {
        let slots = Slots::new(3, 2);
        let first = slots.take(ip("10.0.0.1")).unwrap();
        let _second = slots.take(ip("::ffff:10.0.0.1")).unwrap();
        assert!(slots.take(ip("10.0.0.1")).is_none());
        let _third = slots.take(ip("10.0.0.2")).unwrap();
        assert!(slots.take(ip("10.0.0.3")).is_none());
        drop(first);
        assert!(slots.take(ip("10.0.0.1")).is_some());
    }

    #[test]
    fn an_ipv6_network_counts_as_one() {
        let slots = Slots::new(9, 1);
        let _one = slots.take(ip("2001:db8::1")).unwrap();
        assert!(slots.take(ip("2001:db8::2")).is_none());
        assert!(slots.take(ip("2001:db8:0:1::2")).is_some());
    }

    #[test]
    fn nothing_is_kept_of_who_left() {
        let slots = Slots::new(9, 9);
        let gone = [waiting(&slots), waiting(&slots)];
        drop(gone[0].answers());
        drop(gone);
        let taken = slots.lock();
        assert!(taken.each.is_empty() && taken.holders.is_empty());
        assert!(taken.waiting.iter().all(BTreeMap::is_empty));
    }

    fn waiting(slots: &Arc<Slots>) -> Slot {
        let slot = slots.take(ip("10.0.0.1")).unwrap();
        slot.waits();
        slot
    }

    fn is_lost(slot: &Slot) -> bool {
        slot.answers().is_none()
    }

    #[test]
    fn who_waits_longest_makes_room() {
        let slots = Slots::new(3, 9);
        let held = [waiting(&slots), waiting(&slots), waiting(&slots)];
        let newcomer = slots.take(ip("10.0.0.2")).unwrap();
        let another = slots.take(ip("10.0.0.2")).unwrap();
        assert_eq!(held.each_ref().map(is_lost), [true, true, false]);
        drop((newcomer, another));
        // Who lost a place does not give it back a second time.
        drop(held);
        assert!(slots.lock().each.is_empty());
    }

    #[test]
    fn nobody_makes_room_whose_request_runs() {
        let slots = Slots::new(2, 9);
        let held = [waiting(&slots), waiting(&slots)];
        let running = held.each_ref().map(|slot| slot.answers().unwrap());
        assert!(slots.take(ip("10.0.0.2")).is_none());
        drop(running);
        assert!(slots.take(ip("10.0.0.2")).is_some());
    }

    #[test]
    fn an_address_makes_room_for_itself_within_its_share_only() {
        let slots = Slots::new(2, 2);
        let _held = [waiting(&slots), waiting(&slots)];
        assert!(slots.take(ip("10.0.0.1")).is_none());
        assert!(slots.take(ip("10.0.0.2")).is_some());
    }

    #[test]
    fn the_kind_that_has_more_makes_room() {
        let slots = Slots::new(4, 9);
        let known = waiting(&slots);
        drop(known.answers());
        let silent = [waiting(&slots), waiting(&slots), waiting(&slots)];
        let newcomers = [waiting(&slots), waiting(&slots)];
        assert_eq!(silent.each_ref().map(is_lost), [true, true, false]);
        // Now three have been answered, one by that question.
        drop(newcomers[0].answers());
        let _another = waiting(&slots);
        assert!(!is_lost(&newcomers[1]));
        assert!(is_lost(&known));
    }
}
