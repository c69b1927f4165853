//! From where a request came: the log names the client, whatever the client says.

use serde_json::Value;

use crate::client::ADDRESS;
use crate::front::{BOTH, Front, folder};

/// The addresses of the events of one kind.
fn addresses(front: &Front, kind: &str) -> Vec<String> {
    let events = front.served.folder.run(&["--json", "events"], "");
    let events = events.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let events = events.filter(|event| event["kind"] == kind);
    events.map(|event| event["address"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_log_names_the_client() {
    for kind in BOTH {
        let front = Front::of(kind, folder().with("JOT_EVENTS__RECORD", "token_validated"));
        let (_, access) = front.tokens();
        let bearer = format!("Bearer {access}");
        let chains = [
            "",
            "10.0.0.1",
            "10.0.0.1, 127.0.0.1",
            "127.0.0.1,127.0.0.1",
            "x",
            "\u{e9}",
            ", ,",
            "::1",
        ];
        for chain in chains {
            let headers = [("authorization", bearer.as_str()), ("x-forwarded-for", chain)];
            assert_eq!(front.ask("GET", "/", &headers).status, 200);
            let twice = [&headers[..], &headers[1..]].concat();
            assert_eq!(front.ask("GET", "/", &twice).status, 200);
            let dropped = [&headers[..], &[("connection", "x-forwarded-for")]].concat();
            assert_eq!(front.ask("GET", "/", &dropped).status, 200);
            assert_eq!(front.login(&headers[1..]).status, 200);
        }
        let (validated, logins) =
            (addresses(&front, "token_validated"), addresses(&front, "logged_in"));
        assert_eq!(validated, vec![ADDRESS; 3 * chains.len()], "{kind:?}");
        assert_eq!(logins, vec![ADDRESS; chains.len() + 1], "{kind:?}");
    }
}
