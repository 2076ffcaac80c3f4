//! Host names, IP addresses and ports, in the strict form that every program reads in the same way.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::Host;

/// Returns `true` if a host is `localhost` or a loopback address.
pub(super) fn is_loopback(host: Option<Host<&str>>) -> bool {
    match host {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Checks a host and its port, without scheme, path or user name. Returns them without a trailing dot.
///
/// The URL library accepts much more: it drops empty ports, decodes escapes, and reads `1.2` as an IPv4 address.
///
/// # Errors
/// The message completes a sentence that begins with the address, and does not repeat it.
pub(super) fn check_authority(authority: &str) -> Result<String, String> {
    let (host, port) = match authority.rfind(']') {
        Some(end) => authority.split_at(end.saturating_add(1)),
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    if let Some(port) = port.strip_prefix(':') {
        let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        if port.contains(':') {
            return Err("contains two colons: write an IPv6 address in brackets".to_owned());
        }
        if !is_number || port.parse::<u16>().unwrap_or_default() == 0 {
            return Err("has an invalid port: a port is a number from 1 to 65535".to_owned());
        }
    } else if !port.is_empty() {
        return Err("has an invalid port: a port follows the host after a colon".to_owned());
    }
    if let Some(address) = host.strip_prefix('[') {
        let address = address.strip_suffix(']').unwrap_or_default();
        let is_ipv6 = address.parse::<Ipv6Addr>().is_ok();
        return if is_ipv6 {
            Ok(authority.to_owned())
        } else {
            Err("has an invalid IPv6 address".to_owned())
        };
    }
    let host = host.strip_suffix('.').unwrap_or(host);
    check_host(host)?;
    Ok(format!("{host}{port}"))
}

/// Checks a name or an IPv4 address by the limits of DNS.
fn check_host(host: &str) -> Result<(), String> {
    const MAX_HOST_LENGTH: usize = 253;
    if host.is_empty() {
        return Err("has no host".to_owned());
    }
    if !host.is_ascii() {
        return Err(
            "has a host with a character outside ASCII: write an international name in its ASCII form \
                    (xn--…)"
                .to_owned(),
        );
    }
    if host.len() > MAX_HOST_LENGTH {
        return Err(format!("has a host that is longer than {MAX_HOST_LENGTH} characters"));
    }
    for label in host.split('.') {
        check_label(label)?;
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    // A host whose last label is a number is an IPv4 address. Programs disagree on all spellings but the dotted decimal.
    let is_numeric = last.bytes().all(|byte| byte.is_ascii_digit())
        || last
            .to_ascii_lowercase()
            .strip_prefix("0x")
            .is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
    if is_numeric && host.parse::<Ipv4Addr>().is_err() {
        return Err("has an invalid IPv4 address".to_owned());
    }
    Ok(())
}

/// Checks a label of a host name. Underscores are not standard, but in use.
///
/// # Errors
/// As [`check_authority`].
pub(super) fn check_label(label: &str) -> Result<(), String> {
    const MAX_LABEL_LENGTH: usize = 63;
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if label.is_empty() {
        Err("has a host with an empty part between two dots".to_owned())
    } else if label.len() > MAX_LABEL_LENGTH {
        Err(format!("has a host with a part that is longer than {MAX_LABEL_LENGTH} characters"))
    } else if !label.bytes().all(is_allowed) {
        Err("has a host with a character other than letters, digits, hyphens and dots".to_owned())
    } else if label.starts_with('-') || label.ends_with('-') {
        Err("has a host with a part that begins or ends with a hyphen".to_owned())
    } else {
        Ok(())
    }
}
