//! An advisory as an OpenVEX document.
//!
//! A fixed release is named by its package URL with a version, a stretch of versions by one with
//! the qualifier `vers`: an advisory knows ranges, not every release in them. The same advisory
//! gives the same bytes.

use jiff::Timestamp;
use serde::Serialize;

use crate::affected::{Affected, AffectedVersions, Justification, LineStanding, Package, Stage};
use crate::audience::Shown;
use crate::document::{Advisory, Vulnerability};
use crate::purl;
use crate::text::paragraph;
use crate::version::line_bounds;
use crate::versions::{Lower, Stretch, StretchError, Upper, Vers};

/// Who says it, in which document, when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The address that names the document.
    pub id: String,
    /// A person or organisation.
    pub author: String,
    /// When this version was issued.
    pub timestamp: Timestamp,
    /// From 1, one more with each edit.
    pub version: u32,
    /// Which releases may be named.
    pub stage: Stage,
}

/// Why an advisory cannot be written as an OpenVEX document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenVexError {
    /// A vulnerability needs a name.
    #[error("the vulnerability has no id yet, and OpenVEX needs one")]
    NoName,
    /// There is nothing to state.
    #[error("the advisory says nothing about any line of a package yet")]
    NoStatement,
    /// A package without a package URL.
    #[error("{0} has no package URL: say where the package is published")]
    NoPurl(String),
    /// A range that cannot be said.
    #[error(transparent)]
    Range(#[from] StretchError),
    /// The document could not be written as JSON.
    #[error("the document could not be written as JSON")]
    Json,
}

/// The bytes of the document: JSON with two blanks of indent and a newline at the end.
///
/// # Errors
/// Where the advisory lacks what OpenVEX requires.
pub fn write(shown: &Shown, author: &Author) -> Result<Vec<u8>, OpenVexError> {
    let advisory = shown.advisory();
    let mut statements = Vec::new();
    for vulnerability in &advisory.vulnerabilities {
        let named = named(advisory, vulnerability)?;
        for package in &vulnerability.affected {
            statements.extend(about(advisory, package, &named, author.stage)?);
        }
    }
    if statements.is_empty() {
        return Err(OpenVexError::NoStatement);
    }
    let document = Document {
        context: super::CONTEXT,
        id: &author.id,
        author: &author.author,
        timestamp: author.timestamp.to_string(),
        version: author.version,
        statements,
    };
    let mut bytes = serde_json::to_vec_pretty(&document).map_err(|_| OpenVexError::Json)?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@id")]
    id: &'a str,
    author: &'a str,
    timestamp: String,
    version: u32,
    statements: Vec<Statement>,
}

#[derive(Serialize)]
struct Statement {
    vulnerability: Named,
    products: Vec<Product>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_notes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<Justification>,
    #[serde(rename = "action_statement", skip_serializing_if = "Option::is_none")]
    action: Option<String>,
}

#[derive(Clone, Serialize)]
struct Named {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<String>,
}

#[derive(Serialize)]
struct Product {
    #[serde(rename = "@id")]
    id: String,
}

/// What to do where no fix is out.
pub(super) const NO_FIX: &str =
    "No fix is available for these versions: move to a line that has one.";

pub(super) fn upgrade(version: &str) -> String {
    format!("Upgrade to {version} or later.")
}

/// The CVE id if there is one, else the advisory's; the other names are aliases where the
/// advisory has one vulnerability, so that no name stands for two.
fn named(advisory: &Advisory, vulnerability: &Vulnerability) -> Result<Named, OpenVexError> {
    let mut names = advisory.names_of(vulnerability);
    if names.is_empty() {
        return Err(OpenVexError::NoName);
    }
    let name = names.remove(0);
    let description = paragraph(advisory.title.as_deref()).map(ToOwned::to_owned);
    Ok(Named { name, description, aliases: names })
}

fn about(
    advisory: &Advisory,
    package: &Affected,
    named: &Named,
    stage: Stage,
) -> Result<Vec<Statement>, OpenVexError> {
    let at = Place::of(package, &advisory.packages)?;
    let mut statements = Vec::new();
    let statement = |status, product: String| Statement {
        vulnerability: named.clone(),
        products: vec![Product { id: product }],
        status,
        status_notes: None,
        justification: None,
        action: None,
    };
    for (_, range, fixed) in package.ranges(stage) {
        let action = match fixed {
            Some(version) => upgrade(version.as_str()),
            None => paragraph(advisory.workarounds.as_deref()).unwrap_or(NO_FIX).to_owned(),
        };
        let affected = statement("affected", at.range(Stretch::from(&range))?);
        statements.push(Statement { action: Some(action), ..affected });
    }
    for line in &package.lines {
        match &line.standing {
            // Only what is out can be called fixed.
            LineStanding::Affected(AffectedVersions { actual_fixed: Some(version), .. }) => {
                let product = purl::with_version(&at.purl, package.ecosystem, version.as_str());
                statements.push(statement("fixed", product));
            }
            LineStanding::Affected(_) => {}
            LineStanding::NotAffected { justification, statement: why } => {
                let Some((start, next)) = line_bounds(&line.line) else { continue };
                let lower = Lower::From(start.as_str().to_owned());
                let upper = Upper::Before(next.as_str().to_owned());
                statements.push(Statement {
                    justification: Some(*justification),
                    status_notes: paragraph(why.as_deref()).map(ToOwned::to_owned),
                    ..statement("not_affected", at.range(Stretch::new(lower, upper))?)
                });
            }
        }
    }
    Ok(statements)
}

/// A package's URL, and the type whose order counts in ranges of it.
struct Place {
    purl: String,
    kind: &'static str,
}

impl Place {
    fn of(package: &Affected, known: &[Package]) -> Result<Self, OpenVexError> {
        let purl = purl::of(package.ecosystem, &package.name, known);
        purl.zip(purl::kind(package.ecosystem))
            .map(|(purl, kind)| Self { purl, kind })
            .ok_or_else(|| OpenVexError::NoPurl(package.name.clone()))
    }

    fn range(&self, stretch: Stretch) -> Result<String, StretchError> {
        let vers = Vers { scheme: self.kind.to_owned(), stretches: vec![stretch] };
        Ok(purl::with_range(&self.purl, &vers.write()?))
    }
}
