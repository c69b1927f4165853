//! What is said of an event: one line of JSON, the same for commands and webhooks.

use crate::authority::login;
use crate::event::{Event, Kind};
use crate::json::Json;

/// The event as JSON. What is not known is null; claims and the error stand there only where the
/// originals' signals had them.
pub(super) fn of(event: &Event, id: &str) -> String {
    let text = |text: Option<&str>| text.map_or(Json::Null, Json::string);
    let subject = event.subject.as_ref();
    let user_id = subject.and_then(|subject| subject.id);
    let mut members = vec![
        ("id", Json::string(id)),
        ("kind", Json::string(event.kind.name())),
        ("at", Json::integer(event.at)),
        ("user", text(subject.map(|subject| subject.username.as_str()))),
        ("user_id", user_id.map_or(Json::Null, Json::integer)),
        ("sid", text(event.sid.as_deref())),
        ("jti", text(event.jti.as_deref())),
        ("door", Json::string(&event.source.door)),
        ("address", text(event.source.address.as_deref())),
        ("detail", text(event.detail.as_deref())),
    ];
    if event.kind == Kind::LoginFailed {
        members.push(("error", Json::string(login::REFUSED)));
    }
    if let Some(claims) = &event.claims {
        members.push(("refresh_claims", claims.refresh.clone()));
        members.push(("access_claims", claims.access.clone()));
    }
    let members = members.into_iter().map(|(name, value)| (name.to_owned(), value));
    Json::Object(members.collect()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Given, Source};
    use crate::user::Subject;

    #[test]
    fn an_event_is_one_line_of_json() {
        let source = Source { door: "djwto".into(), address: Some("192.0.2.1".into()) };
        let event = Event::new(Kind::LoggedIn, 5, &source);
        let event = event.about(&Subject { id: Some(7), username: "a\"\nb".into() });
        let claims = |name: &str| Json::Object(vec![(name.into(), Json::integer(1))]);
        let event = event.given(Given { refresh: claims("r"), access: claims("a") });
        assert_eq!(
            of(&event, "x"),
            r#"{"id":"x","kind":"logged_in","at":5,"user":"a\"\nb","user_id":7,"sid":null,"jti":null,"door":"djwto","address":"192.0.2.1","detail":null,"refresh_claims":{"r":1},"access_claims":{"a":1}}"#
        );
        let failed = of(&Event::new(Kind::LoginFailed, 5, &source), "x");
        assert!(failed.contains(r#""user":null"#) && failed.contains(r#""error":"{\"__all__\""#));
    }
}
