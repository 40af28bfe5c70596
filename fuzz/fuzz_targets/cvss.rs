//! CVSS vectors of every version: what is read is canonical, scored in bounds, and read again.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(vector) = advisory::Vector::read(text) {
        assert!(vector.tenths() <= 100);
        assert!(advisory::Vector::read(vector.as_str()).is_ok_and(|again| again == vector));
    }
});
