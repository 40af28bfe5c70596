//! What people tell where nobody can be read counts as evidence, and says what it is.

use std::collections::{BTreeMap, BTreeSet};

use case::Party;
use playbook::Status;

use crate::{
    script::{STAGES, stage},
    story::Story,
};

/// Steps of Contour's playbook whose evidence is something that somebody saw elsewhere.
const TOLD: [&str; 12] = [
    "tell-draft",
    "buy-in",
    "recheck-draft",
    "draft",
    "fork",
    "access",
    "keep-draft",
    "credit",
    "notice",
    "public",
    "users-notice",
    "follow-up",
];

fn by_hand() -> Story {
    let mut story = Story::new(playbook::shipped("contour").unwrap());
    story.by_hand = [Party::Forge, Party::Lists, Party::Mail].into();
    story
}

/// Everything that the steps ever showed as evidence, on the way to the end.
fn evidence(mut story: Story) -> BTreeMap<String, BTreeSet<String>> {
    let mut shown: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, _) in STAGES {
        stage(&mut story, name).unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
        for item in story.checklist().items {
            if let Status::Done { evidence } = item.status {
                shown.entry(item.step.0).or_default().extend(evidence);
            }
        }
    }
    shown
}

#[test]
fn a_case_that_is_carried_by_people_ends_and_says_who_told_what() {
    let shown = evidence(by_hand());
    for (step, said) in &shown {
        let said = said.iter().cloned().collect::<Vec<_>>().join("\n");
        assert!(!said.contains("read back at"), "{step}: {said}");
        let told = said.contains("told by Alice on 2026-");
        let whole = said.contains("not read back; seen at a page (I looked)");
        assert_eq!((told, whole), (TOLD.contains(&step.as_str()), told), "{step}: {said}");
    }
    assert!(TOLD.iter().all(|step| shown.contains_key(*step)));
}

#[test]
fn what_was_read_says_so() {
    let shown = evidence(Story::new(playbook::shipped("contour").unwrap()));
    let all: Vec<&String> = shown.values().flatten().collect();
    assert!(all.iter().all(|said| !said.contains("told by")), "{all:?}");
    assert!(shown["draft"].iter().any(|said| said.contains("read back at 2026-")));
}
