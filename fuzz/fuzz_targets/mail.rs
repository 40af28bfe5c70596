//! Any bytes may arrive as a mail.
#![no_main]

libfuzzer_sys::fuzz_target!(|raw: &[u8]| {
    let _ = engine::read_mail(raw);
});
