//! The vulnerabilities and the advisory's text.

use case::{
    VulnId,
    act::{Act, ActKind},
    event::Origin,
    state::{CveState, Vulnerability},
};

use super::{Kind, Row, Table, Value, row, source::Source, source::acts, text, texts, time, yes};

type OfVulnerability = fn(&Source<'_>, VulnId, &Vulnerability) -> Value;

const fn vulnerability(
    name: &'static str,
    kind: Kind,
    doc: &'static str,
    get: OfVulnerability,
) -> Row<OfVulnerability> {
    row(name, kind, doc, get)
}

pub(super) static VULNERABILITY: Table<OfVulnerability> = Table {
    name: "vulnerability",
    doc: "One vulnerability.",
    rows: &[
        vulnerability("title", Kind::Text, "Its neutral working title.", |_, _, v| text(&v.title)),
        vulnerability("upstream", Kind::Text, "Whose it is, if not this project's.", |_, _, v| {
            text(match &v.origin {
                Origin::Ours => "",
                Origin::Upstream { project } => project,
            })
        }),
        vulnerability("vector", Kind::Text, "Its CVSS vector.", |_, _, v| {
            text(v.vector.as_ref().map(ToString::to_string).unwrap_or_default())
        }),
        vulnerability("cwes", Kind::Texts, "Its weaknesses.", |_, _, v| {
            texts(v.cwes.iter().map(ToString::to_string))
        }),
        vulnerability(
            "cve",
            Kind::Text,
            "`none`, `requested`, `assigned`, `declined`, `published`, `rejected` or `disputed`.",
            |_, _, v| {
                text(match v.cve {
                    CveState::None => "none",
                    CveState::Requested => "requested",
                    CveState::Assigned => "assigned",
                    CveState::Declined => "declined",
                    CveState::Published => "published",
                    CveState::Rejected => "rejected",
                    CveState::Disputed => "disputed",
                })
            },
        ),
        vulnerability("cve_asked", Kind::Bool, "The CNA was asked for an id.", |s, id, _| {
            let asked = ActKind::RequestCve { vulnerability: id };
            yes(acts(s.case, &asked).any(|act: &Act| act.done_at().is_some()))
        }),
        vulnerability("cve_id", Kind::Text, "Its CVE id.", |_, _, v| {
            text(v.cve_id.map(|id| id.to_string()).unwrap_or_default())
        }),
        vulnerability("plan_b", Kind::Text, "What happens without a CVE id.", |_, _, v| {
            text(v.plan_b.clone().unwrap_or_default())
        }),
        vulnerability(
            "in_draft",
            Kind::Bool,
            "The forge's advisory names all its weaknesses: a CWE that does not exist cannot be \
             entered there.",
            |s, _, v| {
                let draft = s.case.forge.draft.as_ref();
                yes(draft.is_some_and(|d| v.cwes.iter().all(|cwe| d.cwes.contains(cwe))))
            },
        ),
    ],
};

pub(super) fn vulnerabilities(source: &Source<'_>) -> Value {
    let all = source.case.vulnerabilities.iter();
    Value::List(all.map(|(id, v)| VULNERABILITY.record(|get| get(source, *id, v))).collect())
}

type Get = fn(&Source<'_>) -> Value;

const fn of(name: &'static str, kind: Kind, doc: &'static str, get: Get) -> Row<Get> {
    row(name, kind, doc, get)
}

pub(super) static ADVISORY: Table<Get> = Table {
    name: "advisory",
    doc: "The advisory's text at its latest revision.",
    rows: &[
        of("written", Kind::Bool, "There is a text, with a title and a description.", |s| {
            yes(s.case.advisory.as_ref().is_some_and(|t| {
                let a = &t.advisory;
                let filled = |text: &Option<String>| {
                    text.as_ref().is_some_and(|text| !text.trim().is_empty())
                };
                filled(&a.title) && (filled(&a.summary) || filled(&a.details))
            }))
        }),
        of("revision", Kind::Int, "How often it was revised, from 1.", |s| {
            Value::Int(s.case.advisory.as_ref().map_or(0, |t| i64::from(t.revision)))
        }),
        of("at", Kind::Time, "When it was last revised.", |s| {
            time(s.case.advisory.as_ref().map(|t| t.at))
        }),
    ],
};

pub(super) fn advisory(source: &Source<'_>) -> Value {
    ADVISORY.record(|get| get(source))
}
