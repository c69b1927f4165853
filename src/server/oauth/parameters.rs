//! The parameters of a request to an OAuth door: a form, each name once (RFC 6749 3.2).

use std::collections::BTreeMap;

use crate::server::oauth::fault::Fault;
use crate::server::request::Request;

/// The parameters that have a value: one without counts as left out.
pub(super) struct Parameters<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Parameters<'a> {
    /// Those of a request's body; what stands in its address is read by nobody, and logged by many.
    pub(super) fn of(request: &'a Request) -> Result<Self, Fault> {
        let form = request.form().ok_or(Fault::Request(
            "The body must be a form, of the kind application/x-www-form-urlencoded.",
        ))?;
        let mut parameters = BTreeMap::new();
        for (name, value) in form {
            if parameters.insert(name.as_str(), value.as_str()).is_some() {
                return Err(Fault::Request("A parameter stands there twice."));
            }
        }
        parameters.retain(|_, value| !value.is_empty());
        Ok(Self(parameters))
    }

    /// The value of that name.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).copied()
    }

    /// The token that a request is about.
    pub(super) fn token(&self) -> Result<&'a str, Fault> {
        self.get("token").ok_or(Fault::Request("The parameter token is missing."))
    }
}
