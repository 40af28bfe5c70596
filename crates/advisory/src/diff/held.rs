//! What of an advisory a format can hold: without it, a right copy would look wrong.

use std::collections::BTreeSet;

use crate::affected::{Affected, AffectedVersions, LineStanding, Package, Stage};
use crate::assessment::{Exploitation, Moment, Score};
use crate::credit::{Credit, CreditType, Naming};
use crate::document::{Advisory, Reference, ReferenceKind, Vulnerability};
use crate::purl;
use crate::read::{Format, Read, Said, Standing};
use crate::score::Severity;
use crate::text::paragraph;
use crate::version::line_bounds;
use crate::versions::{Lower, Stretch, Upper};

use Format::{Csaf, Cve, CycloneDx, Ghsa, OpenVex, Osv};

/// A format, and whether the document at hand has an id of its own: bodies of requests do not.
#[derive(Clone, Copy)]
pub(super) struct Target {
    format: Format,
    has_id: bool,
}

impl Target {
    pub(super) fn of(read: &Read) -> Self {
        Self { format: read.format, has_id: read.id.is_some() }
    }

    /// What is left of our advisory when it is written.
    pub(super) fn written(self, advisory: &Advisory, stage: Stage) -> (Advisory, Vec<Said>) {
        let said = said(advisory, stage);
        let mut own = advisory.clone();
        if self.format == Ghsa {
            // A body has room for one score.
            own.vulnerabilities.iter_mut().for_each(|one| one.scores.clear());
        }
        let mut held = self.held(&own, &said);
        if self.format == Ghsa {
            // Whoever has no login is thanked in the description, without saying for what.
            for credit in &mut held.credits {
                if !matches!(&credit.naming, Naming::Named { github: Some(_), .. }) {
                    credit.role = CreditType::Other;
                }
            }
        }
        let mut affected = said.iter().filter(|one| one.standing == Standing::Affected).peekable();
        let any = affected.peek().is_some();
        let open = affected.any(|one| one.fixed.is_none());
        let acts = match self.format {
            OpenVex => open,
            Csaf => any,
            Ghsa | Cve | Osv | CycloneDx => true,
        };
        held.workarounds = held.workarounds.filter(|_| acts);
        (held, self.said(said))
    }

    /// What is left of a document that was read.
    pub(super) fn read(self, own: &Read) -> (Advisory, Vec<Said>) {
        (self.held(&own.advisory, &own.said), self.said(own.said.clone()))
    }

    fn said(self, mut said: Vec<Said>) -> Vec<Said> {
        said.retain(|one| match one.standing {
            Standing::Affected => true,
            Standing::NotAffected => {
                matches!(self.format, Cve | Csaf | OpenVex | CycloneDx)
            }
            Standing::Fixed => matches!(self.format, Csaf | OpenVex | CycloneDx),
        });
        said
    }

