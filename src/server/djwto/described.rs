//! The door's routes, described.

use serde_json::{Value, json};

use crate::server::doors::Doors;
use crate::server::openapi::{Described, Operation};

const KINDS: [&str; 3] =
    ["application/x-www-form-urlencoded", "application/json", "multipart/form-data"];

/// The door as it is set up.
pub(in crate::server) fn described(doors: &Doors, update: bool) -> Described {
    let door = Door { cookies: doors.mode.has_cookies(), csrf: doors.csrf };
    let under = |name: &str| format!("{}/{name}/", doors.refresh_path);
    let refused = "The token was refused.";
    let validates = |id: &str, kind: &str| {
        let summary = format!("Whether a token is a good {kind} token; nothing changes");
        let says = operation(id, &summary).says(200, "It is good.", &["Message"]);
        door.shown(says.says(403, refused, &["Error"]), kind)
    };
    let refreshes = |id: &str, summary: &str| {
        let says = operation(id, summary).says(200, "New tokens.", door.tokens());
        let says = says.says(401, "Token or session was revoked.", &["Error"]);
        let says = says.with_headers(401, &["WWW-Authenticate"]);
        door.shown(says.says(403, refused, &["Error"]), "refresh")
    };
    let updates = if update {
        refreshes("updateRefresh", "A refresh token that ends later, and an access token")
    } else {
        operation("updateRefresh", "Not allowed here (refresh.allow_update)").says(
            404,
            "It is not offered.",
            &["Error"],
        )
    };
    let refresh = refreshes("refreshAccess", "A new access token");
    Described::default()
        .with("/login/", "post", door.login())
        .with("/validate_access/", "post", validates("validateAccess", "access"))
        .with(&under("validate_refresh"), "post", validates("validateRefresh", "refresh"))
        .with(&under("refresh_access"), "post", refresh)
        .with(&under("update_refresh"), "post", updates)
        .with(&under("logout"), "post", door.blacklists())
        .with(&under("logout"), "delete", door.forgets())
}

fn operation(id: &str, summary: &str) -> Operation {
    Operation::new("djwto", id, summary).may_fail("Error")
}

/// The operation, with what is posted in the cookie modes.
fn posts(operation: Operation, example: &Value) -> Operation {
    let field = json!({"type": "string", "enum": ["access", "refresh"]});
    let schema = json!({"type": "object", "properties": {"jwt_type": field}});
    operation.sent(&KINDS, &schema, example).says(400, "The body cannot be read.", &["Error"])
}

/// What the operations differ by.
struct Door {
    cookies: bool,
    csrf: bool,
}

impl Door {
    fn login(&self) -> Operation {
        let fields = json!({
            "type": "object",
            "properties": {"username": {"type": "string"}, "password": {"type": "string"}},
            "required": ["username", "password"],
        });
        let example = json!({"username": "alice", "password": "seven quiet otters paint barns"});
        let done: &[&str] = if self.cookies { &["Message"] } else { &["Tokens", "Message"] };
        let operation = operation(
            "login",
            "The first tokens of a session, for a name and a password",
        )
        .about("A request with a good access token and no fields is told that it is in already.")
        .sent(&KINDS, &fields, &example)
        .says(200, "The tokens.", done)
        .says(400, "The body cannot be read.", &["Error"])
        .says(401, "The name or the password is wrong, or a field is missing.", &["Error"])
        .with_headers(401, &["WWW-Authenticate"])
        .may_throttle("Error");
        if !self.cookies {
            return operation;
        }
        let foreign = "A foreign page sent the request, or the browser could not keep the tokens.";
        operation.says(403, foreign, &["Error"])
    }

    fn blacklists(&self) -> Operation {
        let operation =
            operation("logout", "Ends the session of a refresh token, which may have run out")
                .says(200, "The session has ended.", &["Message"])
                .says(403, "The token was refused.", &["Error"])
                .says(409, "The session had ended before.", &["Error"]);
        self.shown(operation, "refresh")
    }

    fn forgets(&self) -> Operation {
        let forgets = operation("forget", "Leaves the client without tokens");
        let operation = forgets.about("Whatever is shown: good, dead or nothing.");
        let done = "Nothing is left.";
        if !self.cookies {
            return operation.shown(json!([{}, {"bearer": []}])).says_nothing(204, done);
        }
        let refused = "A foreign page may have sent the request.";
        let operation = operation.says(200, done, &["Message"]);
        let operation = operation.says(403, refused, &["Error"]);
        posts(operation, &json!({}))
            .with_headers(200, &["Set-Cookie"])
            .shown(self.cookie("refresh"))
    }

    /// The operation, for whoever shows a token of that kind.
    fn shown(&self, operation: Operation, kind: &str) -> Operation {
        if !self.cookies {
            return operation.shown(json!([{"bearer": []}]));
        }
        let operation = operation.about(&format!("`jwt_type` must be `{kind}`."));
        posts(operation, &json!({"jwt_type": kind})).shown(self.cookie(kind))
    }

    fn cookie(&self, kind: &str) -> Value {
        if self.csrf { json!([{kind: [], "csrf": []}]) } else { json!([{kind: []}]) }
    }

    /// How tokens come: in the body, or in cookies.
    fn tokens(&self) -> &'static [&'static str] {
        if self.cookies { &["Message"] } else { &["Tokens"] }
    }
}
