//! An advisory in every format, and advisories with every field to write.

use advisory::csaf::{self, CsafVersion};
use advisory::osv::Publication;
use advisory::{
    Advisory, CreditType, Ecosystem, Exploitation, Format, Justification, LineStanding, Reader,
    ReferenceKind, Shown, Stage, Withhold,
};
use jiff::Timestamp;
use proptest::prelude::*;

use crate::{formats, generated};

/// When everything is published here.
fn at() -> Timestamp {
    "2021-07-22T15:00:00Z".parse().unwrap()
}

pub(crate) fn shown(advisory: &Advisory) -> Shown {
    advisory.for_audience(&Reader::public(at()))
}

/// The document, or `None` where the format asks for what the advisory has not.
pub(crate) fn write(format: Format, advisory: &Advisory, stage: Stage) -> Option<String> {
    let at = at();
    let shown = shown(advisory);
    let bytes = match format {
        Format::Ghsa => advisory::ghsa::update(advisory, Withhold::default(), stage)
            .ok()
            .map(|body| body.as_bytes().to_vec()),
        Format::Osv => {
            let id = advisory.ghsa.as_ref().map_or("OSV-1".to_owned(), ToString::to_string);
            let publication = Publication { id, ..formats::publication(at, stage) };
            advisory::osv::write(&shown, &publication).ok()
        }
        Format::Cve => advisory::cve::write(&shown, 0, &formats::provider(at, stage)).ok(),
        Format::Csaf => csaf(CsafVersion::V2_0, &shown, stage),
        Format::OpenVex => advisory::openvex::write(&shown, &formats::author(at, stage)).ok(),
        Format::CycloneDx => advisory::cyclonedx::write(&shown, &formats::edition(at, stage)).ok(),
    }?;
    Some(String::from_utf8(bytes).unwrap())
}

fn csaf(version: CsafVersion, shown: &Shown, stage: Stage) -> Option<Vec<u8>> {
    let tracking = formats::tracking(at(), stage);
    csaf::write_as(version, shown, &formats::publisher(), &tracking).ok()
}

/// The same as CSAF 2.1.
pub(crate) fn csaf_2_1(advisory: &Advisory, stage: Stage) -> Option<String> {
    let bytes = csaf(CsafVersion::V2_1, &shown(advisory), stage)?;
    Some(String::from_utf8(bytes).unwrap())
}

/// Advisories with values in every field.
pub(crate) fn advisories() -> impl Strategy<Value = Advisory> {
    let roles = vec![CreditType::Finder, CreditType::Tool, CreditType::RemediationReviewer];
    let kinds = vec![
        ReferenceKind::Advisory,
        ReferenceKind::Article,
        ReferenceKind::Detection,
        ReferenceKind::Discussion,
        ReferenceKind::Evidence,
        ReferenceKind::Fix,
        ReferenceKind::Introduced,
        ReferenceKind::Package,
        ReferenceKind::Report,
        ReferenceKind::Web,
    ];
    let exploited = vec![
        None,
        Some(Exploitation::None),
        Some(Exploitation::PublicPoc),
        Some(Exploitation::Active),
    ];
    let reasons = vec![
        Justification::ComponentNotPresent,
        Justification::VulnerableCodeNotPresent,
        Justification::VulnerableCodeNotInExecutePath,
        Justification::VulnerableCodeCannotBeControlledByAdversary,
        Justification::InlineMitigationsAlreadyExist,
    ];
    let ratings = vec![None, Some("high"), Some("grave"), Some("none")];
    (
        generated::advisory(),
        prop::collection::vec(prop::sample::select(roles), 4),
        prop::collection::vec(prop::sample::select(kinds), 4),
        prop::sample::select(exploited),
        prop::sample::select(reasons),
        prop::sample::select(ratings),
        (any::<bool>(), any::<bool>(), any::<bool>()),
        prop::option::of(generated::text()),
    )
        .prop_map(|(mut advisory, roles, kinds, exploited, why, rating, flags, details)| {
            let (known, titled, named) = flags;
            for (credit, role) in advisory.credits.iter_mut().zip(roles) {
                credit.role = role;
            }
            for (reference, kind) in advisory.references.iter_mut().zip(kinds) {
                reference.kind = kind;
            }
            if titled {
                advisory.title.get_or_insert_with(|| "A title".to_owned());
            }
            if !named {
                advisory.ghsa = None;
            }
            if let Some(details) = details {
                advisory.details = Some(details);
            }
            let packages = advisory.packages.iter_mut().enumerate();
            for (number, package) in packages.filter(|_| known) {
                let place = match package.ecosystem {
                    Ecosystem::Npm => "npm/example.org/",
                    Ecosystem::Pip => "pypi/",
                    Ecosystem::Maven => "maven/example.org/",
                    _ => "golang/example.org/",
                };
                package.purl = Some(format!("pkg:{place}P{number}"));
            }
            // Every format takes entries of one package together.
            for (number, package) in advisory.packages.iter_mut().enumerate() {
                package.name.push_str(&number.to_string());
            }
            let mut renamed = advisory.packages.iter().map(|package| &package.name);
            for vulnerability in &mut advisory.vulnerabilities {
                vulnerability.exploitation = exploited;
                vulnerability.rating = rating.map(ToOwned::to_owned);
                for package in &mut vulnerability.affected {
                    package.name.clone_from(renamed.next().unwrap());
                    for line in &mut package.lines {
                        if let LineStanding::NotAffected { justification, .. } = &mut line.standing
                        {
                            *justification = why;
                        }
                    }
                }
            }
            advisory
        })
}
