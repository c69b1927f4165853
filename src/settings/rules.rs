//! From settings to the rules of an authority.

use crate::authority::rules::{Lifetimes, Rotation, Rules};
use crate::claims::Profile;
use crate::claims::grammar::{self, Written};
use crate::event;
use crate::password::Cost;
use crate::settings::Settings;
use crate::throttle::Limits;

impl From<&Settings> for Rules {
    fn from(settings: &Settings) -> Self {
        let Settings { token, refresh, ninja, claims, password, throttle, events, .. } = settings;
        let constants = claims
            .constants
            .iter()
            .map(|(name, value)| Written { path: grammar::parts(name), value: value.clone() });
        Self {
            profile: Profile::from_name(token.profile).unwrap_or(Profile::Djwto),
            iss: token.iss.clone(),
            sub: token.sub.clone(),
            aud: token.aud.clone(),
            iat: token.iat,
            jti: token.jti,
            nbf: token.nbf,
            client_id: token.client_id.clone(),
            leeway: token.leeway,
            lifetimes: Lifetimes { access: token.access_lifetime, refresh: token.refresh_lifetime },
            ninja: Lifetimes { access: ninja.access_lifetime, refresh: ninja.refresh_lifetime },
            grace: refresh.grace,
            max_session: refresh.max_session,
            rotation: match refresh.rotation {
                "always" => Rotation::Always,
                "update" => Rotation::Update,
                _ => Rotation::Auto,
            },
            allow_update: refresh.allow_update,
            mapped: claims.map.clone(),
            constants: constants.collect(),
            cost: Cost {
                memory: password.memory_kib,
                iterations: password.iterations,
                parallelism: password.parallelism,
            },
            throttle: throttle.enabled.then(|| Limits::new(throttle.network)),
            recorded: events
                .record
                .iter()
                .filter_map(|name| event::Kind::from_name(name))
                .collect(),
            events_kept: events.keep,
        }
    }
}
