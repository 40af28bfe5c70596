//! Artefacts of any form and none: what is read stays within its limits, and names lead nowhere.
#![no_main]

use std::{collections::BTreeSet, io::Cursor};

use lineage::artefact::{Artefact, Held, Limits};

const LIMITS: Limits = Limits {
    entries: 200,
    names: 1 << 14,
    file: 1 << 12,
    held: 1 << 14,
    unpacked: 1 << 20,
    ratio: 200,
};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let names: BTreeSet<String> = ["a".to_owned(), "a.py".to_owned()].into();
    let Ok(artefact) = Artefact::read(Cursor::new(bytes), &names, &LIMITS) else { return };
    assert!(artefact.len() <= LIMITS.entries);
    let mut held = 0;
    for (name, what) in artefact.files() {
        assert!(!name.is_empty() && !name.starts_with('/'));
        assert!(name.split('/').all(|part| !matches!(part, "" | "." | "..")));
        if let Held::Bytes(bytes) = what {
            assert!(names.contains(name.rsplit('/').next().unwrap_or(name)));
            held += bytes.len() as u64;
        }
    }
    assert!(held <= LIMITS.held);
});
