//! Who is a person: whoever's browser asks for a page rather than for JSON (RFC 9110 12.5.1).

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

/// Whether the answer should be a page. A client that would take anything did not ask for one.
pub(super) fn wants_page(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(ACCEPT).iter().filter_map(|line| line.to_str().ok());
    let ranges: Vec<_> = lines.flat_map(|line| line.split(',')).filter_map(range).collect();
    let page = quality(&ranges, &["text/html"]);
    page > 0 && page >= quality(&ranges, &["application/json", "application/*", "*/*"])
}

/// The quality of the first of these names that is listed, in thousandths.
fn quality(ranges: &[(String, u16)], names: &[&str]) -> u16 {
    let listed = |wanted: &&str| ranges.iter().find(|(name, _)| name == wanted);
    names.iter().find_map(listed).map_or(0, |(_, quality)| *quality)
}

/// A media range and its quality. One whose parameters cannot be read is not there.
fn range(text: &str) -> Option<(String, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next()?.to_ascii_lowercase();
    let mut quality = 1000;
    for part in parts {
        let (parameter, value) = part.split_once('=')?;
        if parameter.trim_end().eq_ignore_ascii_case("q") {
            quality = thousandths(value.trim_start())?;
        }
    }
    Some((name, quality))
}

/// A `qvalue`: from 0 to 1 with at most three digits behind the point.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, digits) = text.split_once('.').unwrap_or((text, ""));
    if digits.len() > 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part: u16 = format!("{digits:0<3}").parse().ok()?;
    match whole {
        "0" => Some(part),
        "1" if part == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(accept: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for line in accept {
            headers.append(ACCEPT, line.parse().unwrap());
        }
        wants_page(&headers)
    }

    #[test]
    fn browsers_do() {
        for accept in [
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
            "text/html, */*; q=0.01",
            "text/html",
            "TEXT/HTML",
            "text/html;q=0.5",
            "text/html ; q=0.500",
            "text/html;level=1;q=0.4",
            "application/json;q=0.4, text/html;q=0.4",
            "text/html;q=0.9, application/json;q=0.2, */*",
        ] {
            assert!(wants(&[accept]), "{accept}");
        }
        assert!(wants(&["application/xml;q=0.9", "text/html"]));
    }

    #[test]
    fn programs_do_not() {
        for accept in [
            "",
            "*/*",
            "text/*",
            "application/json",
            "application/json, text/plain, */*",
            "application/json, text/javascript, */*; q=0.01",
            "application/json, text/html;q=0.5",
            "text/html;q=0.7, */*;q=0.8",
            "text/html;q=0",
            "text/html;q=0.000, application/xml",
            "text/html;q=2",
            "text/html;q=0.1234",
            "text/html;q=x",
            "text/html;q",
            "text/htmlx",
        ] {
            assert!(!wants(&[accept]), "{accept}");
        }
        assert!(!wants(&[]));
    }
}
