//! Versions and ranges in each notation: what is read is written and read again to the same, and
//! whichever of two versions comes first, the other one comes second.
#![no_main]

use advisory::versions::{Scheme, Stretch, Vers};

libfuzzer_sys::fuzz_target!(|texts: (&str, &str)| {
    let (one, other) = texts;
    if let Ok(stretch) = Stretch::from_github(one) {
        assert!(Stretch::from_github(&stretch.to_github()).is_ok_and(|again| again == stretch));
    }
    // Several stretches may overlap, which the notation cannot say.
    if let Ok(vers) = Vers::read(one)
        && vers.stretches.len() == 1
    {
        assert!(vers.write().is_ok());
    }
    for scheme in [Scheme::Semver, Scheme::Pep440, Scheme::Debian, Scheme::Maven] {
        if let Ok(order) = scheme.compare(one, other) {
            assert_eq!(scheme.compare(other, one), Ok(order.reverse()));
        }
    }
});
