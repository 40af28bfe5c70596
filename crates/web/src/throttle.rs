//! How often strangers may knock: token buckets in memory, one for each peer and one for all.
//!
//! A peer is a network address, an IPv6 one by its first 64 bits. Where it is unknown, or on this
//! machine as a proxy is, only the bucket for all counts. Headers that anybody can write, such as
//! `X-Forwarded-For`, are not looked at. Thin: behind a proxy on another machine all visitors are
//! one peer, and a restart forgets who knocked.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

/// Peers that are remembered; then the one that was quiet for longest is forgotten.
const PEERS: usize = 4096;

/// How often something may happen: `burst` times at once, and once more every `every`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    pub(crate) burst: u32,
    pub(crate) every: Duration,
}

/// A bucket as the moment at which it is full again: the later that is, the emptier it is.
type FullAt = Timestamp;

/// One limit, for each peer and for all of them.
pub(crate) struct Throttle {
    each: Rate,
    all: Rate,
    buckets: Mutex<Buckets>,
}

#[derive(Default)]
struct Buckets {
    all: FullAt,
    peers: BTreeMap<IpAddr, FullAt>,
}

impl Rate {
    fn time(self, tokens: u32) -> Duration {
        self.every.saturating_mul(tokens)
    }

    /// The bucket after one more token was taken, or how long it takes until there is one.
    fn take(self, full_at: FullAt, now: Timestamp) -> Result<FullAt, Duration> {
        // A clock that was set back must not shut a bucket for longer than it takes to fill it.
        let latest = now.saturating_add(self.time(self.burst)).unwrap_or(now);
        let after = full_at.clamp(now, latest).saturating_add(self.every).unwrap_or(now);
        if after <= latest {
            return Ok(after);
        }
        Err(after.duration_since(latest).unsigned_abs())
    }
}

impl Throttle {
    pub(crate) fn new(each: Rate, all: Rate) -> Self {
        Self { each, all, buckets: Mutex::default() }
    }

    /// Lets a peer in, or says how long to wait. Whoever is turned away costs the others nothing.
    pub(crate) fn take(&self, peer: Option<IpAddr>, now: Timestamp) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let peer = peer.filter(|peer| !peer.to_canonical().is_loopback()).map(neighbourhood);
        let of = |peer| buckets.peers.get(&peer).copied().unwrap_or(now);
        let own = peer.map(|peer| self.each.take(of(peer), now).map(|own| (peer, own)));
        let own = own.transpose()?;
        buckets.all = self.all.take(buckets.all, now)?;
        if let Some((peer, own)) = own {
            buckets.remember(peer, own);
        }
        Ok(())
    }
}

impl Buckets {
    fn remember(&mut self, peer: IpAddr, full_at: FullAt) {
        if self.peers.len() >= PEERS && !self.peers.contains_key(&peer) {
            let fullest = self.peers.iter().min_by_key(|(_, full_at)| **full_at);
            if let Some(quiet) = fullest.map(|(peer, _)| *peer) {
                self.peers.remove(&quiet);
            }
        }
        self.peers.insert(peer, full_at);
    }
}

/// What one subscriber usually holds: an IPv4 address, or a /64 of IPv6.
fn neighbourhood(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V4(_) => peer.to_canonical(),
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);

    fn rate(burst: u32, seconds: u64) -> Rate {
        Rate { burst, every: Duration::from_secs(seconds) }
    }

    #[expect(clippy::unnecessary_wraps, reason = "as the throttle takes it")]
    fn peer(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    fn after(seconds: i64) -> Timestamp {
        NOW + jiff::SignedDuration::from_secs(seconds)
    }

    #[test]
    fn a_peer_gets_its_burst_and_then_one_at_a_time() {
        let throttle = Throttle::new(rate(2, 60), rate(100, 1));
        let one = peer("192.0.2.1");
        assert!(throttle.take(one, NOW).is_ok());
        assert!(throttle.take(one, NOW).is_ok());
        assert_eq!(throttle.take(one, NOW), Err(Duration::from_mins(1)));
        assert!(throttle.take(peer("192.0.2.2"), NOW).is_ok(), "another peer is another bucket");
        assert_eq!(throttle.take(one, after(59)), Err(Duration::from_secs(1)));
        assert!(throttle.take(one, after(60)).is_ok());
        assert!(throttle.take(one, after(60)).is_err());
    }

    #[test]
    fn many_peers_share_one_bucket_besides_and_unknown_ones_have_only_that() {
        let throttle = Throttle::new(rate(1, 60), rate(3, 10));
        assert!(throttle.take(peer("192.0.2.1"), NOW).is_ok());
        assert!(throttle.take(peer("192.0.2.1"), NOW).is_err(), "costs the others nothing");
        assert!(throttle.take(None, NOW).is_ok());
        assert!(throttle.take(None, NOW).is_ok());
        assert_eq!(throttle.take(peer("192.0.2.9"), NOW), Err(Duration::from_secs(10)));
        assert!(throttle.take(peer("192.0.2.9"), after(10)).is_ok());
    }

    #[test]
    fn neighbours_in_a_64_are_one_peer() {
        let throttle = Throttle::new(rate(1, 60), rate(100, 1));
        assert!(throttle.take(peer("2001:db8::1"), NOW).is_ok());
        assert!(throttle.take(peer("2001:db8::2"), NOW).is_err());
        assert!(throttle.take(peer("2001:db8:0:1::1"), NOW).is_ok());
        assert!(throttle.take(peer("192.0.2.1"), NOW).is_ok());
        assert!(throttle.take(peer("::ffff:192.0.2.1"), NOW).is_err());
    }

    #[test]
    fn a_proxy_on_this_machine_is_not_one_visitor() {
        let throttle = Throttle::new(rate(1, 60), rate(2, 60));
        for _ in 0..2 {
            assert!(throttle.take(peer("127.0.0.1"), NOW).is_ok());
        }
        assert!(throttle.take(peer("::1"), NOW).is_err());
    }

    #[test]
    fn a_clock_set_back_shuts_nobody_out_for_long() {
        let throttle = Throttle::new(rate(1, 60), rate(100, 1));
        assert!(throttle.take(peer("192.0.2.1"), after(1_000_000)).is_ok());
        assert_eq!(throttle.take(peer("192.0.2.1"), NOW), Err(Duration::from_mins(1)));
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::new(rate(1, 60), rate(u32::MAX, 0));
        for number in 0..5_000_u32 {
            let address = IpAddr::from(number.to_be_bytes());
            assert!(throttle.take(Some(address), after(i64::from(number))).is_ok());
        }
        assert_eq!(throttle.buckets.lock().unwrap().peers.len(), PEERS);
    }
}
