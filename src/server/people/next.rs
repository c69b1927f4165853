//! Where somebody goes on after a login: a path of this very server, or the account page.
//!
//! `next` is written by whoever made the link, so that it is not repaired but taken or left: what a
//! browser, a proxy or an application could read as another origin, another path or a way back to
//! here is left.

/// The page of one's own account, where everybody goes who has no better place.
pub(super) const ACCOUNT: &str = "/account/";

/// The page to log in.
pub(super) const LOGIN: &str = "/login/";

/// The longest path that is taken, in bytes.
const LONGEST: usize = 1024;

/// The `next` of a request if it is a path of ours, and the account page else. `refresh` is the path
/// of the refreshing doors, which are no pages.
pub(super) fn safe_next<'a>(next: Option<&'a str>, refresh: &str) -> &'a str {
    next.filter(|next| is_path(next) && !leads_back(next, refresh)).unwrap_or(ACCOUNT)
}

/// An absolute path of RFC 3986 3.3 and perhaps a query, as plain as can be.
fn is_path(next: &str) -> bool {
    let (path, query) = next.split_once('?').unwrap_or((next, ""));
    let Some(below) = path.strip_prefix('/') else { return false };
    let mut segments = below.split('/').peekable();
    while let Some(segment) = segments.next() {
        // An empty segment is a second slash, unless it is the last one.
        let empty = segment.is_empty() && segments.peek().is_some();
        if empty || matches!(segment, "." | "..") || !decoded(segment, is_plain) {
            return false;
        }
    }
    next.len() <= LONGEST && decoded(query, |_| true)
}

/// What may stand escaped in a path. An escaped slash, stop or escape is decoded by some and not by
/// others, so that the path would be two.
fn is_plain(byte: u8) -> bool {
    !byte.is_ascii_control() && !matches!(byte, b'/' | b'\\' | b'.' | b'%')
}

/// Whether a text has no character but those of RFC 3986 3.3 and 3.4, and its escapes are whole and
/// stand for what `allowed` allows.
fn decoded(text: &str, allowed: fn(u8) -> bool) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let good = match byte {
            b'%' => match (bytes.next().and_then(hex), bytes.next().and_then(hex)) {
                (Some(high), Some(low)) => allowed(high << 4 | low),
                _ => false,
            },
            b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+'
            | b',' | b';' | b'=' | b':' | b'@' | b'/' | b'?' => true,
            byte => byte.is_ascii_alphanumeric(),
        };
        if !good {
            return false;
        }
    }
    true
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Whether a path is one of those that send people on, or that only take forms.
fn leads_back(next: &str, refresh: &str) -> bool {
    let path = next.split('?').next().unwrap_or_default();
    let below = |place: &str| {
        let place = place.trim_matches('/');
        path[1..].strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    below(LOGIN) || below(refresh) || (below(ACCOUNT) && path.len() > ACCOUNT.len())
}

/// The path of a door that takes a `next`.
pub(super) fn with_next(door: &str, next: &str) -> String {
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("{door}?next={next}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(next: &str) -> &str {
        safe_next(Some(next), "api/token/refresh")
    }

    #[test]
    fn a_path_of_ours_is_taken_as_it_is() {
        for next in [
            "/",
            "/account/",
            "/account/?ended=1",
            "/account",
            "/app",
            "/app/",
            "/app/orders?page=2&sort=-date",
            "/app?back=https://else.example/",
            "/app?q=%2F%2e%25%0a",
            "/caf%C3%A9/@alice:x",
            "/loginsight",
            "/api/token/refreshed",
            "/a/.b/c..d",
        ] {
            assert_eq!(taken(next), next);
        }
        let longest = format!("/{}", "a".repeat(LONGEST - 1));
        assert_eq!(taken(&longest), longest);
    }

    #[test]
    fn nobody_says_where_to_go() {
        assert_eq!(safe_next(None, "api/token/refresh"), ACCOUNT);
    }

    #[test]
    fn what_could_be_another_origin_is_left() {
        for next in [
            "",
            "app",
            "//evil.example",
            "///evil.example",
            "////evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r\n/evil.example",
            "\t//evil.example",
            " //evil.example",
            "/ /evil.example",
            "/app\r\nset-cookie: a=b",
            "/app\0",
            "/app\u{7f}",
            "https:",
            "https:evil.example",
            "https:/evil.example",
            "https://evil.example/",
            "HTTPS://evil.example/",
            "http:///evil.example",
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "alice@evil.example",
            "//alice@evil.example",
            "//127.0.0.1:8000@evil.example/",
            "?next=//evil.example",
            "#//evil.example",
            "evil.example/account/",
        ] {
            assert_eq!(taken(next), ACCOUNT, "{next:?}");
        }
    }

    #[test]
    fn what_could_be_another_path_is_left() {
        for next in [
            "/%2f..",
            "/%2F%2Fevil.example",
            "/%5cevil.example",
            "/%09/evil.example",
            "/%0d%0aset-cookie:a=b",
            "/%00",
            "/app/%2e%2e/login/",
            "/app/../login/",
            "/./login/",
            "/.//evil.example",
            "/..//evil.example",
            "/app//evil.example",
            "/app\\..\\login",
            "/%",
            "/%2",
            "/%zz",
            "/%+1",
            "/app?q=%",
            "/%252f",
            "/app#part",
            "/app?q=a b",
            "/<script>",
            "/caf\u{e9}",
            "/\u{ff0f}evil.example",
            "/\u{2028}",
            "/app?q=\u{202e}",
        ] {
            assert_eq!(taken(next), ACCOUNT, "{next:?}");
        }
        assert_eq!(taken(&format!("/{}", "a".repeat(LONGEST))), ACCOUNT);
    }

    #[test]
    fn what_leads_back_to_here_is_left() {
        for next in [
            "/login",
            "/login/",
            "/login?next=/app",
            "/login/?next=%2Flogin%2F",
            "/login/more",
            "/api/token/refresh",
            "/api/token/refresh/continue?next=/app",
            "/api/token/refresh/logout/",
            "/account/logout/",
            "/account/end_session",
        ] {
            assert_eq!(taken(next), ACCOUNT, "{next:?}");
        }
    }

    #[test]
    fn a_next_is_carried_whole() {
        let door = with_next("/login/", "/app?a=1&b=%2F");
        assert_eq!(door, "/login/?next=%2Fapp%3Fa%3D1%26b%3D%252F");
    }
}
