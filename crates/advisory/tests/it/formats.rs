//! One advisory in every format. A new format is a line here, and then it is tested, measured and
//! given to others to judge like the rest.

use advisory::check::Report;
use advisory::csaf::{self, CsafError, CsafVersion, Publisher, Revision, Status, Tracking};
use advisory::cve::{self, CveError, Provider};
use advisory::cyclonedx::{self, CycloneDxError, Edition};
use advisory::ghsa::{self, GhsaError};
use advisory::openvex::{self, Author, OpenVexError};
use advisory::oss_security::{self, OssSecurityError, Posting};
use advisory::osv::{self, OsvError, Publication};
use advisory::{Advisory, Reader, Stage, Withhold, markdown};
use jiff::Timestamp;

/// A document, with what checks it.
pub(crate) struct Written {
    pub(crate) format: &'static str,
    /// `None` of what people read, and no program.
    pub(crate) check: Option<fn(&str) -> Report>,
    /// `None` where the advisory lacks what the format requires, which is no mistake.
    pub(crate) text: Option<String>,
}

/// What the public reads of an advisory.
pub(crate) fn every(advisory: &Advisory, at: Timestamp, stage: Stage) -> Vec<Written> {
    let shown = advisory.for_audience(&Reader::public(at));
    let body = ghsa::update(advisory, Withhold::default(), stage);
    let body = body.map(|body| body.as_bytes().to_vec());
    let mail = oss_security::write(&shown, &posting(stage));
    let mail = mail.map(|mail| format!("{}\n\n{}", mail.subject, mail.body).into_bytes());
    vec![
        written("ghsa", Some(|text| ghsa::check(text, None)), body, |error| {
            matches!(error, GhsaError::NoTitle | GhsaError::SeveralVulnerabilities(_))
        }),
        written("osv", Some(osv::check), osv::write(&shown, &publication(at, stage)), |error| {
            matches!(error, OsvError::SeveralVulnerabilities(_))
        }),
        written("cve", Some(cve::check), cve::write(&shown, 0, &provider(at, stage)), |error| {
            matches!(error, CveError::NoReference | CveError::NothingAffected)
        }),
        written(
            "csaf-2.0",
            Some(csaf::check),
            csaf::write(&shown, &publisher(), &tracking(at, stage)),
            |error| matches!(error, CsafError::NoTitle | CsafError::NothingAffected),
        ),
        written(
            "csaf-2.1",
            Some(csaf::check),
            csaf::write_as(CsafVersion::V2_1, &shown, &publisher(), &tracking(at, stage)),
            |error| matches!(error, CsafError::NoTitle | CsafError::NothingAffected),
        ),
        written(
            "openvex",
            Some(openvex::check),
            openvex::write(&shown, &author(at, stage)),
            |error| {
                // A name without a group is none of Maven's.
                matches!(error, OpenVexError::NoStatement | OpenVexError::NoPurl(_))
            },
        ),
        written(
            "cyclonedx",
            Some(cyclonedx::check),
            cyclonedx::write(&shown, &edition(at, stage)),
            |error| *error == CycloneDxError::NoStatement,
        ),
        Written { format: "markdown", check: None, text: Some(markdown::write(&shown, stage)) },
        written("oss-security", None, mail, |error| {
            matches!(error, OssSecurityError::NoTitle | OssSecurityError::NothingAffected)
        }),
    ]
}

fn written<E: std::fmt::Display>(
    format: &'static str,
    check: Option<fn(&str) -> Report>,
    made: Result<Vec<u8>, E>,
    may_lack: impl Fn(&E) -> bool,
) -> Written {
    let text = match made {
        Ok(bytes) => Some(String::from_utf8(bytes).unwrap()),
        Err(error) => {
            assert!(may_lack(&error), "{format}: {error}");
            None
        }
    };
    Written { format, check, text }
}

pub(crate) fn publication(at: Timestamp, stage: Stage) -> Publication {
    let id = "GHSA-5ph6-qq5x-7jwc".to_owned();
    Publication { id, published: Some(at), modified: at, withdrawn: None, stage }
}

pub(crate) fn provider(at: Timestamp, stage: Stage) -> Provider {
    Provider {
        org_id: "8254265b-2729-46b6-b9e3-3dfca2d5bfca".to_owned(),
        short_name: None,
        vendor: "Contour".to_owned(),
        product: "Contour".to_owned(),
        stage,
        date_public: Some(at),
    }
}

pub(crate) fn publisher() -> Publisher {
    Publisher {
        name: "Contour".to_owned(),
        namespace: "https://projectcontour.io".to_owned(),
        contact: None,
        folder: "https://projectcontour.io/csaf/2021".to_owned(),
    }
}

pub(crate) fn tracking(at: Timestamp, stage: Stage) -> Tracking {
    Tracking {
        id: "CONTOUR-2021-1".to_owned(),
        status: Status::Final,
        revisions: vec![Revision { at, summary: "First edition.".to_owned() }],
        stage,
        withdrawn: false,
    }
}

pub(crate) fn author(at: Timestamp, stage: Stage) -> Author {
    Author {
        id: "https://projectcontour.io/vex/1".to_owned(),
        author: "Contour".to_owned(),
        timestamp: at,
        version: 1,
        stage,
    }
}

pub(crate) fn edition(at: Timestamp, stage: Stage) -> Edition {
    Edition {
        id: "CONTOUR-2021-1".to_owned(),
        author: "Contour".to_owned(),
        url: None,
        version: 1,
        timestamp: at,
        created: Some(at),
        published: Some(at),
        stage,
    }
}

fn posting(stage: Stage) -> Posting {
    Posting { project: "Contour".to_owned(), url: None, stage }
}
