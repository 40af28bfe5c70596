//! What each record would say if it were published now, beside what its format's rules say of it;
//! and once it is out, what everybody can read.

use advisory::{
    Audience,
    check::{Finding, NotJudged, Weight},
};
use case::{
    Command, PublicRecord, act::ActKind, copies::SeenCopy, event::Decision, rights::Permission,
    state::Phase,
};
use engine::Preview;
use serde::Serialize;

use super::{Tab, no_such_form};
use crate::{
    desk::Desk,
    fields::{Fields, Read},
    time::Moment,
    view::acts::{self, Offer},
};

pub(super) const TAB: Tab =
    Tab { slug: "records", title: "Records", template: "case/records.html", content, read };

/// Where the project says how it signs; whoever is not on its team cannot open that page.
#[derive(Serialize)]
struct Imprint {
    known: bool,
    page: Option<String>,
}

#[derive(Serialize)]
struct FindingView {
    weight: &'static str,
    mark: &'static str,
    rule: &'static str,
    place: String,
    message: String,
    hint: Option<&'static str>,
}

#[derive(Serialize)]
struct RecordView {
    /// An anchor: the file's name without its dots.
    id: String,
    format: &'static str,
    /// Several of one format are told apart by their file.
    file: String,
    goes_to: &'static str,
    mark: &'static str,
    state: String,
    text: Option<String>,
    missing: Option<String>,
    findings: Vec<FindingView>,
    /// Something must or should be mended.
    look: bool,
    left_off: usize,
    not_judged: Vec<NotJudgedView>,
}

/// A rule that this house cannot judge.
#[derive(Serialize)]
struct NotJudgedView {
    rule: &'static str,
    why: String,
}

/// A record that is out, as everybody can read it.
#[derive(Serialize)]
struct CopyView {
    record: String,
    name: &'static str,
    mark: &'static str,
    state: &'static str,
    at: Option<Moment>,
    digest: String,
    differences: Vec<String>,
    left_off: u32,
    accepted: Option<AcceptedView>,
    /// The act that puts it right.
    mends: Option<Offer>,
    /// A person can take it as it is.
    may_accept: bool,
}

#[derive(Serialize)]
struct AcceptedView {
    by: String,
    at: Moment,
    reason: String,
}

#[derive(Serialize)]
struct Content {
    copies: Vec<CopyView>,
    audience: &'static str,
    at: Moment,
    published: bool,
    identity: bool,
    imprint: Imprint,
    records: Vec<RecordView>,
}

fn content(desk: &Desk<'_>) -> minijinja::Value {
    let view = desk.view;
    let identity = desk.names.identity();
    let previews = engine::previews(&view.loaded, view.imprint.as_ref(), view.now, identity);
    let at = previews.first().map_or(view.now, |preview| preview.at);
    let project = desk.case.project;
    let on_team = desk.team().contains(&desk.visit.person) && desk.visit.hall.live();
    minijinja::Value::from_serialize(Content {
        copies: desk.case.public_records().map(|record| copy(desk, record)).collect(),
        audience: previews.first().map_or("", |preview| reader(preview.audience)),
        at: desk.moment(at),
        published: !engine::editions(desk.case).is_empty(),
        identity,
        imprint: Imprint {
            known: view.imprint.is_some(),
            page: on_team.then(|| format!("/project/{project}#imprint")),
        },
        records: previews.into_iter().map(record).collect(),
    })
}

