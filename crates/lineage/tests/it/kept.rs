//! What is kept between questions changes nothing but the time that they take.

use std::fs;

use git::Cache;
use lineage::{Grade, Request, affected};

use crate::{BUGGY, FIXED, fix, fresh, step};

#[test]
fn answers_are_the_same_with_a_cache_without_and_with_a_damaged_one() {
    let (folder, mut builder) = fresh();
    builder.tag("v1.0.0").unwrap();
    let fix = fix(&mut builder, "Check the length of secret input (#12)");
    builder.tag("v1.1.0").unwrap();
    builder.branch("release-1.0", "v1.0.0").unwrap();
    builder.cherry_pick(fix.as_str(), true).unwrap();
    builder.tag("v1.0.1").unwrap();
    builder.branch("release-0.9", "v1.0.0").unwrap();
    step(&mut builder, "elsewhere");
    builder.commit_file("core.txt", FIXED, "Check the length of secret input").unwrap();
    builder.tag("v0.9.1").unwrap();
    builder.commit_file("core.txt", BUGGY, "Oh no\n\nReverts owner/name#12").unwrap();
    builder.tag("v0.9.2").unwrap();

    let ours = folder.path().join("cache");
    let mut request = Request::new(vec![], vec![fix]);
    request.accept = Grade::Likely;
    let ask = |cached| {
        let repo = builder.open().unwrap();
        let repo = if cached { repo.with_cache(Cache::new(&ours)) } else { repo };
        affected(&repo, &request).unwrap()
    };
    let expected = ask(false);
    assert_eq!(expected.report.backports.len(), 2);
    assert!(!ours.exists());
    assert_eq!(ask(true), expected);
    assert_eq!(ask(true), expected);
    let files: Vec<_> = fs::read_dir(&ours).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 4);
    for file in files {
        let whole = fs::read(&file).unwrap();
        assert!(!String::from_utf8_lossy(&whole).contains("secret"), "words were kept");
        for at in (0..whole.len()).step_by(97) {
            let mut bytes = whole.clone();
            bytes[at] ^= 4;
            fs::write(&file, &bytes).unwrap();
            assert_eq!(ask(true), expected, "{} byte {at}", file.display());
            fs::write(&file, &whole[..at]).unwrap();
            assert_eq!(ask(true), expected, "{} cut at {at}", file.display());
        }
    }
    // What is new is read beside what was kept.
    builder.checkout("main").unwrap();
    builder.tag("v1.2.0").unwrap();
    builder.commit_file("core.txt", BUGGY, "Undo\n\nThis reverts nothing").unwrap();
    builder.tag("v1.3.0").unwrap();
    let repo = builder.open().unwrap();
    let fresh = affected(&repo, &request).unwrap();
    assert_eq!(affected(&repo.with_cache(Cache::new(&ours)), &request).unwrap(), fresh);
    assert_ne!(fresh, expected);
}
