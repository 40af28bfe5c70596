//! The key of an address, from a web server of its domain (Web Key Directory,
//! draft-koch-openpgp-webkey-service). Asked only when a person wants that: the server learns that
//! somebody looks for that key.
//!
//! The address may be a stranger's word. So only public servers are met, by TLS, under the names that
//! the directory gives them; nothing is followed, and what comes back is bounded.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use advisory::Mailbox;
use case::sealing::LARGEST_CERTIFICATE;
use data_encoding::{Encoding, Specification};
use pgp::{
    composed::{ArmorOptions, Deserializable, SignedPublicKey},
    crypto::hash::HashAlgorithm,
};
use rustls::pki_types::CertificateDer;
use ureq::{
    Agent, Error,
    config::Config,
    http::{StatusCode, Uri},
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};

use super::keyring::addresses;
use crate::https;

/// How long a server is waited for, altogether.
const PATIENCE: Duration = Duration::from_secs(15);
/// The alphabet of z-base-32.
const ALPHABET: &str = "ybndrfg8ejkmcpqxot1uwisza345h769";

/// Where keys are looked for.
pub struct WebKeys {
    agent: Agent,
    letters: Encoding,
}

impl WebKeys {
    /// Public servers that this machine trusts.
    ///
    /// # Errors
    /// When it trusts nobody.
    pub fn new() -> Result<Self, String> {
        let found = https::authorities();
        if found.is_empty() {
            return Err("no certificate of an authority is found on this machine".into());
        }
        Self::trusting(&found, Public::default())
    }

