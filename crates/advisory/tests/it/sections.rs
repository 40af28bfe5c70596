//! The paragraphs that mails are made of.

use advisory::{Audience, Sections, Stage, Withhold};

use crate::sample;

#[test]
fn a_notice_to_distributors_has_all_it_can_include() {
    let withhold = Withhold { cve: true, ghsa: true };
    let sections = Sections::of(
        &sample::advisory(),
        Audience::Distributors,
        withhold,
        Stage::Planned,
        Some("2021-07-20T15:00:00Z".parse().unwrap()),
    );
    assert_eq!(
        sections.description.as_deref(),
        Some(
            "A crafted Service exposes the admin interface.\n\n\
             The listener forwards what it should not.\n\nEnvoy can be shut down."
        )
    );
    assert_eq!(
        sections.versions_affected.as_deref(),
        Some(
            "github.com/projectcontour/contour\n\
             1.14: all before 1.14.2; fixed in 1.14.2\n\
             1.16: from 1.16.0, before 1.16.1; fixed in 1.16.1\n\
             1.17: from 1.17.0, before 1.17.1; fixed in 1.17.1\n\
             1.13: not affected, the vulnerable code is not present"
        )
    );
    assert_eq!(sections.attack_vectors.as_deref(), Some("Whoever may create Services."));
    assert_eq!(sections.workarounds, None);
    assert_eq!(
        sections.next_step.as_deref(),
        Some(
            "Patch releases 1.14.2, 1.16.1, 1.17.1 are planned. \
             All becomes public on 2021-07-20 15:00 UTC."
        )
    );
    assert_eq!(sections.credits.as_deref(), Some("Jo Finder\nanonymous"));
    assert!(sections.ids.is_empty());
}

#[test]
fn the_public_mail_names_ids_and_no_plans() {
    let sections = Sections::of(
        &sample::advisory(),
        Audience::Public,
        Withhold::default(),
        Stage::Released,
        None,
    );
    assert_eq!(sections.ids, ["CVE-2021-32783", "GHSA-5ph6-qq5x-7jwc"]);
    assert_eq!(sections.next_step, None);
    let versions = sections.versions_affected.unwrap();
    assert!(versions.contains("1.16: from 1.16.0, before 1.17.0; no fix"), "{versions}");
}

#[test]
fn an_empty_draft_has_no_paragraphs() {
    for stage in [Stage::Planned, Stage::Released] {
        let sections = Sections::of(
            &advisory::Advisory::default(),
            Audience::Team,
            Withhold::default(),
            stage,
            None,
        );
        assert!(sections == Sections::default());
    }
}
