//! Versions and ranges in each notation: what is read is written and read again to the same, and
//! every order is one.
#![no_main]

use advisory::versions::{Scheme, Stretch, Vers};

libfuzzer_sys::fuzz_target!(|texts: (&str, &str)| {
    let (one, other) = texts;
    if let Ok(stretch) = Stretch::from_github(one) {
        assert!(Stretch::from_github(&stretch.to_github()).is_ok_and(|again| again == stretch));
    }
    if let Ok(vers) = Vers::read(one)
        && let Ok(written) = vers.write()
    {
        assert!(Vers::read(&written).is_ok_and(|again| again == vers));
    }
    for scheme in [Scheme::Semver, Scheme::Pep440, Scheme::Debian, Scheme::Maven] {
        if let Ok(order) = scheme.compare(one, other) {
            assert_eq!(scheme.compare(other, one), Ok(order.reverse()));
        }
    }
});
