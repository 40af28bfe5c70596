//! This machine's clocks.

use engine::Clock;
use jiff::{SignedDuration, Timestamp};
use rustix::time::{ClockId, clock_gettime};

/// The clocks of the machine that a house runs on.
///
/// Boot time is Linux's `CLOCK_BOOTTIME`: it counts suspended time too, and nobody can set it.
/// In a container it is the host's; a virtual machine that is paused or moved may lose the time
/// that it stood still, which the engine notices as a step between the two clocks.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the `Clock` that others are sent to")]
    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    fn boot(&self) -> SignedDuration {
        let since_boot = clock_gettime(ClockId::Boottime);
        let nanoseconds = i32::try_from(since_boot.tv_nsec).unwrap_or_default();
        SignedDuration::new(since_boot.tv_sec, nanoseconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boot_time_is_what_the_kernel_says_and_never_goes_back() {
        let uptime = std::fs::read_to_string("/proc/uptime").unwrap();
        let uptime: f64 = uptime.split(' ').next().unwrap().parse().unwrap();
        let first = SystemClock.boot();
        assert!(first >= SignedDuration::ZERO);
        // A container may see the host's clock and its own uptime; the clock is the older one.
        assert!(first.as_secs_f64() >= uptime - 1.0, "{first:?} {uptime}");
        assert!(SystemClock.boot() >= first);
    }
}
