//! Clients: adding and removing them, knowing them by their secret, and the tokens that they are
//! given for themselves (RFC 6749 4.4).

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::authority::issue::Token;
use crate::authority::people::permissions;
use crate::authority::{ATTEMPTS, Authority, Holder};
use crate::claims::compose::{self, Standard};
use crate::claims::grammar::{self, Existing};
use crate::claims::{Kind as TokenKind, Profile};
use crate::client::{self, Client, SECRET_BYTES};
use crate::error::{Code, Error, Result};
use crate::event::{Event, Kind, Source};
use crate::json::Json;
use crate::store::{Change, Whose};

impl Authority {
    /// Adds a client. Its secret is drawn here, and known to nobody else from now on.
    pub fn add_client(
        &self,
        id: &str,
        granted: &[String],
        source: &Source,
    ) -> Result<(Client, Zeroizing<String>)> {
        let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
        self.chance.fill(bytes.as_mut());
        let secret = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(bytes.as_ref()));
        let client = Client {
            id: client::id(id)?,
            secret: client::hash(&secret),
            permissions: permissions(granted)?,
            created: self.now(),
        };
        self.write_client(Change::AddClient(&client), (&client, "added"), source)?;
        Ok((client, secret))
    }

    /// Removes a client; its tokens are refused from now on.
    pub fn remove_client(&self, id: &str, source: &Source) -> Result<Client> {
        for _ in 0..ATTEMPTS {
            let was = self.known_client(id)?;
            let change = Change::RemoveClient(&was, self.now());
            if self.write_client(change, (&was, "removed"), source)? {
                return Ok(was);
            }
        }
        Err(Error::new(Code::StoreLocked, "the client changes faster than it can be removed"))
    }

    /// The client with that id.
    pub fn known_client(&self, id: &str) -> Result<Client> {
        self.store.client(id)?.ok_or_else(|| {
            let seen = format!("there is no client \"{}\"", id.escape_debug());
            Error::new(Code::UnknownClient, seen).hint("jot client list")
        })
    }

    fn write_client(
        &self,
        change: Change<'_>,
        (client, what): (&Client, &str),
        source: &Source,
    ) -> Result<bool> {
        let event = self.event(Kind::UserChanged, source).detail(told(client, what));
        Ok(self.write(&[change, Change::Note(&event)])?.is_some())
    }

    /// The client that shows this id and this secret; none: they are not those of one.
    pub fn client(&self, id: &str, secret: &str, source: &Source) -> Result<Option<Client>> {
        let stored = self.store.client(id)?;
        let found = stored.as_ref().filter(|client| client.has_secret(secret));
        if found.is_none() {
            // Whatever was typed for an id that is none stays out of the log.
            let who = stored.as_ref().map_or("no client".to_owned(), |c| told(c, "wrong secret"));
            // It is refused whether or not the log can be written.
            let event = self.event(Kind::LoginFailed, source).detail(who);
            _ = match stored {
                Some(_) => self.note_within(&self.audit.clients, event),
                None => self.note_within(&self.audit.strangers, event),
            };
        }
        Ok(found.cloned())
    }

    /// Issues a client an access token about itself. `issuer` is who we are where the rules do not say.
    pub fn issue_to_client(
        &self,
        client: &Client,
        scope: &[String],
        (issuer, source): (&str, &Source),
    ) -> Result<Token> {
        let Holder { now, .. } = self.admit(Whose::Client(client))?;
        let rules = &self.rules;
        let jti = self.fresh_jti(Profile::Rfc9068);
        let expires = now.saturating_add(rules.access_lifetime(Profile::Rfc9068));
        let iss = rules.iss.as_deref().unwrap_or(issuer);
        // RFC 9068 3: nobody asks for a resource, so that there must be a default one.
        let aud = rules.aud.clone().unwrap_or_else(|| Json::string(iss));
        let standard = Standard {
            iss: Some(iss),
            exp: expires,
            aud: Some(&aud),
            sub: Some(&client.id),
            client_id: &client.id,
            iat: Some(now),
            nbf: (rules.nbf > 0).then(|| now.saturating_add(rules.nbf)),
            jti: Some(&jti),
            permissions: scope,
        };
        let mut claims = standard.claims();
        for constant in &rules.constants {
            compose::allow(Profile::Rfc9068, constant)?;
            grammar::set(&mut claims, constant.clone(), Existing::Replace)?;
        }
        let typ = Profile::Rfc9068.typ(TokenKind::Access);
        let (text, kid) = self.sign((typ, &claims), (now, expires))?;
        let event = self.event(Kind::LoggedIn, source).detail(told(client, "client_credentials"));
        let event = Event { jti: Some(jti.clone()), ..event };
        self.write(&[Change::Outlast(expires), Change::Note(&event)])?;
        Ok(Token {
            text,
            kind: TokenKind::Access,
            jti,
            sid: None,
            issued: now,
            expires,
            kid,
            permissions: scope.to_vec(),
            claims,
        })
    }
}

/// A client is no user: events name it in their detail.
fn told(client: &Client, what: &str) -> String {
    format!("client \"{}\": {what}", client.id.escape_debug())
}