    /// Names every field without `..`, so that a new one is placed or left out on purpose.
    fn held(self, advisory: &Advisory, said: &[Said]) -> Advisory {
        let Advisory {
            title,
            working_title: _,
            summary,
            details,
            impact,
            attack_vectors,
            workarounds,
            vulnerabilities,
            credits,
            references,
            ghsa,
            aliases,
            related,
            packages,
            timeline,
            holds: _,
        } = advisory.clone();
        let format = self.format;
        let is = |formats: &[Format]| formats.contains(&format);
        let alone = vulnerabilities.len() == 1;
        // OSV's summary is the title, or where there is none the summary.
        let own: BTreeSet<String> = aliases
            .iter()
            .cloned()
            .chain(ghsa.iter().map(ToString::to_string))
            .chain(vulnerabilities.iter().filter_map(|one| one.cve).map(|cve| cve.to_string()))
            .collect();
        let (title, summary) = match title {
            None if format == Osv => (summary, None),
            title => (title, summary),
        };
        // CycloneDX describes it by the title where there is no summary.
        let same = paragraph(summary.as_deref()) == paragraph(title.as_deref());
        let summary = summary.filter(|_| format != CycloneDx || !same);
        let shorter = |title: String| title.trim().chars().take(256).collect::<String>();
        let title = title.map(|title| if format == Cve { shorter(title) } else { title });
        let text = |text: Option<String>| text.filter(|_| format != OpenVex);
        let rating = shared_rating(&vulnerabilities);
        let affected = said.iter().filter(|one| one.standing == Standing::Affected);
        let affected: BTreeSet<usize> = affected.map(|one| one.vulnerability).collect();
        Advisory {
            title,
            working_title: None,
            summary: text(summary),
            details: text(details),
            impact: text(impact),
            attack_vectors: text(attack_vectors),
            workarounds,
            vulnerabilities: vulnerabilities
                .into_iter()
                .enumerate()
                .map(|(number, one)| {
                    self.vulnerability(one, rating.as_deref(), affected.contains(&number))
                })
                .collect(),
            credits: credits.into_iter().filter_map(|credit| self.credit(credit)).collect(),
            references: references
                .into_iter()
                .filter(|_| format != OpenVex)
                .map(|reference| self.reference(reference))
                .collect(),
            ghsa: ghsa.filter(|_| match format {
                Ghsa => self.has_id,
                OpenVex | CycloneDx => alone,
                Cve | Osv | Csaf => true,
            }),
            aliases: kept(aliases, is(&[Osv, Csaf]) || is(&[OpenVex, CycloneDx]) && alone),
            // What has the name of the advisory itself is not related to it.
            related: kept(related, format == Osv)
                .into_iter()
                .filter(|name| !own.contains(name))
                .collect(),
            packages: packages.into_iter().filter_map(|package| self.package(package)).collect(),
            timeline: kept(timeline, is(&[Cve, Csaf, CycloneDx]))
                .into_iter()
                .map(|moment| {
                    let longest = if format == Cve { 4096 } else { usize::MAX };
                    let what = moment.what.chars().take(longest).collect();
                    Moment { what, ..moment }
                })
                .collect(),
            holds: Vec::new(),
        }
    }

    fn vulnerability(
        self,
        vulnerability: Vulnerability,
        rating: Option<&str>,
        affected: bool,
    ) -> Vulnerability {
        let Vulnerability {
            cve,
            cwes,
            vector,
            rating: own,
            affected: _,
            mut scores,
            exploitation,
            ssvc,
            discovery_date,
            disclosure_date,
            first_exploitations,
        } = vulnerability;
        let format = self.format;
        let has_all = matches!(format, Csaf | CycloneDx);
        let word = || own.as_deref()?.trim().to_lowercase().parse::<Severity>().ok();
        let rating = match format {
            Ghsa if vector.is_none() => word()
                .filter(|severity| *severity != Severity::None)
                .map(|severity| severity.to_string()),
            Csaf => rating.map(ToOwned::to_owned),
            CycloneDx => own,
            _ => None,
        };
        scores.retain(|score| score.source.is_none());
        let mut scores: Vec<_> =
            vector.map(|vector| Score { vector, source: None }).into_iter().chain(scores).collect();
        scores.retain(|_| format != OpenVex);
        let vector = (!scores.is_empty()).then(|| scores.remove(0).vector);
        Vulnerability {
            cve: cve.filter(|_| format != Cve || self.has_id),
            cwes: kept(cwes, format != OpenVex),
            vector,
            rating,
            affected: Vec::new(),
            scores,
            exploitation: exploitation.filter(|known| match format {
                Cve => *known != Exploitation::None,
                Csaf | CycloneDx => affected,
                _ => false,
            }),
            ssvc: ssvc.filter(|_| has_all),
            discovery_date: discovery_date.filter(|_| has_all),
            disclosure_date: disclosure_date.filter(|_| has_all || format == Cve),
            first_exploitations: kept(first_exploitations, has_all),
        }
    }

