//! Every line of Contour's checklist: a response that lacks just one fact stops where it must, says
//! what is missing, and goes on to its end once the fact is there.

use std::panic::{AssertUnwindSafe, catch_unwind};

use case::{Refusal, StepId, event::Decision};
use playbook::{Playbook, Status};

use crate::{
    lacks::{Lack, choices, mandatory},
    script::*,
    story::*,
};

fn contour() -> Playbook {
    playbook::shipped("contour").expect("it parses")
}

#[test]
fn a_cooperative_response_runs_from_report_to_close() {
    let mut story = Story::new(contour());
    run(&mut story, 0, &[]).unwrap_or_else(|stopped| panic!("{stopped:#?}"));
    for item in &story.checklist().items {
        assert!(!item.status.open(), "{item:#?}");
    }
}

#[test]
fn a_mandatory_fact_that_is_lacking_stops_what_depends_on_it() {
    report_all(mandatory().map(|lack| (lack, must(contour(), lack))));
}

#[test]
fn an_optional_line_asks_for_a_recorded_choice() {
    report_all(choices().map(|lack| (lack, may(contour(), lack))));
}

#[test]
fn every_step_but_the_guiding_one_has_a_row() {
    for step in contour().steps().iter().filter(|step| !step.gates().is_empty()) {
        let rows = mandatory().chain(choices());
        let found = rows.filter(|lack| lack.step == step.id().0).count();
        assert!(found > 0, "no row lacks what `{}` asks for", step.id());
    }
}

/// Whether nothing is called done before anything happened.
fn nothing_is_done_yet(playbook: Playbook) -> Result<(), String> {
    let mut bare = Story::of(playbook.clone(), vec![]);
    let mut story = Story::new(playbook);
    let done = |story: &Story| {
        let list = story.checklist();
        let closed = list.items.iter().filter(|item| !item.status.open());
        closed.map(|item| item.step.0.clone()).collect::<Vec<_>>()
    };
    stage(&mut story, "report").map_err(|refusal| refusal.to_string())?;
    let reported = done(&story);
    stage(&mut story, "verdict").map_err(|refusal| refusal.to_string())?;
    let triaged = done(&story);
    for name in ["report", "verdict"] {
        stage(&mut bare, name).map_err(|refusal| refusal.to_string())?;
    }
    let without_repositories = done(&bare);
    let early = !reported.is_empty()
        || [&triaged, &without_repositories].into_iter().any(|done| *done != ["verdict"]);
    if !early {
        return Ok(());
    }
    Err(format!("closed early: {reported:?}, {triaged:?}, {without_repositories:?}"))
}

#[test]
fn nothing_is_done_before_it_happened() {
    nothing_is_done_yet(contour()).unwrap();
}

/// The tests above can fail: each clause of the playbook is made true in turn, and one of them
/// must notice.
#[test]
fn each_clause_that_is_planted_as_true_is_noticed() {
    let source = playbook::shipped_source("contour").unwrap();
    let clauses: Vec<usize> = source
        .lines()
        .enumerate()
        .filter(|(_, line)| line.starts_with("      - is:") || line.starts_with("        is:"))
        .map(|(number, _)| number)
        .collect();
    assert!(clauses.len() > 70, "{} clauses", clauses.len());
    let unnoticed: Vec<String> =
        clauses.into_iter().filter_map(|clause| unnoticed(source, clause)).collect();
    assert!(unnoticed.is_empty(), "nobody noticed:\n{}", unnoticed.join("\n"));
}

/// The clause at a line, if making it true goes unnoticed.
fn unnoticed(source: &str, clause: usize) -> Option<String> {
    let mut step = "";
    let mut lines: Vec<String> = Vec::new();
    for (number, line) in source.lines().enumerate() {
        if number <= clause
            && let Some(id) = line.strip_prefix("  - id: ")
        {
            step = id;
        }
        let (before, _) = line.split_once("is:").unwrap_or((line, ""));
        lines.push(if number == clause { format!("{before}is: 'true'") } else { line.into() });
    }
    let planted = Playbook::parse(&lines.join("\n")).expect("it parses");
    let mut rows = mandatory().chain(choices()).filter(|lack| lack.step == step);
    let noticed = nothing_is_done_yet(planted.clone()).is_err()
        || rows.any(|lack| refused(&mut Story::new(planted.clone()), lack).is_err());
    let line = source.lines().nth(clause).unwrap_or_default();
    (!noticed).then(|| format!("{step}, line {}: {}", clause + 1, line.trim()))
}

fn report_all<'l>(rows: impl Iterator<Item = (&'l Lack, Result<(), String>)>) {
    let wrong: Vec<String> = rows
        .filter_map(|(lack, found)| found.err().map(|why| format!("{}: {why}", lack.what)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Runs into the refusal that a lack must lead to.
fn refused(story: &mut Story, lack: &Lack) -> Result<(usize, Refusal), String> {
    let ran = catch_unwind(AssertUnwindSafe(|| run(story, 0, lack.instead)));
    let stopped = match ran {
        Ok(Err(stopped)) => stopped,
        Ok(Ok(())) => return Err("the response ran to its end".into()),
        Err(_) => return Err("the story itself broke".into()),
    };
    let (name, _) = STAGES[stopped.stage];
    if name != lack.stops {
        return Err(format!("stopped at {name}: {:?}", stopped.refusal));
    }
    let Some(what) = names(&stopped.refusal, lack.step) else {
        return Err(format!("refused without naming the step: {:?}", stopped.refusal));
    };
    let others: Vec<_> = stopped.refusal.missing.iter().filter(|m| m.step.0 != lack.step).collect();
    if !others.is_empty() && !lack.with_others {
        return Err(format!("other steps are open too: {others:?}"));
    }
    if !what.contains(lack.says) {
        return Err(format!("the missing thing is not named: {what}"));
    }
    let list = story.checklist();
    match list.item(lack.step) {
        Some(item) if item.status.open() => Ok((stopped.stage, stopped.refusal)),
        other => Err(format!("the step is not open: {other:?}")),
    }
}

fn goes_on(story: &mut Story, from: usize) -> Result<(), String> {
    run(story, from, &[]).map_err(|stopped| {
        format!("mended, but stopped at {}: {:?}", STAGES[stopped.stage].0, stopped.refusal)
    })
}

fn must(playbook: Playbook, lack: &Lack) -> Result<(), String> {
    let mut story = Story::new(playbook);
    let (stage, _) = refused(&mut story, lack)?;
    (lack.mend)(&mut story).map_err(|refusal| format!("cannot be mended: {refusal:?}"))?;
    goes_on(&mut story, stage)
}

fn may(playbook: Playbook, lack: &Lack) -> Result<(), String> {
    let mut story = Story::new(playbook);
    let (stage, refusal) = refused(&mut story, lack)?;
    let asked = names(&refusal, lack.step).is_some_and(|what| what.contains("a recorded choice"));
    if !asked {
        return Err(format!("no choice is asked for: {refusal:?}"));
    }
    let (step, reason) = (StepId(lack.step.into()), "not in this case".to_owned());
    let chosen = Decision::Choice { step, reason: reason.clone() };
    story.decided(chosen).map_err(|refusal| format!("no choice: {refusal:?}"))?;
    let list = story.checklist();
    match list.item(lack.step).map(|item| &item.status) {
        Some(Status::Skipped { reason: recorded }) if *recorded == reason => {}
        other => return Err(format!("not skipped: {other:?}")),
    }
    goes_on(&mut story, stage)
}
