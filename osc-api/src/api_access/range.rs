//! Ranges of IP addresses.

use std::net::IpAddr;

/// Number of leading bits that all IPv4 addresses mapped to IPv6 share.
const MAPPED_PREFIX: u32 = 96;

/// A range in CIDR notation, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AddressRange {
    /// The first address.
    first: IpAddr,
    /// Number of bits that all addresses of the range share.
    prefix: u32,
}

impl AddressRange {
    /// Parses `192.0.2.7`, `192.0.2.0/24` or the same with IPv6. Host bits are ignored.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(parse_prefix(prefix)?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let prefix = prefix.unwrap_or(width(address));
        if prefix > width(address) {
            return None;
        }
        let range = match address {
            // A range of mapped addresses only is the range of IPv4 addresses.
            IpAddr::V6(_) if prefix >= MAPPED_PREFIX && address.to_canonical().is_ipv4() => {
                Self { first: address.to_canonical(), prefix: prefix - MAPPED_PREFIX }
            }
            _ => Self { first: address, prefix },
        };
        Some(range)
    }

    /// Returns `true` if the address is in the range. An IPv4 address mapped to IPv6 counts as the IPv4 address, and IPv6
    /// ranges contain no IPv4 addresses.
    pub(super) fn contains(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let shift = width(self.first) - self.prefix;
        let network = |address: IpAddr| bits(address).checked_shr(shift).unwrap_or_default();
        self.first.is_ipv4() == address.is_ipv4() && network(self.first) == network(address)
    }
}

/// Decimal digits only: neither a sign nor a leading zero, nor a netmask.
fn parse_prefix(text: &str) -> Option<u32> {
    let is_canonical =
        text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    is_canonical.then(|| text.parse().ok())?
}

fn width(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_bits().into(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_in_cidr_notation_only() {
        for text in [
            "",
            "/",
            "/24",
            "192.0.2.0/",
            "192.0.2.0/33",
            "192.0.2.0/-1",
            "192.0.2.0/+8",
            "192.0.2.0/08",
            "192.0.2.0/255.255.255.0",
            "192.0.2",
            "192.0.2.256",
            "192.0.2.0/24/24",
            " 192.0.2.0/24",
            "192.0.2.0/24 ",
            "192.0.2.0-192.0.2.9",
            "::/129",
            "example.com",
            "*",
            "010.0.0.0/8",
            "192.0.2.0/4294967320",
        ] {
            assert_eq!(AddressRange::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_range_begins_and_ends_at_its_prefix() {
        for (range, inside, outside) in [
            ("10.0.0.0/8", &["10.0.0.0", "10.255.255.255"][..], &["9.255.255.255", "11.0.0.0"][..]),
            ("192.0.2.128/25", &["192.0.2.128", "192.0.2.255"], &["192.0.2.127", "192.0.3.0"]),
            ("192.0.2.7/32", &["192.0.2.7"], &["192.0.2.6", "192.0.2.8"]),
            ("0.0.0.0/0", &["0.0.0.0", "255.255.255.255"], &["::", "2001:db8::1"]),
            ("2001:db8::/32", &["2001:db8::", "2001:db8:ffff:ffff::1"], &["2001:db9::", "2001:db7::"]),
            ("::/0", &["::", "2001:db8::1"], &["192.0.2.7", "::ffff:192.0.2.7"]),
            ("::ffff:192.0.2.0/120", &["192.0.2.9", "::ffff:192.0.2.9"], &["192.0.3.9", "::c000:209"]),
        ] {
            let parsed = AddressRange::parse(range).unwrap();
            for address in inside {
                assert!(parsed.contains(address.parse().unwrap()), "{address} is in {range}");
            }
            for address in outside {
                assert!(!parsed.contains(address.parse().unwrap()), "{address} is not in {range}");
            }
        }
    }
}
