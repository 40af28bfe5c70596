//! A journal entry that reads is written back to the same entry.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(entry) = serde_json::from_slice::<case::Entry>(bytes) {
        let again = serde_json::to_vec(&entry).ok();
        let again = again.and_then(|bytes| serde_json::from_slice::<case::Entry>(&bytes).ok());
        assert_eq!(again, Some(entry));
    }
});
