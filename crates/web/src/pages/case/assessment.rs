//! Triage, the vulnerabilities and their severity, the verdict on every line, the distributors
//! concerned, and the advisory's text.

use std::collections::BTreeSet;

use advisory::{Advisory, CweId, Reference, ReferenceKind, cwe};
use case::{
    Command, LineKey, PersonId, Role, VulnId,
    act::ActKind,
    event::{Concerned, Decision, LineVerdict, Origin, Triage},
    observation::{CveWord, Observation},
    rights::Permission,
    state::{CveState, Vulnerability},
};
use serde::Serialize;

use super::{
    Tab, no_such_form,
    particulars::{self, Particulars},
    relate,
};
use crate::{
    desk::Desk,
    fields::{Fields, Read, bad},
    time::Moment,
    view::{
        acts::{self, Offer},
        readiness,
    },
    words,
};

pub(super) const TAB: Tab = Tab {
    slug: "assessment",
    title: "Assessment",
    template: "case/assessment.html",
    content,
    read,
};

#[derive(Serialize)]
struct TriageView {
    verdict: &'static str,
    reason: String,
    at: Moment,
}

#[derive(Serialize)]
struct VulnView {
    id: String,
    title: String,
    origin: String,
    vector: String,
    score: Option<String>,
    cwes: String,
    weaknesses: Vec<WeaknessView>,
    cve: &'static str,
    cve_id: Option<String>,
    plan_b: Option<String>,
    request: Option<Offer>,
}

#[derive(Serialize)]
struct WeaknessView {
    id: String,
    name: &'static str,
    objection: Option<String>,
}

#[derive(Serialize)]
struct DistributorView {
    id: String,
    name: String,
    organisation: String,
    concerned: bool,
    why: String,
    lines: String,
}

#[derive(Serialize, Default)]
struct TextView {
    title: String,
    summary: String,
    details: String,
    impact: String,
    attack_vectors: String,
    workarounds: String,
    references: String,
    revision: u32,
}

