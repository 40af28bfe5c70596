//! Any text may be offered as a playbook: it is read, or refused at a line and column.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Err(error) = playbook::Playbook::parse(text) {
        assert!(!error.to_string().is_empty());
    }
});
