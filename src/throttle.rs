//! How many wrong passwords are judged: pure rules over counters, each of which is one moment.
//!
//! A counter is the moment at which nothing is left of what was counted. A wrong password moves it on
//! by the limit's pace, and none is judged that would move it farther ahead than the limit allows. So
//! it takes some failures at once and then one in each pace, in any stretch of time; it forgets by
//! itself, and shuts nobody out for longer than one pace.
//!
//! What comes from one network to one account has a counter, and so have all networks together from
//! which the account was logged in to before, and all others together. One network by itself never
//! fills either of these, so that whoever guesses keeps the owner out of no other place; many
//! networks together keep the owner out of none where the owner has been. In a day no more than 100
//! wrong passwords are judged at an account, whoever sends them and whoever logs in meanwhile
//! (NIST SP 800-63B 5.2.2 asks for it of those in a row).
//!
//! Not here: how an account is named, and where the counters are kept.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// A network's guesses, whatever the account.
    Network,
    /// One network's guesses at one account.
    Single,
    /// The guesses at an account from all networks that it does not know.
    Strangers,
    /// The guesses at an account from all networks that it knows.
    Known,
}

impl Class {
    /// Every class, in the order of the numbers that the store has for them.
    pub const ALL: [Self; 4] = [Self::Network, Self::Single, Self::Strangers, Self::Known];

    /// The name, as it is listed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Single => "single",
            Self::Strangers => "strangers",
            Self::Known => "known",
        }
    }
}

/// How many failures a counter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// So many without a wait.
    pub at_once: i64,
    /// And then one in so many seconds.
    pub pace: i64,
}

impl Limit {
    /// After how many seconds the next guess is judged; zero: now.
    pub fn wait(self, until: i64, now: i64) -> i64 {
        (self.left(until, now) - (self.at_once - 1).saturating_mul(self.pace)).max(0)
    }

    /// How many failures are not forgotten yet.
    pub fn failures(self, until: i64, now: i64) -> i64 {
        let left = self.left(until, now);
        left / self.pace + i64::from(left % self.pace > 0)
    }

    /// The counter after one more failure.
    fn after(self, until: i64, now: i64) -> i64 {
        now.saturating_add((self.left(until, now) + self.pace).min(self.most()))
    }

    /// How long it takes until nothing is left. A clock that went back makes nobody wait for more
    /// than the counter can hold; what was counted while it was far ahead counts for nothing, or it
    /// would be full until then.
    fn left(self, until: i64, now: i64) -> i64 {
        let left = until.saturating_sub(now);
        if left > self.most().saturating_mul(2) { 0 } else { left.clamp(0, self.most()) }
    }

    fn most(self) -> i64 {
        self.at_once.saturating_mul(self.pace)
    }
}

/// How many failures a network has, unless the settings say otherwise.
const NETWORK: u32 = 100;

/// One network at an account, whether the account knows the network or not: what it holds back tells
/// nobody whether there is such an account.
const SINGLE: Limit = Limit { at_once: 10, pace: 60 * 60 };

/// All networks at an account that it knows, or all that it does not: at most 50 in a day, and more
/// at once than one network has, which is forgotten as fast.
const TOGETHER: Limit = Limit { at_once: 26, pace: 60 * 60 };

/// The limits of every class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    network: Limit,
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(NETWORK)
    }
}

impl Limits {
    /// The limits, where a network has so many failures at once, and again in each hour.
    pub fn new(of_a_network: u32) -> Self {
        let at_once = of_a_network.max(1);
        let pace = i64::from(3600_u32.div_ceil(at_once));
        Self { network: Limit { at_once: at_once.into(), pace } }
    }

    /// The limit of a class.
    pub fn of(&self, class: Class) -> Limit {
        match class {
            Class::Network => self.network,
            Class::Single => SINGLE,
            Class::Strangers | Class::Known => TOGETHER,
        }
    }

