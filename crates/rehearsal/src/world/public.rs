//! What everybody can read of a published advisory, in the formats of the real parties, and the
//! hands that edit it there.

use advisory::{
    Advisory, CveId, GhsaId, LineStanding, Naming, Reader, Reference, ReferenceKind, Stage,
    Withhold, cve, ghsa,
};
use case::ActId;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Scene,
    agenda::{Plan, after},
};
use crate::dice::Dice;

const STAGE: Stage = Stage::Planned;
const ORG: &str = "7f0c6e0e-9d5e-4b53-8a30-1c3f6d0a5b42";

/// An advisory as GitHub answers everybody who asks for it. It holds one vulnerability.
pub(crate) fn ghsa(id: &GhsaId, url: &str, advisory: &Advisory) -> Option<String> {
    let mut one = advisory.clone();
    one.vulnerabilities.truncate(1);
    let body = ghsa::update(&one, Withhold::default(), STAGE).ok()?;
    let mut answer: Value = serde_json::from_slice(body.as_bytes()).ok()?;
    let members = answer.as_object_mut()?;
    members.insert("ghsa_id".into(), id.as_str().into());
    members.insert("html_url".into(), url.into());
    members.insert("state".into(), "published".into());
    serde_json::to_string(&answer).ok()
}

/// A vulnerability's CVE Record as everybody can fetch it.
pub(crate) fn cve(id: CveId, at: Timestamp, advisory: &Advisory) -> Option<String> {
    let mut advisory = advisory.clone();
    if advisory.references.is_empty() {
        // A record needs one; a CNA takes where it heard of it.
        let url = "https://forge.example/signpost/security/advisories".into();
        advisory.references.push(Reference { kind: ReferenceKind::Web, url, private: false });
    }
    let number = advisory.vulnerabilities.iter().position(|one| one.cve == Some(id))?;
    let provider = cve::Provider {
        org_id: ORG.into(),
        short_name: None,
        vendor: "Signpost".into(),
        product: "signpost".into(),
        stage: STAGE,
        date_public: Some(at),
    };
    let body = cve::write(&advisory.for_audience(&Reader::public(at)), number, &provider).ok()?;
    let body: Value = serde_json::from_slice(&body).ok()?;
    let record = json!({
        "dataType": "CVE_RECORD",
        "dataVersion": cve::SCHEMA_VERSION,
        "cveMetadata": { "cveId": id.to_string(), "assignerOrgId": ORG, "state": "PUBLISHED" },
        "containers": { "cna": body.get("cnaContainer")? },
    });
    serde_json::to_string(&record).ok()
}

/// Where parties misbehave, somebody edits most copies on the web, minutes after the publication.
pub(super) fn may_be_edited(published: ActId, dice: &mut Dice, scene: &mut Scene<'_>) {
    if scene.setting.faults && dice.below(3) > 0 {
        let at = after(scene.at, dice.minutes(1, 8));
        scene.agenda.add(at, Plan::Edit(published));
    }
}

type Edit = fn(&mut Advisory) -> bool;

const EDITS: [(&str, Edit); 3] = [
    ("a credit is lost", lose_credit),
    ("a range is narrowed", narrow_range),
    ("the workarounds are dropped", |advisory| advisory.workarounds.take().is_some()),
];

/// Edits a copy; what became of it, if there was anything to change.
pub(super) fn edit(advisory: &mut Advisory, dice: &mut Dice) -> Option<&'static str> {
    let mut edits = EDITS.to_vec();
    dice.shuffle(&mut edits);
    edits.into_iter().find_map(|(what, edit)| edit(advisory).then_some(what))
}

fn lose_credit(advisory: &mut Advisory) -> bool {
    let before = advisory.credits.len();
    advisory.credits.retain(|credit| credit.naming == Naming::Anonymous);
    advisory.credits.len() < before
}

/// The lowest line was affected from its beginning, and is no more.
fn narrow_range(advisory: &mut Advisory) -> bool {
    let packages = advisory.vulnerabilities.iter_mut().flat_map(|one| &mut one.affected);
    let mut changed = false;
    for line in packages.flat_map(|package| &mut package.lines) {
        if let LineStanding::Affected(versions) = &mut line.standing
            && versions.introduced.is_none()
        {
            versions.introduced = format!("{}.0", line.line).parse().ok();
            changed |= versions.introduced.is_some();
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use advisory::{Affected, AffectedVersions, Credit, Ecosystem, Format, Line, Vulnerability};
    use advisory::{Consent, CreditType, check::Weight};

    use super::*;

    fn published() -> Advisory {
        let line = |name: &str, fixed: &str| Line {
            line: name.into(),
            standing: LineStanding::Affected(AffectedVersions {
                planned_fixed: fixed.parse().ok(),
                ..AffectedVersions::default()
            }),
        };
        Advisory {
            title: Some("It crashes".into()),
            details: Some("A header without a value ends the process.".into()),
            workarounds: Some("Drop such headers.".into()),
            vulnerabilities: vec![Vulnerability {
                cve: "CVE-2021-32783".parse().ok(),
                affected: vec![Affected {
                    ecosystem: Ecosystem::Go,
                    name: "signpost.example/signpost".into(),
                    lines: vec![line("1.15", "1.15.2"), line("1.14", "1.14.5")],
                }],
                ..Vulnerability::default()
            }],
            credits: vec![Credit {
                role: CreditType::Reporter,
                naming: Naming::Named { name: "Rita".into(), company: None, github: None },
                consent: Consent::Given,
            }],
            ghsa: "GHSA-5ph6-qq5x-7jwc".parse().ok(),
            ..Advisory::default()
        }
    }

    /// What the house would say of each copy.
    fn differences(shown: &Advisory) -> [Vec<String>; 2] {
        let (ours, at) = (published(), Timestamp::UNIX_EPOCH);
        let id = "CVE-2021-32783".parse().unwrap();
        let copies = [
            (Format::Ghsa, ghsa(ours.ghsa.as_ref().unwrap(), "https://forge.example/1", shown)),
            (Format::Cve, cve(id, at, shown)),
        ];
        copies.map(|(format, text)| {
            let copy = format.read(&text.unwrap()).unwrap();
            let all = advisory::diff(&ours.for_audience(&Reader::public(at)), STAGE, &copy);
            let matters = all.iter().filter(|one| one.severity > Weight::Info);
            matters.map(ToString::to_string).collect()
        })
    }

    #[test]
    fn a_copy_agrees_until_it_is_edited_and_each_edit_shows() {
        assert_eq!(differences(&published()), [Vec::<String>::new(), Vec::new()]);
        for ((what, edit), field) in
            EDITS.iter().zip(["credits", "affected versions", "workarounds"])
        {
            let mut copy = published();
            assert!(edit(&mut copy), "{what}");
            for found in differences(&copy) {
                assert!(found.iter().any(|one| one.starts_with(field)), "{what}: {found:?}");
            }
            assert!(!edit(&mut copy), "{what}: nothing is left to change");
        }
    }
}
