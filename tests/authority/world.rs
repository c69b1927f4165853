//! An authority over a store, a clock and a chance that the test owns.

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jot::alg::Algorithm;
use jot::authority::issue::{Grant, Issued, Pair, Token, What};
use jot::authority::login::Credentials;
use jot::authority::people::{NewPassword, Person};
use jot::authority::refresh::Wish;
use jot::authority::rules::{Lifetimes, Rotation, Sub};
use jot::authority::validate::Asked;
use jot::authority::{Authority, Keys, Rules};
use jot::chance::{self, Chance, Seeded};
use jot::claims::check::Times;
use jot::claims::{Claims, Kind, Profile};
use jot::clock::{Clock, Fixed};
use jot::error::{Code, Error, Stage};
use jot::event::Source;
use jot::json::Json;
use jot::key::ring::Ring;
use jot::key::{self, Key, Part, Place, TooOpen, Wanted};
use jot::password::Hasher;
use jot::password::{Cost, Weak};
use jot::session::Session;
use jot::store::Store;
use jot::store::sqlite::{Missing, Sqlite};
use jot::throttle::Limits;
use jot::user::User;

/// When every test begins.
pub(crate) const NOW: i64 = 1_800_000_000;
/// A cost that takes no time.
pub(crate) const CHEAP: Cost = Cost { memory: 8, iterations: 1, parallelism: 1 };
/// Everybody's password.
pub(crate) const PASSWORD: &str = "a phrase with blanks";

const MINUTE: i64 = 60;
/// Lifetimes and limits of the rules below.
pub(crate) const ACCESS: i64 = 5 * MINUTE;
pub(crate) const DAY: i64 = 86_400;
pub(crate) const REFRESH: i64 = 7 * DAY;
pub(crate) const GRACE: i64 = MINUTE;
pub(crate) const MAX_SESSION: i64 = 30 * DAY;

pub(crate) static KEY: LazyLock<String> = LazyLock::new(|| new_key(Algorithm::EdDSA));

/// A new private key, as a JWK.
pub(crate) fn new_key(alg: Algorithm) -> String {
    let key = key::generate(alg, None, &mut chance::System::generator()).unwrap();
    key.jwk(Part::Private).unwrap().to_string()
}

/// The key of every authority here.
pub(crate) fn our_key() -> Key {
    key::read(KEY.as_bytes(), "the test's key", &Wanted::default()).unwrap().keys.remove(0)
}

/// The rules that a test begins with.
pub(crate) fn rules() -> Rules {
    Rules {
        profile: Profile::Djwto,
        iss: None,
        sub: Sub::Name,
        aud: None,
        iat: true,
        jti: true,
        nbf: 0,
        client_id: "jot".into(),
        leeway: 0,
        lifetimes: Lifetimes { access: Some(ACCESS), refresh: Some(REFRESH) },
        ninja: Lifetimes { access: Some(3 * ACCESS), refresh: Some(2 * REFRESH) },
        grace: GRACE,
        max_session: MAX_SESSION,
        rotation: Rotation::Auto,
        allow_update: true,
        mapped: Vec::new(),
        constants: Vec::new(),
        cost: CHEAP,
        throttle: Some(Limits::default()),
        recorded: Vec::new(),
        events_kept: 90 * DAY,
    }
}

pub(crate) struct Shared(pub(crate) Arc<Fixed>);

impl Clock for Shared {
    fn now(&self) -> i64 {
        self.0.now()
    }

    fn wait_until(&self, moment: i64) {
        self.0.wait_until(moment);
    }
}

/// An authority and its clock.
pub(crate) struct World {
    pub(crate) authority: Authority,
    pub(crate) clock: Arc<Fixed>,
}

/// An authority over an empty store in memory.
pub(crate) fn world(rules: Rules) -> World {
    world_over(Box::new(Sqlite::in_memory().unwrap()), rules)
}

/// An authority over the store in a file, which others may share.
pub(crate) fn world_in(path: &Path, rules: Rules) -> World {
    world_over(Box::new(open(path)), rules)
}

pub(crate) fn world_over(store: Box<dyn Store>, rules: Rules) -> World {
    let clock = Arc::new(Fixed::at(NOW));
    let around = (Box::new(Shared(Arc::clone(&clock))) as _, seeded(next_seed()));
    World { authority: authority_over(store, rules, around), clock }
}

/// An authority over any store, under any clock and chance.
pub(crate) fn authority_over(
    store: Box<dyn Store>,
    rules: Rules,
    around: (Box<dyn Clock>, Box<dyn Chance>),
) -> Authority {
    Authority::new(Keys::when_needed(|_| ring(&KEY)), rules, store, around)
}

/// Two authorities over one store must not draw the same ids.
fn next_seed() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static SEED: AtomicU64 = AtomicU64::new(1);
    SEED.fetch_add(1, Ordering::Relaxed)
}

fn seeded(seed: u64) -> Box<dyn Chance> {
    Box::new(Seeded::new(seed))
}

pub(crate) fn ring(text: &str) -> jot::error::Result<Ring> {
    let place = Place::Text { what: "the test's key".into(), text: text.to_owned().into() };
    Ring::open(&place, &Wanted::default(), TooOpen::Refuse)
}

pub(crate) fn open(path: &Path) -> Sqlite {
    Sqlite::open(path, Missing::Create, Duration::from_secs(20)).unwrap()
}

