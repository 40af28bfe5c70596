//! How a backend is held to the contract.

use std::{cell::Cell, time::Duration};

use jiff::Timestamp;
use store::Store;

use crate::words::time;

/// A store in which nothing has happened yet, and the clock that its leases go by.
///
/// A backend with a clock of its own answers `now` from it, and makes `pass` true for it.
pub(crate) trait Place {
    fn store(&self) -> &dyn Store;
    fn now(&self) -> Timestamp;
    fn pass(&self, time: Duration);
}

/// A place whose clock is the caller's.
pub(crate) struct Clocked<S> {
    pub(crate) store: S,
    seconds: Cell<i64>,
}

impl<S> Clocked<S> {
    pub(crate) fn new(store: S) -> Self {
        Self { store, seconds: Cell::new(0) }
    }
}

impl<S: Store> Place for Clocked<S> {
    fn store(&self) -> &dyn Store {
        &self.store
    }

    fn now(&self) -> Timestamp {
        time(self.seconds.get())
    }

    fn pass(&self, time: Duration) {
        self.seconds.set(self.seconds.get() + i64::try_from(time.as_secs()).unwrap());
    }
}

/// One thing that every backend does, and a name for it.
pub(crate) type Law = (&'static str, fn(&dyn Place));

/// Holds a backend to every law, each in a fresh place.
pub(crate) fn hold(mut place: impl FnMut(&mut dyn FnMut(&dyn Place))) {
    for (name, law) in crate::contract::laws() {
        println!("law: {name}");
        place(&mut |place| law(place));
    }
}