    fn credit(self, credit: Credit) -> Option<Credit> {
        let Credit { role, naming, consent } = credit;
        let role = match role {
            CreditType::Reporter | CreditType::Analyst if self.format == CycloneDx => {
                CreditType::Finder
            }
            role => role,
        };
        let naming = match (self.format, naming) {
            (OpenVex, _) | (Ghsa | Osv, Naming::Anonymous) => return None,
            (Ghsa, naming @ Naming::Named { github: Some(_), .. }) => naming,
            (Csaf, Naming::Named { name, .. }) if name.trim().is_empty() => return None,
            (_, Naming::Named { name, company, .. }) => {
                let company = company.filter(|company| paragraph(Some(company)).is_some());
                Naming::Named { name: name.trim().to_owned(), company, github: None }
            }
            (_, Naming::Anonymous) => Naming::Anonymous,
        };
        Some(Credit { role, naming, consent })
    }

    fn reference(self, mut reference: Reference) -> Reference {
        reference.kind = match (self.format, reference.kind) {
            (Ghsa, _) | (Cve, ReferenceKind::Detection | ReferenceKind::Introduced) => {
                ReferenceKind::Web
            }
            (Cve, ReferenceKind::Evidence) => ReferenceKind::Article,
            (_, kind) => kind,
        };
        reference
    }

    /// OSV has a package URL that is known, the others one that does not follow from the name.
    fn package(self, package: Package) -> Option<Package> {
        let Package { ecosystem, name, repository, purl } = package;
        let derived = purl::of(ecosystem, &name, &[]);
        let purl = purl.map(|purl| purl::unversioned(&purl));
        let purl = match self.format {
            Osv => purl,
            Csaf | OpenVex | CycloneDx => purl.filter(|purl| Some(purl) != derived.as_ref()),
            Ghsa | Cve => None,
        };
        let repository = repository.filter(|_| matches!(self.format, Cve | CycloneDx));
        let says = purl.is_some() || repository.is_some();
        says.then_some(Package { ecosystem, name, repository, purl })
    }
}

fn kept<T>(items: Vec<T>, any: bool) -> Vec<T> {
    if any { items } else { Vec::new() }
}

fn shared_rating(vulnerabilities: &[Vulnerability]) -> Option<String> {
    let rating = |one: &Vulnerability| paragraph(one.rating.as_deref()).map(ToOwned::to_owned);
    let first = rating(vulnerabilities.first()?);
    first.filter(|first| vulnerabilities.iter().all(|one| rating(one).as_ref() == Some(first)))
}

/// What our own advisory says of versions, in the form in which documents say it.
fn said(advisory: &Advisory, stage: Stage) -> Vec<Said> {
    let mut said = Vec::new();
    for (number, vulnerability) in advisory.vulnerabilities.iter().enumerate() {
        for package in &vulnerability.affected {
            said.extend(of_package(package, number, stage));
        }
    }
    said
}

fn of_package(package: &Affected, vulnerability: usize, stage: Stage) -> Vec<Said> {
    let plain = |stretch, standing| Said {
        vulnerability,
        ecosystem: package.ecosystem,
        name: package.name.clone(),
        stretch,
        standing,
        fixed: None,
        why: None,
        statement: None,
    };
    let affected = package.ranges(stage).into_iter().map(|(_, range, fixed)| Said {
        fixed: fixed.map(ToString::to_string),
        ..plain(Stretch::from(&range), Standing::Affected)
    });
    let others = package.lines.iter().filter_map(|line| match &line.standing {
        LineStanding::Affected(AffectedVersions { actual_fixed, .. }) => {
            let version = actual_fixed.as_ref()?;
            Some(plain(Stretch::only(version.as_str()), Standing::Fixed))
        }
        LineStanding::NotAffected { justification, statement } => {
            let (start, next) = line_bounds(&line.line)?;
            let lower = Lower::From(start.as_str().to_owned());
            let upper = Upper::Before(next.as_str().to_owned());
            Some(Said {
                why: Some(*justification),
                statement: paragraph(statement.as_deref()).map(ToOwned::to_owned),
                ..plain(Stretch::new(lower, upper), Standing::NotAffected)
            })
        }
    });
    affected.chain(others).collect()
}
