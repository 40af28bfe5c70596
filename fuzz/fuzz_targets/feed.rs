//! Any text may come as a feed: it is taken apart without loss, and no reading of it is longer.
#![no_main]

use engine::feed_entries;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let entries = feed_entries(text);
    let length: usize = entries.iter().map(|entry| entry.raw.trim().len()).sum();
    assert!(length <= text.len());
    for entry in entries {
        assert!(text.contains(entry.raw));
        for part in entry.id.iter().chain(&entry.link) {
            assert!(part.len() <= entry.raw.len());
        }
        assert!(entry.readings().iter().all(|reading| reading.len() <= entry.raw.len()));
    }
});