    /// Servers that these authorities vouch for, and that are found where this says and nowhere else.
    ///
    /// # Errors
    /// None that is expected.
    pub fn found_at(
        authorities: &[CertificateDer<'_>],
        places: BTreeMap<String, SocketAddr>,
    ) -> Result<Self, String> {
        Self::trusting(authorities, Given(places))
    }

    fn trusting(
        authorities: &[CertificateDer<'_>],
        resolver: impl Resolver,
    ) -> Result<Self, String> {
        let config = https::asking(authorities, PATIENCE).https_only(true).build();
        let mut letters = Specification::new();
        letters.symbols.push_str(ALPHABET);
        let letters = letters.encoding().map_err(|error| error.to_string())?;
        let agent = Agent::with_parts(config, DefaultConnector::default(), resolver);
        Ok(Self { agent, letters })
    }

    /// The certificate of an address, armoured. Whose it is, it does not prove.
    ///
    /// # Errors
    /// In words, for whoever asked.
    pub fn look_up(&self, address: &Mailbox) -> Result<String, String> {
        let [advanced, direct] = self.places(address)?;
        let found = match self.ask(&advanced) {
            // Only a domain without that name has its directory in the other place (3.1).
            Err(Error::HostNotFound) => self.ask(&direct),
            other => other,
        };
        let domain = address.domain();
        let bytes = found
            .map_err(|error| told(domain, &error))?
            .ok_or_else(|| format!("{domain} has no key of {address}"))?;
        of_address(&bytes, address).ok_or_else(|| {
            format!("what {domain} has for {address} is no key whose name has that address")
        })
    }

    /// Where the key of an address is: under a name of its own, or else under the domain's (3.1).
    ///
    /// # Errors
    /// When no server can be asked for it.
    #[doc(hidden)]
    pub fn places(&self, address: &Mailbox) -> Result<[Uri; 2], String> {
        let (local, domain) = (address.local(), address.domain().to_ascii_lowercase());
        let hash = HashAlgorithm::Sha1.digest(local.to_ascii_lowercase().as_bytes());
        let hash = self.letters.encode(&hash.map_err(|error| error.to_string())?);
        let local = percent(local);
        let places = [
            format!(
                "https://openpgpkey.{domain}/.well-known/openpgpkey/{domain}/hu/{hash}?l={local}"
            ),
            format!("https://{domain}/.well-known/openpgpkey/hu/{hash}?l={local}"),
        ];
        let [advanced, direct] = places.map(|place| place.parse::<Uri>());
        let wrong = |_| format!("no web server can be asked for {address}");
        Ok([advanced.map_err(wrong)?, direct.map_err(wrong)?])
    }

    fn ask(&self, at: &Uri) -> Result<Option<Vec<u8>>, Error> {
        let mut response = self.agent.get(at).call()?;
        match response.status() {
            StatusCode::OK => {
                let limit = u64::try_from(LARGEST_CERTIFICATE).unwrap_or(u64::MAX);
                response.body_mut().with_config().limit(limit).read_to_vec().map(Some)
            }
            StatusCode::NOT_FOUND => Ok(None),
            status => Err(Error::StatusCode(status.as_u16())),
        }
    }
}

/// Of several keys the one that names the address, armoured; what is no key is left aside.
#[doc(hidden)]
#[must_use]
pub fn of_address(bytes: &[u8], address: &Mailbox) -> Option<String> {
    let keys = SignedPublicKey::from_bytes_many(bytes).ok()?.filter_map(Result::ok);
    let wanted = case::sealing::compared(address);
    let key = keys.take(16).find(|key| addresses(&key.details).contains(&wanted))?;
    key.to_armored_string(ArmorOptions::default()).ok()
}

/// A local part within a query (RFC 3986, 2.1).
fn percent(local: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let letter = |byte: u8| match byte {
        byte if plain(byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    local.bytes().map(letter).collect()
}

fn told(domain: &str, error: &Error) -> String {
    match error {
        Error::HostNotFound => format!("{domain} has no public web server"),
        Error::BodyExceedsLimit(_) => format!("what {domain} has is larger than a key"),
        Error::Timeout(_) => format!("{domain} did not answer in time"),
        Error::StatusCode(code) => format!("{domain} answers with {code}"),
        other => format!("{domain} could not be asked: {other}"),
    }
}

/// Finds public servers alone, so that no address leads into the networks of this machine.
#[derive(Debug, Default)]
struct Public(DefaultResolver);

impl Resolver for Public {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = match self.0.resolve(uri, config, timeout) {
            Err(Error::Io(_)) => return Err(Error::HostNotFound),
            found => found?,
        };
        let mut public = self.empty();
        found.iter().filter(|place| is_public(place.ip())).for_each(|place| public.push(*place));
        if public.is_empty() { Err(Error::HostNotFound) } else { Ok(public) }
    }
}

/// Not of this machine, its networks, or of a use of its own (RFC 6890).
fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let benchmarks = a == 198 && (18..20).contains(&b);
            !(ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_documentation()
                || ip.is_multicast()
                || shared
                || benchmarks
                || a == 0
                || a >= 240
                || ip.octets().starts_with(&[192, 0, 0]))
        }
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// Only what is given out for the world is public (`2000::/3`), without what leads elsewhere again.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    let tunnels = a == 0x2002 || (a == 0x2001 && b < 0x0200) || (a == 0x2001 && b == 0x0db8);
    a & 0xe000 == 0x2000 && !tunnels
}

/// Finds servers where it was told.
#[derive(Debug)]
struct Given(BTreeMap<String, SocketAddr>);

impl Resolver for Given {
    fn resolve(&self, uri: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let place = uri.host().and_then(|host| self.0.get(host)).ok_or(Error::HostNotFound)?;
        let mut places = self.empty();
        places.push(*place);
        Ok(places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_has_two_places() {
        let keys = WebKeys::found_at(&[], BTreeMap::new()).unwrap();
        let [advanced, direct] = keys.places(&"Joe.Doe@Example.ORG".parse().unwrap()).unwrap();
        // The example of the specification (3.1).
        let hash = "iy9q119eutrkn8s1mk4r39qejnbu3n5q";
        assert_eq!(
            advanced.to_string(),
            format!(
                "https://openpgpkey.example.org/.well-known/openpgpkey/example.org/hu/{hash}?l=Joe.Doe"
            )
        );
        assert_eq!(
            direct.to_string(),
            format!("https://example.org/.well-known/openpgpkey/hu/{hash}?l=Joe.Doe")
        );
        let [_, direct] = keys.places(&"a+b=c@example.org".parse().unwrap()).unwrap();
        assert!(direct.to_string().ends_with("?l=a%2Bb%3Dc"), "{direct}");
    }

    #[test]
    fn only_public_servers_are_met() {
        for ip in ["1.1.1.1", "192.1.2.3", "100.63.0.1", "198.17.0.1", "2606:4700::1111"] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "198.18.0.1",
            "192.0.2.1",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.0.8",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "::127.0.0.1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
    }
}
