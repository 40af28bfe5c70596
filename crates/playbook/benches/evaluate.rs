//! What it costs to evaluate Contour's checklist, and to read it: medians over many runs.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::wildcard_imports,
    dead_code,
    reason = "a bench measures time, prints it, and uses the tests' story"
)]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use case::observation::Observation;

#[path = "../tests/it/script.rs"]
mod script;
#[path = "../tests/it/story.rs"]
mod story;

fn median(runs: usize, mut what: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            what();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[runs / 2]
}

fn main() {
    let source = playbook::shipped_source("contour").expect("it is shipped");
    let contour = playbook::shipped("contour").expect("it parses");
    let mut story = story::Story::new(contour.clone());
    script::run(&mut story, 0, &[]).expect("it closes");
    // Conversation fills the case up to 200 events.
    while story.entries.len() < 200 {
        let text = "Thank you, that works for us as well.".repeat(10);
        let said = Observation::Message {
            from: None,
            sender: "rita@example.net".into(),
            text,
            raw: None,
            encrypted: false,
        };
        story.seen(said).expect("it is written down");
    }
    let (case, team, now) = (&story.case, &story.team, story.now);
    let evaluated = median(2_000, || drop(black_box(contour.evaluate(case, team, now))));
    let verdict = median(2_000, || drop(black_box(contour.evaluate(case, team, now).verdict())));
    let fresh = story::Story::new(contour.clone());
    let opened = median(2_000, || drop(black_box(fresh.checklist().verdict())));
    let parsed = median(50, || drop(black_box(playbook::Playbook::parse(source))));
    println!("evaluate contour, {} events: {evaluated:?}", story.entries.len());
    println!("  with its verdict:          {verdict:?}");
    println!("  a case just opened:        {opened:?}");
    println!("parse contour.yaml:          {parsed:?}");
}
