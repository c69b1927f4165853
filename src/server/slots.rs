//! The caps on connections: how many there are, in all and of one address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The count of what is taken, against two caps.
#[derive(Debug)]
pub(super) struct Slots {
    all: usize,
    each: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    each: HashMap<IpAddr, usize>,
}

/// One connection's place, given back when dropped.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Arc<Slots>,
    network: IpAddr,
}

impl Slots {
    pub(super) fn new(all: usize, each: usize) -> Arc<Self> {
        Arc::new(Self { all, each, taken: Mutex::default() })
    }

    /// A place for a connection from `address`; none when a cap is reached.
    pub(super) fn take(self: &Arc<Self>, address: IpAddr) -> Option<Slot> {
        let network = network(address);
        let mut taken = self.lock();
        if taken.all >= self.all || taken.each.get(&network).is_some_and(|n| *n >= self.each) {
            return None;
        }
        taken.all += 1;
        *taken.each.entry(network).or_default() += 1;
        Some(Slot { slots: self.clone(), network })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.slots.lock();
        taken.all -= 1;
        if let Some(count) = taken.each.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                taken.each.remove(&self.network);
            }
        }
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
        drop(slots.take(ip("10.0.0.1")));
        assert!(slots.lock().each.is_empty());
    }
}