    /// What holds the next guess back for longest, and for how many seconds; none: it is judged.
    ///
    /// Whoever comes from a network that the account knows is not held back by what else comes from
    /// there: else anybody behind the same gateway could keep everybody out. How often they may
    /// guess, the account's own counters say. The price: whoever is behind the same gateway, and has
    /// used up what it has, can tell the accounts that are logged in to from there.
    pub fn wait(&self, seen: &Seen, now: i64) -> Option<(Class, i64)> {
        let holding = seen.counting().into_iter();
        let holding = holding.filter(|class| *class != Class::Network || !seen.is_known);
        let waits = holding.map(|class| {
            let wait = seen.until(class).map_or(0, |until| self.of(class).wait(until, now));
            (class, wait)
        });
        waits.filter(|(_, wait)| *wait > 0).max_by_key(|(_, wait)| *wait)
    }

    /// What is counted after a wrong password.
    pub fn failed(&self, seen: &Seen, now: i64) -> Seen {
        let mut after = *seen;
        for class in seen.counting() {
            let until = seen.until(class).unwrap_or(now);
            after.until[class as usize] = Some(self.of(class).after(until, now));
        }
        after
    }
}

/// What is counted after the right password. What came from the same network to the same account is
/// forgotten, and nothing else: a login gives others no more guesses, elsewhere or at other accounts.
pub fn passed(seen: &Seen) -> Seen {
    let mut after = *seen;
    after.until[Class::Single as usize] = None;
    after
}

/// What stands about a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    /// Whether the account knows the network.
    pub is_known: bool,
    /// The counters, in the order of [`Class::ALL`]; none: nothing is counted.
    pub until: [Option<i64>; 4],
}

impl Seen {
    /// The counter of a class.
    pub fn until(&self, class: Class) -> Option<i64> {
        self.until[class as usize]
    }

    /// The classes that count a wrong password.
    fn counting(&self) -> [Class; 3] {
        let together = if self.is_known { Class::Known } else { Class::Strangers };
        [Class::Network, Class::Single, together]
    }
}

/// A guess at a password: at which account, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// What the account is called here. It is not its name: people type passwords where names are
    /// asked for.
    pub account: String,
    /// The network.
    pub network: String,
}

impl Guess {
    /// By what a counter of this guess is known within its class.
    pub fn id(&self, class: Class) -> String {
        match class {
            Class::Network => self.network.clone(),
            Class::Single => format!("{} {}", self.account, self.network),
            Class::Strangers | Class::Known => self.account.clone(),
        }
    }
}

/// A counter by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    /// What it counts.
    pub class: Class,
    /// The account, if it is of one.
    pub account: Option<String>,
    /// The network, if it is of one.
    pub network: Option<String>,
    /// When nothing is left of it.
    pub until: i64,
}

impl Counter {
    /// The counter with that id; see [`Guess::id`].
    pub fn of(class: Class, id: &str, until: i64) -> Self {
        let (account, network) = match class {
            Class::Network => (None, Some(id)),
            Class::Single => id
                .split_once(' ')
                .map_or((Some(id), None), |(account, network)| (Some(account), Some(network))),
            Class::Strangers | Class::Known => (Some(id), None),
        };
        let [account, network] = [account, network].map(|text| text.map(str::to_owned));
        Self { class, account, network, until }
    }
}

/// Whose counters are taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lifted {
    /// Those of an account.
    Account(String),
    /// Those of a network, at whatever account.
    Network(String),
    /// All.
    All,
}

/// The network of an address: a /24 of IPv4, which few share, and a /56 of IPv6, which one holder
/// commonly has (RFC 6177 2). None if it is no address.
pub fn network(address: &str) -> Option<String> {
    Some(match address.parse::<IpAddr>().ok()?.to_canonical() {
        IpAddr::V4(v4) => format!("{}/24", Ipv4Addr::from_bits(v4.to_bits() & (u32::MAX << 8))),
        IpAddr::V6(v6) => format!("{}/56", Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 72))),
    })
}

#[cfg(test)]
mod tests;