/// The tokens after a refresh, of which the tests show the first again.
pub(crate) struct Given {
    pub(crate) refresh: String,
    pub(crate) access: Token,
}

impl World {
    /// Lets time pass.
    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.set(self.clock.now() + seconds);
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    pub(crate) fn add(&self, username: &str) -> User {
        self.add_with(username, &["app.view"])
    }

    pub(crate) fn add_with(&self, username: &str, permissions: &[&str]) -> User {
        let permissions = permissions.iter().map(|p| (*p).to_owned()).collect();
        self.add_person(&Person { permissions, ..Person::named(username) })
    }

    pub(crate) fn add_person(&self, person: &Person) -> User {
        self.authority.add_user(person, Some(password(PASSWORD)), &here()).unwrap()
    }

    pub(crate) fn try_issue(&self, grant: Grant) -> Result<Issued, Error> {
        self.authority.issue(&[grant]).unwrap().remove(0)
    }

    pub(crate) fn issue(&self, grant: Grant) -> Issued {
        self.try_issue(grant).unwrap()
    }

    /// A lone access token.
    pub(crate) fn access(&self, username: &str) -> String {
        self.issue(Grant { username: username.into(), ..Grant::default() }).access.unwrap().text
    }

    /// A minted pair: the refresh token and the access token.
    pub(crate) fn pair(&self, username: &str) -> (String, String) {
        let issued = self.issue(pair(username));
        (issued.refresh.unwrap().text, issued.access.unwrap().text)
    }

    pub(crate) fn try_login(&self, name: &str, password: &str) -> Result<Option<Pair>, Error> {
        let typed = Credentials { username: name, password };
        self.authority.login(typed, &mut Hasher::default(), &here())
    }

    pub(crate) fn login(&self, username: &str) -> (String, String) {
        let pair = self.try_login(username, PASSWORD).unwrap().expect("the password fits");
        (pair.refresh.text, pair.access.text)
    }

    pub(crate) fn try_refresh(&self, token: &str, wish: Wish) -> Result<Pair, Error> {
        self.authority.refresh(token, wish, &here())
    }

    pub(crate) fn refresh(&self, token: &str, wish: Wish) -> Given {
        let Pair { refresh, access } = self.try_refresh(token, wish).unwrap();
        Given { refresh: refresh.text, access }
    }

    /// The code that a refused refresh answers.
    pub(crate) fn refused(&self, token: &str, wish: Wish) -> Code {
        self.try_refresh(token, wish).expect_err("the refresh token is refused").code()
    }

    /// The stage at which a token of either kind is refused; none: it is valid.
    pub(crate) fn stage(&self, token: &str) -> Option<Stage> {
        self.judged(token, &Asked::default())
    }

    /// The same for what is asked. Whoever remembers the token from before says the same.
    pub(crate) fn judged(&self, token: &str, asked: &Asked) -> Option<Stage> {
        let recalled = self.authority.recall(token, asked);
        let report = self.authority.learn(token, asked, &here()).unwrap();
        if let Some(recalled) = recalled {
            assert_eq!(recalled.checks, report.checks, "{token}");
            assert_eq!(recalled.claims, report.claims);
        }
        report.failure().map(|check| check.stage)
    }

    pub(crate) fn session(&self, token: &str) -> Session {
        let sid = claims(token).sid.expect("the token names a session");
        self.authority.store().session(&sid).unwrap().expect("the session is stored")
    }

    pub(crate) fn sign(&self, typ: &str, claims: &str) -> String {
        let json = Json::read(claims, 32).unwrap();
        jot::jws::sign(typ, &json, self.authority.ring().unwrap().signing(NOW).unwrap()).unwrap()
    }
}

/// From where everything here comes.
pub(crate) fn here() -> Source {
    Source { door: "a test".into(), address: None }
}

/// A password as it is set.
pub(crate) fn password(text: &str) -> NewPassword<'_> {
    NewPassword { text, weak: Weak::Refused }
}

pub(crate) fn pair(username: &str) -> Grant {
    Grant { username: username.into(), what: What::Pair, ..Grant::default() }
}

/// What a token says, unverified.
pub(crate) fn claims(token: &str) -> Claims {
    Claims::read(header(token).get("typ").and_then(Json::as_str), &part(token, 1)).unwrap()
}

/// A claim's value as JSON text, or nothing.
pub(crate) fn claim(token: &str, name: &str) -> String {
    claims(token).json.get(name).map(Json::to_string).unwrap_or_default()
}

pub(crate) fn jti(token: &str) -> String {
    claims(token).jti.expect("the token has a jti")
}

pub(crate) fn header(token: &str) -> Json {
    Json::read(std::str::from_utf8(&part(token, 0)).unwrap(), 32).unwrap()
}

fn part(token: &str, at: usize) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap()
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) const REVOKED: Code = Code::Refused(Stage::Revoked);
pub(crate) const ACCESS_ONLY: Asked = asked(Some(Kind::Access));
pub(crate) const REFRESH_ONLY: Asked = asked(Some(Kind::Refresh));

const fn asked(kind: Option<Kind>) -> Asked {
    Asked {
        at: None,
        algs: Vec::new(),
        kind,
        profile: None,
        iss: None,
        aud: Vec::new(),
        ignore_aud: false,
        require: Vec::new(),
        permissions: Vec::new(),
        leeway: None,
        times: Times::Both,
    }
}
