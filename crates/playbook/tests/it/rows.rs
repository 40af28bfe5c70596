//! Every line of Contour's checklist.

use crate::{script::*, story::*};

fn contour() -> Story {
    Story::new(playbook::shipped("contour").expect("it parses"))
}

#[test]
fn a_cooperative_response_runs_from_report_to_close() {
    let mut story = contour();
    run(&mut story, 0, &[]).unwrap_or_else(|stopped| panic!("{stopped:#?}"));
    for item in &story.checklist().items {
        assert!(!item.status.open(), "{item:#?}");
    }
    println!("{} events", story.entries.len());
}
