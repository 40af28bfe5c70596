//! What a case's records would say if they were published now, each with what its format's rules
//! say of it: for the case's page, and for whoever takes the case away as files.
//!
//! Only previews: what goes out is composed from the case when its act is planned. A format is one
//! line in [`FORMATS`]. Must not write anything by itself; room `advisory` knows the formats.

use advisory::{
    Advisory, Audience, Imprint, Reader, Shown, Stage, Withhold,
    check::Report,
    csaf::{self, CsafVersion, Publisher, Revision, Status, Tracking},
    cve, cyclonedx, ghsa, markdown, openvex, oss_security, osv,
};
use case::{Case, complete_advisory};
use jiff::{Timestamp, tz::TimeZone};

use crate::{Loaded, published};

/// Patch releases are planned until they are out; the actual version is named where there is one.
pub(crate) const STAGE: Stage = Stage::Planned;

/// A record as it would be published now.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// The format's name.
    pub format: &'static str,
    /// Where it goes, in a few words.
    pub goes_to: &'static str,
    /// The name of its file.
    pub file: String,
    /// For whom it was rendered.
    pub audience: Audience,
    /// The moment at which they read it: the instant, where there is one.
    pub at: Timestamp,
    /// Its exact bytes, or what is still missing.
    pub text: Result<String, String>,
    /// What the format's rules say of it.
    pub report: Option<Report>,
}

/// How a record is written: from the facts, for the vulnerability of that number.
type Write = fn(&Facts<'_>, usize) -> Result<Vec<u8>, String>;

struct Format {
    name: &'static str,
    goes_to: &'static str,
    file: &'static str,
    /// There is one for each vulnerability.
    each: bool,
    write: Write,
    check: Option<fn(&str) -> Report>,
}

const FORMATS: &[Format] = &[
    one("GHSA", "the forge", "ghsa.json", of_ghsa, Some(|text| ghsa::check(text, None))),
    Format { each: true, ..one("CVE", "CVE Services", "cve.json", of_cve, Some(cve::check)) },
    one("OSV", "the provider's tree", "osv.json", of_osv, Some(osv::check)),
    one("CSAF 2.0", "the provider's tree", "csaf.json", of_csaf, Some(csaf::check)),
    one("CSAF 2.1", "whoever asks for it", "csaf-2.1.json", of_csaf_2_1, Some(csaf::check)),
    one("OpenVEX", "whoever asks for it", "openvex.json", of_openvex, Some(openvex::check)),
    one("CycloneDX", "whoever asks for it", "cyclonedx.json", of_cyclonedx, Some(cyclonedx::check)),
    one("Markdown", "whoever reads it as a page", "advisory.md", of_markdown, None),
    one("oss-security", "the public mailing list", "oss-security.txt", of_oss_security, None),
];

/// A record of the whole advisory.
const fn one(
    name: &'static str,
    goes_to: &'static str,
    file: &'static str,
    write: Write,
    check: Option<fn(&str) -> Report>,
) -> Format {
    Format { name, goes_to, file, each: false, write, check }
}

/// What records are made of.
struct Facts<'a> {
    case: &'a Case,
    imprint: Option<&'a Imprint>,
    advisory: Advisory,
    shown: Shown,
    at: Timestamp,
    editions: Vec<Revision>,
    withdrawn: Option<Timestamp>,
}

/// Every record of a case as the public would read it: at the instant of its disclosure, else at
/// that of the embargo, else now; and as of its last edition once it is published.
///
/// Credit names the reporter before the public may know: without `identity`, none is in a record
/// that is not out yet.
#[must_use]
pub fn previews(
    loaded: &Loaded,
    imprint: Option<&Imprint>,
    now: Timestamp,
    identity: bool,
) -> Vec<Preview> {
    let case = &loaded.case;
    let (mut editions, withdrawn) = published::editions_and_withdrawal(loaded);
    let planned = case.disclosure.as_ref().map(|plan| plan.instant);
    let standing = planned.or(case.embargo.standing_instant()).unwrap_or(now);
    let at = editions.last().map_or(standing, |edition| edition.at);
    if editions.is_empty() {
        editions.push(Revision { at, summary: "Published.".to_owned() });
    }
    let advisory = advisory_for(case, identity);
    let facts = advisory.map(|advisory| {
        let shown = advisory.for_audience(&Reader::public(at));
        Facts { case, imprint, advisory, shown, at, editions, withdrawn }
    });
    let preview = |format: &Format, number: usize, file: String| {
        let written = match &facts {
            Some(facts) => (format.write)(facts, number),
            None => Err("the advisory has not been written yet".to_owned()),
        };
        let text = written.and_then(|bytes| {
            String::from_utf8(bytes).map_err(|_| "the record is not text".to_owned())
        });
        let report = format.check.and_then(|check| text.as_deref().ok().map(check));
        let Format { name, goes_to, .. } = format;
        Preview { format: name, goes_to, file, audience: Audience::Public, at, text, report }
    };
    let vulnerabilities = facts.as_ref().map_or(0, |facts| facts.advisory.vulnerabilities.len());
    let mut previews = Vec::new();
    for format in FORMATS {
        if format.each && vulnerabilities > 1 {
            previews.extend((0..vulnerabilities).map(|number| {
                preview(format, number, format!("{}-{}", number.saturating_add(1), format.file))
            }));
        } else {
            previews.push(preview(format, 0, format.file.to_owned()));
        }
    }
    previews
}