fn copy(desk: &Desk<'_>, record: PublicRecord) -> CopyView {
    let seen = desk.case.copies.get(&record);
    let (mark, state) = match seen {
        None => ("waiting", "not looked at yet"),
        Some(seen) if seen.copy.agrees() => ("done", "reads as it was approved"),
        Some(seen) if seen.open() => ("overdue", "says something else"),
        Some(_) => ("off", "says something else, and is accepted"),
    };
    let open = seen.is_some_and(SeenCopy::open) && desk.case.phase == Phase::Open;
    CopyView {
        record: record.to_string(),
        name: record.name(),
        mark,
        state,
        at: seen.map(|seen| desk.moment(seen.at)),
        digest: seen.map(|seen| seen.copy.digest.to_string()).unwrap_or_default(),
        differences: seen.map(|seen| seen.copy.differences.clone()).unwrap_or_default(),
        left_off: seen.map_or(0, |seen| seen.copy.left_off),
        accepted: seen.and_then(|seen| seen.accepted.as_ref()).map(|accepted| AcceptedView {
            by: desk.names.actor(accepted.by),
            at: desk.moment(accepted.at),
            reason: accepted.reason.clone(),
        }),
        mends: acts::offer(desk, &ActKind::UpdateDraft)
            .filter(|_| open && record == PublicRecord::Advisory),
        may_accept: open && desk.may(Permission::Coordinate),
    }
}

fn reader(audience: Audience) -> &'static str {
    match audience {
        Audience::Team => "the team",
        Audience::Reporter => "the reporter",
        Audience::Distributors => "distributors under embargo",
        Audience::Public => "everyone",
    }
}

fn record(preview: Preview) -> RecordView {
    let (mark, state) = state(&preview);
    let Preview { format, goes_to, file, text, report, .. } = preview;
    let (mut findings, not_judged, left_off) = report
        .map(|report| (report.findings, report.not_judged, report.left_off))
        .unwrap_or_default();
    // What must be mended comes first; within a weight, the document's order stays.
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let (text, missing) = match text {
        Ok(text) => (Some(text), None),
        Err(missing) => (None, Some(missing)),
    };
    RecordView {
        id: file.replace('.', "-"),
        format,
        file,
        goes_to,
        mark,
        state,
        text,
        missing,
        look: findings.iter().any(|finding| finding.severity > Weight::Info),
        findings: findings.into_iter().map(finding).collect(),
        left_off,
        not_judged: not_judged.into_iter().map(left_open).collect(),
    }
}

fn finding(finding: Finding) -> FindingView {
    let Finding { rule, severity, path, message, hint } = finding;
    let (weight, mark) = match severity {
        Weight::Error => ("error", "overdue"),
        Weight::Warning => ("warning", "waiting"),
        Weight::Info => ("remark", "off"),
    };
    let place = if path.is_empty() { "the whole record".to_owned() } else { path };
    FindingView { weight, mark, rule, place, message, hint }
}

fn left_open(one: NotJudged) -> NotJudgedView {
    NotJudgedView { rule: one.rule, why: one.message }
}

/// How a record stands: a sign, and in words.
fn state(preview: &Preview) -> (&'static str, String) {
    let Some(report) = preview.report.as_ref().filter(|_| preview.text.is_ok()) else {
        return match preview.text {
            Ok(_) => ("done", "can be written".to_owned()),
            Err(_) => ("waiting", "cannot be written yet".to_owned()),
        };
    };
    let of = |weight| report.findings.iter().filter(|one| one.severity == weight).count();
    match (of(Weight::Error), of(Weight::Warning)) {
        (0, 0) if report.not_judged.is_empty() => ("done", "keeps every rule".to_owned()),
        (0, 0) => ("done", "keeps every rule that is judged here".to_owned()),
        (0, 1) => ("ready", "valid, with one warning".to_owned()),
        (0, warnings) => ("ready", format!("valid, with {warnings} warnings")),
        (1, _) => ("overdue", "breaks a rule".to_owned()),
        (errors, _) => ("overdue", format!("breaks rules in {errors} places")),
    }
}

/// A record is changed where its facts are; here somebody takes a published copy as it is.
fn read(_: &Desk<'_>, fields: &Fields) -> Read<Vec<Command>> {
    if fields.form() != "accept-copy" {
        return Err(no_such_form());
    }
    let accepted = Decision::AcceptCopy {
        record: fields.parsed("record", "Record")?,
        digest: fields.parsed("digest", "Digest")?,
        reason: fields.text("reason").to_owned(),
    };
    Ok(vec![Command::Decide(Box::new(accepted))])
}
