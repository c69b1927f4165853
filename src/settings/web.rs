//! What browsers and proxies call things: origins, networks, hosts, names of cookies.

use std::net::IpAddr;

use ipnet::IpNet;

/// An origin as a browser writes it (RFC 6454 6.2): scheme, host in small letters, and the port
/// unless it is the scheme's own.
pub(super) fn is_origin(text: &str) -> bool {
    let (host, own_port) = match text.split_once("://") {
        Some(("https", host)) => (host, "443"),
        Some(("http", host)) => (host, "80"),
        _ => return false,
    };
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (host, None),
    };
    let port_fits = port.is_none_or(|port| {
        port.parse::<u16>().is_ok_and(|number| number.to_string() == port && port != own_port)
    });
    let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let host_fits = match literal {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => is_host(host) && !host.bytes().any(|byte| byte.is_ascii_uppercase()),
    };
    port_fits && host_fits
}

/// An address, or a network such as `10.0.0.0/8`.
pub(super) fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse().ok().map(|address: IpAddr| IpNet::from(address)))
}

/// The name of a host or a domain.
pub(super) fn is_host(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let label = |label: &str| !label.is_empty() && label.chars().all(fits);
    text.len() <= 253 && text.split('.').all(label)
}

/// The name of a cookie (RFC 6265 4.1.1).
pub(super) fn is_cookie_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !text.is_empty() && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_what_browsers_write() {
        for origin in [
            "https://example.org",
            "http://localhost:3000",
            "http://127.0.0.1:8000",
            "https://[::1]:8443",
            "https://xn--bcher-kva.example",
        ] {
            assert!(is_origin(origin), "{origin}");
        }
        for other in [
            "",
            "null",
            "*",
            "example.org",
            "ftp://example.org",
            "https://example.org/",
            "https://example.org:443",
            "http://example.org:80",
            "https://Example.org",
            "https://user@example.org",
            "https://example.org:065",
            "https://example.org:x",
            "https://*.example.org",
            "https://[::g]",
            "https://",
            "https://a b",
        ] {
            assert!(!is_origin(other), "{other}");
        }
    }

    #[test]
    fn networks_and_addresses() {
        for text in ["10.0.0.0/8", "10.1.2.3", "::1", "fd00::/8"] {
            assert!(network(text).is_some(), "{text}");
        }
        for text in ["", "10.0.0.0/33", "localhost", "10.0.0", "*"] {
            assert!(network(text).is_none(), "{text}");
        }
        assert!(
            network("10.0.0.0/8")
                .unwrap()
                .contains(&"10.9.9.9".parse::<std::net::IpAddr>().unwrap())
        );
    }
}