/// The advisory as the case would publish it, without the credits where the reader may not see who
/// reported and the public cannot either yet.
pub(crate) fn advisory_for(case: &Case, identity: bool) -> Option<Advisory> {
    let mut advisory = complete_advisory(case)?;
    if !identity && published::editions(case).is_empty() {
        advisory.credits.clear();
    }
    Some(advisory)
}

impl Facts<'_> {
    fn imprint(&self) -> Result<&Imprint, String> {
        self.imprint.ok_or_else(|| {
            "the project's page does not say yet how it signs what it publishes".to_owned()
        })
    }

    fn id(&self) -> Result<String, String> {
        self.advisory.record_id().ok_or_else(|| {
            "the advisory has neither a GHSA nor a CVE id yet, from which records are named"
                .to_owned()
        })
    }

    fn first(&self) -> Timestamp {
        self.editions.first().map_or(self.at, |edition| edition.at)
    }

    /// Its number, from 1.
    fn edition(&self) -> u32 {
        u32::try_from(self.editions.len()).unwrap_or(u32::MAX)
    }
}

fn of_ghsa(facts: &Facts<'_>, _: usize) -> Result<Vec<u8>, String> {
    let withhold = Withhold::default();
    let body = match facts.case.forge.draft {
        Some(_) => ghsa::update(&facts.advisory, withhold, STAGE),
        None => ghsa::create(&facts.advisory, withhold, false),
    };
    let body = body.map_err(|error| error.to_string())?;
    // The forge gets it without blanks; here people read it.
    let value: serde_json::Value =
        serde_json::from_slice(body.as_bytes()).map_err(|error| error.to_string())?;
    let mut text = serde_json::to_vec_pretty(&value).map_err(|error| error.to_string())?;
    text.push(b'\n');
    Ok(text)
}

fn of_cve(facts: &Facts<'_>, number: usize) -> Result<Vec<u8>, String> {
    let cna = facts.imprint()?.cna.as_ref().ok_or_else(|| {
        "the project is no CNA by its own page, so somebody else writes this record".to_owned()
    })?;
    let provider = cve::Provider {
        org_id: cna.org_id.to_string(),
        short_name: cna.short_name.as_ref().map(ToString::to_string),
        vendor: cna.vendor.to_string(),
        product: cna.product.to_string(),
        stage: STAGE,
        date_public: Some(facts.first()),
    };
    cve::write(&facts.shown, number, &provider).map_err(|error| error.to_string())
}

fn of_osv(facts: &Facts<'_>, _: usize) -> Result<Vec<u8>, String> {
    let publication = osv::Publication {
        id: facts.id()?,
        published: Some(facts.first()),
        modified: facts.at,
        withdrawn: facts.withdrawn,
        stage: STAGE,
    };
    osv::write(&facts.shown, &publication).map_err(|error| error.to_string())
}

fn of_csaf(facts: &Facts<'_>, _: usize) -> Result<Vec<u8>, String> {
    csaf_as(facts, CsafVersion::V2_0)
}

fn of_csaf_2_1(facts: &Facts<'_>, _: usize) -> Result<Vec<u8>, String> {
    csaf_as(facts, CsafVersion::V2_1)
}

fn csaf_as(facts: &Facts<'_>, version: CsafVersion) -> Result<Vec<u8>, String> {
    let imprint = facts.imprint()?;
    let year = facts.first().to_zoned(TimeZone::UTC).year();
    let publisher = Publisher::of(imprint, version, year);
    let tracking = Tracking {
        id: facts.id()?,
        status: Status::Final,
        revisions: facts.editions.clone(),
        stage: STAGE,
        withdrawn: facts.withdrawn.is_some(),
    };
    csaf::write_as(version, &facts.shown, &publisher, &tracking).map_err(|error| error.to_string())
}

fn of_openvex(facts: &Facts<'_>, _: usize) -> Result<Vec<u8>, String> {
    let imprint = facts.imprint()?;
    let name = csaf::file_name(&facts.id()?);
    let author = openvex::Author {
        id: format!("{}/openvex/{name}", imprint.base),
        author: imprint.name.to_string(),
        timestamp: facts.at,
        version: facts.edition(),
        stage: STAGE,
    };
    openvex::write(&facts.shown, &author).map_err(|error| error.to_string())
}

fn of_cyclonedx(facts: &Facts<'_>, _: usize) -> Result<Vec<u8>, String> {
    let edition = cyclonedx::Edition {
        id: facts.id()?,
        author: facts.imprint()?.name.to_string(),
        url: None,
        version: facts.edition(),
        timestamp: facts.at,
        created: None,
        published: Some(facts.first()),
        stage: STAGE,
    };
    cyclonedx::write(&facts.shown, &edition).map_err(|error| error.to_string())
}

#[expect(clippy::unnecessary_wraps, reason = "the others may lack something")]
fn of_markdown(facts: &Facts<'_>, _: usize) -> Result<Vec<u8>, String> {
    Ok(markdown::write(&facts.shown, STAGE).into_bytes())
}

fn of_oss_security(facts: &Facts<'_>, _: usize) -> Result<Vec<u8>, String> {
    let posting = oss_security::Posting {
        project: facts.imprint()?.name.to_string(),
        url: None,
        stage: STAGE,
    };
    let mail = oss_security::write(&facts.shown, &posting).map_err(|error| error.to_string())?;
    Ok(format!("Subject: {}\n\n{}", mail.subject, mail.body).into_bytes())
}