#[derive(Serialize)]
struct Content {
    triage: Option<TriageView>,
    vulnerabilities: Vec<VulnView>,
    lines: readiness::Matrix,
    distributors: Vec<DistributorView>,
    distributors_reason: Option<String>,
    text: TextView,
    particulars: Vec<Particulars>,
    ecosystems: [&'static str; 13],
    coordinate: bool,
}

fn content(desk: &Desk<'_>) -> minijinja::Value {
    let case = desk.case;
    minijinja::Value::from_serialize(Content {
        triage: case.triage.as_ref().map(|t| TriageView {
            verdict: words::triage(&t.verdict),
            reason: t.reason.clone(),
            at: desk.moment(t.at),
        }),
        vulnerabilities: case
            .vulnerabilities
            .iter()
            .map(|(id, v)| vulnerability(desk, *id, v))
            .collect(),
        lines: readiness::matrix(desk),
        distributors: distributors(desk),
        distributors_reason: case.distributors.as_ref().map(|d| d.reason.clone()),
        text: case.advisory.as_ref().map(|t| text(&t.advisory, t.revision)).unwrap_or_default(),
        particulars: particulars::view(desk),
        ecosystems: particulars::ecosystems(),
        coordinate: desk.may(Permission::Coordinate),
    })
}

fn vulnerability(desk: &Desk<'_>, id: VulnId, v: &Vulnerability) -> VulnView {
    let cwes: Vec<_> = v.cwes.iter().map(ToString::to_string).collect();
    VulnView {
        id: id.to_string(),
        title: v.title.clone(),
        origin: match &v.origin {
            Origin::Ours => "this project's own".into(),
            Origin::Upstream { project } => format!("inherited from {project}"),
        },
        vector: v.vector.as_ref().map(ToString::to_string).unwrap_or_default(),
        score: v.vector.as_ref().map(|v| format!("{:.1} {}", v.score(), v.severity())),
        cwes: cwes.join(" "),
        weaknesses: v.cwes.iter().copied().map(weakness).collect(),
        cve: match v.cve {
            CveState::None => "not asked for",
            CveState::Requested => "requested",
            CveState::Assigned => "assigned",
            CveState::Declined => "declined by the CNA",
            CveState::Published => "published",
            CveState::Rejected => "rejected",
            CveState::Disputed => "disputed",
        },
        cve_id: v.cve_id.map(|id| id.to_string()),
        plan_b: v.plan_b.clone(),
        request: acts::offer(desk, &ActKind::RequestCve { vulnerability: id }),
    }
}

fn distributors(desk: &Desk<'_>) -> Vec<DistributorView> {
    let decided = desk.case.distributors.as_ref();
    let of = |id: PersonId| decided.and_then(|d| d.concerned.iter().find(|c| c.person == id));
    let view = |(id, person): (PersonId, &case::people::Participant)| {
        let concerned = of(id);
        let lines: Vec<_> =
            concerned.iter().flat_map(|c| &c.lines).map(ToString::to_string).collect();
        DistributorView {
            id: id.to_string(),
            name: person.name.clone(),
            organisation: person.organisation.clone().unwrap_or_else(|| person.name.clone()),
            concerned: concerned.is_some(),
            why: concerned.map(|c| c.why.clone()).unwrap_or_default(),
            lines: lines.join(" "),
        }
    };
    desk.case.holding(Role::Distributor).map(view).collect()
}

/// Nothing is refused here: a newer catalogue may know more than ours.
fn weakness(id: CweId) -> WeaknessView {
    let entry = cwe::find(id);
    let objection = match &entry {
        Some(entry) => entry.objection(),
        None => Some(format!("CWE {} has no {id}", cwe::Catalogue::newest().version())),
    };
    WeaknessView { id: id.to_string(), name: entry.map_or("", |entry| entry.name), objection }
}

fn text(advisory: &Advisory, revision: u32) -> TextView {
    let own = |text: &Option<String>| text.clone().unwrap_or_default();
    let urls: Vec<_> = advisory.references.iter().map(|r| r.url.as_str()).collect();
    TextView {
        title: own(&advisory.title),
        summary: own(&advisory.summary),
        details: own(&advisory.details),
        impact: own(&advisory.impact),
        attack_vectors: own(&advisory.attack_vectors),
        workarounds: own(&advisory.workarounds),
        references: urls.join("\n"),
        revision,
    }
}

fn read(desk: &Desk<'_>, fields: &Fields) -> Read<Vec<Command>> {
    if fields.form() == "cna" {
        return Ok(vec![Command::Observe(Box::new(cna(fields)?))]);
    }
    let decisions = match fields.form() {
        "triage" => vec![triage(desk, fields)?],
        "vulnerability" => vec![new_vulnerability(fields)],
        "assess" => vec![assess(fields)?],
        "plan-b" => vec![Decision::CvePlanB {
            vulnerability: fields.parsed("vulnerability", "Vulnerability")?,
            plan: fields.text("plan").to_owned(),
        }],
        "lines" => lines(desk, fields)?,
        "distributors" => vec![concerned(desk, fields)?],
        "advisory" => vec![Decision::Advisory(Box::new(written(desk, fields)?))],
        _ => return Err(no_such_form()),
    };
    Ok(decisions.into_iter().map(|d| Command::Decide(Box::new(d))).collect())
}

fn triage(desk: &Desk<'_>, fields: &Fields) -> Read<Decision> {
    let verdict = match fields.text("verdict") {
        "accepted" => Triage::Accepted,
        "invalid" => Triage::Invalid,
        "duplicate" => Triage::Duplicate { of: relate::other_case(desk.visit, fields, "of")? },
        "deferred" => Triage::Deferred,
        "not-security" => Triage::NotSecurity,
        _ => return Err(bad("no verdict is chosen", "choose one")),
    };
    Ok(Decision::Triage { verdict, reason: fields.text("reason").to_owned() })
}

fn new_vulnerability(fields: &Fields) -> Decision {
    let origin = match fields.optional("upstream") {
        Some(project) => Origin::Upstream { project },
        None => Origin::Ours,
    };
    let title = fields.text("title").to_owned();
    Decision::Vulnerability { id: VulnId(fields.derive("vulnerability")), title, origin }
}

fn assess(fields: &Fields) -> Read<Decision> {
    let id = |text: String| {
        let given = if text.starts_with("CWE-") { text } else { format!("CWE-{text}") };
        given.parse::<CweId>().map_err(|why| {
            let remedy = named(fields.text("cwes")).unwrap_or_else(|| "write it as CWE-79".into());
            bad(format!("“{given}”: {why}"), remedy)
        })
    };
    Ok(Decision::Assessment {
        vulnerability: fields.parsed("vulnerability", "Vulnerability")?,
        vector: fields.parsed("vector", "CVSS vector")?,
        cwes: fields.words("cwes").into_iter().map(id).collect::<Read<_>>()?,
    })
}

/// The weaknesses that somebody may mean who writes words instead of ids.
fn named(words: &str) -> Option<String> {
    let found = cwe::search(words).into_iter().take(5);
    let found: Vec<_> = found.map(|entry| format!("{} ({})", entry.id, entry.name)).collect();
    (!found.is_empty())
        .then(|| format!("write one of these ids, if it is meant: {}", found.join(", ")))
}

/// The CNA's answer, when it reached a person and not the house.
fn cna(fields: &Fields) -> Read<Observation> {
    let why = || fields.required("why", "In its words").map(ToOwned::to_owned);
    let word = match fields.text("word") {
        "assigned" => CveWord::Assigned { id: fields.parsed("id", "CVE id")? },
        "declined" => CveWord::Declined { why: why()? },
        "rejected" => CveWord::Rejected { why: why()? },
        "disputed" => CveWord::Disputed { why: why()? },
        _ => return Err(bad("no answer is chosen", "choose one")),
    };
    Ok(Observation::Cve { vulnerability: fields.parsed("vulnerability", "Vulnerability")?, word })
}

/// The verdicts that differ from those in force.
fn lines(desk: &Desk<'_>, fields: &Fields) -> Read<Vec<Decision>> {
    let mut changed = Vec::new();
    for (key, line) in desk.supported() {
        let why = || fields.text(&format!("why {key}")).to_owned();
        let verdict = match fields.text(&format!("verdict {key}")) {
            "patch" => LineVerdict::Patch { version: fields.optional(&format!("version {key}")) },
            "not-affected" => LineVerdict::NotAffected { why: why() },
            "end-of-life" => LineVerdict::EndOfLife { why: why() },
            _ => continue,
        };
        if line.verdict.as_ref() != Some(&verdict) {
            changed.push(Decision::Line { line: key.clone(), verdict });
        }
    }
    if changed.is_empty() {
        return Err(bad("no verdict was changed", "choose a verdict for at least one line"));
    }
    Ok(changed)
}

fn concerned(desk: &Desk<'_>, fields: &Fields) -> Read<Decision> {
    let chosen: BTreeSet<&str> = fields.all("concerned").collect();
    let line = |text: String| {
        text.parse::<LineKey>().map_err(|why| bad(why.to_string(), "write it as repository#1.15"))
    };
    let mut concerned = Vec::new();
    for (id, person) in desk.case.holding(Role::Distributor) {
        if chosen.contains(id.to_string().as_str()) {
            concerned.push(Concerned {
                person: id,
                organisation: person.organisation.clone().unwrap_or_else(|| person.name.clone()),
                why: fields.text(&format!("why {id}")).to_owned(),
                lines: fields
                    .words(&format!("lines {id}"))
                    .into_iter()
                    .map(line)
                    .collect::<Read<_>>()?,
            });
        }
    }
    Ok(Decision::Distributors { concerned, reason: fields.text("reason").to_owned() })
}

/// The advisory with the words of the form; what the form does not show stays as it was.
fn written(desk: &Desk<'_>, fields: &Fields) -> Read<Advisory> {
    let mut advisory =
        desk.case.advisory.as_ref().map(|text| text.advisory.clone()).unwrap_or_default();
    advisory.title = Some(fields.required("title", "Title")?.to_owned());
    advisory.summary = fields.optional("summary");
    advisory.details = fields.optional("details");
    advisory.impact = fields.optional("impact");
    advisory.attack_vectors = fields.optional("attack_vectors");
    advisory.workarounds = fields.optional("workarounds");
    let urls = fields.lines("references");
    advisory.references.retain(|known| urls.contains(&known.url));
    for url in urls {
        if !advisory.references.iter().any(|known| known.url == url) {
            advisory.references.push(Reference { kind: ReferenceKind::Web, url, private: false });
        }
    }
    particulars::read(desk, fields, &mut advisory)?;
    Ok(advisory)
}
