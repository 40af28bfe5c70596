//! The mail that makes an advisory known on the list oss-security.
//!
//! The list wants plain text, the essential facts in the message itself and not behind a link, and no
//! attachments. The text is wrapped at 72 columns, reads the same whether or not it is sent as
//! `format=flowed`, and is ASCII as far as what people typed lets it be. Must not name the sender or the
//! list: that is the list's profile. The paragraphs are those of [`Sections`].

mod plain;

use std::collections::BTreeSet;

use crate::affected::Stage;
use crate::audience::{Audience, Shown};
use crate::document::Vulnerability;
use crate::sections::Sections;
use crate::text::debug_without_content;
use plain::{Text, one_line};

/// How the mail calls things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The project's name.
    pub project: String,
    /// Where the advisory is to be read, if it is somewhere.
    pub url: Option<String>,
    /// Which releases may be named.
    pub stage: Stage,
}

/// A mail without its envelope.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// One line.
    pub subject: String,
    /// Lines that end in `\n`.
    pub body: String,
}

debug_without_content!(Mail);

/// Why there is nothing to post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OssSecurityError {
    /// The list is public.
    #[error("this is what a narrower audience may see, and everybody reads oss-security")]
    NotPublic,
    /// A mail needs a subject.
    #[error("the advisory has no title yet")]
    NoTitle,
    /// The list wants the facts in the mail.
    #[error("the advisory has no description yet")]
    NoDescription,
    /// Readers ask first which versions are affected.
    #[error("the advisory says nothing about any version yet")]
    NothingAffected,
}

/// The mail.
///
/// # Errors
/// Where the advisory is not for the public, or lacks what the list asks for.
pub fn write(shown: &Shown, posting: &Posting) -> Result<Mail, OssSecurityError> {
    if shown.audience() != Audience::Public {
        return Err(OssSecurityError::NotPublic);
    }
    let advisory = shown.advisory();
    let Sections {
        title,
        description,
        versions_affected,
        attack_vectors,
        workarounds,
        next_step,
        credits,
        ids,
    } = Sections::of_shown(shown, posting.stage, None);
    let title = title.map(|title| one_line(&title)).ok_or(OssSecurityError::NoTitle)?;
    let description = description.ok_or(OssSecurityError::NoDescription)?;
    let versions = versions_affected.ok_or(OssSecurityError::NothingAffected)?;
    let subject = subject(&title, &posting.project, &advisory.vulnerabilities);
    let mut body = Text::default();
    body.paragraphs(&title);
    let names: Vec<String> = ids.into_iter().chain(advisory.aliases.iter().cloned()).collect();
    if !names.is_empty() {
        body.paragraphs(&format!("Known as: {}", names.join(", ")));
    }
    body.headed("Description", &description);
    body.heading("Versions affected");
    body.lines(&versions);
    if let Some(next_step) = next_step {
        body.paragraphs(&next_step);
    }
    severity(&advisory.vulnerabilities, &mut body);
    let texts = [("Known attack vectors", attack_vectors), ("Workarounds", workarounds)];
    for (heading, text) in texts {
        if let Some(text) = text {
            body.headed(heading, &text);
        }
    }
    if let Some(credits) = credits {
        body.heading("Thanks to");
        body.lines(&credits);
    }
    if !advisory.timeline.is_empty() {
        body.heading("Timeline");
        for moment in &advisory.timeline {
            body.lines(&format!("{} {}", moment.at, one_line(&moment.what)));
        }
    }
    let own = posting.url.iter().map(|url| ("Advisory", url.as_str()));
    let others = advisory.references.iter().map(|one| (one.kind.in_words(), one.url.as_str()));
    let mut links = own.chain(others).peekable();
    if links.peek().is_some() {
        body.heading("References");
    }
    for (what, url) in links {
        body.lines(&format!("{what}:"));
        body.link(url);
    }
    Ok(Mail { subject, body: body.finish() })
}

/// The CVE ids come first: readers and archives sort by them.
fn subject(title: &str, project: &str, vulnerabilities: &[Vulnerability]) -> String {
    const NAMED: usize = 3;
    let cves: BTreeSet<_> = vulnerabilities.iter().filter_map(|one| one.cve).collect();
    let mut named: Vec<String> = cves.iter().take(NAMED).map(ToString::to_string).collect();
    if cves.len() > NAMED {
        named.push(format!("{} more", cves.len() - NAMED));
    }
    let subject = format!("{}: {title}", one_line(project));
    if named.is_empty() { subject } else { format!("{}: {subject}", named.join(", ")) }
}

fn severity(vulnerabilities: &[Vulnerability], body: &mut Text) {
    let said: Vec<String> =
        vulnerabilities.iter().flat_map(|one| judged(one, vulnerabilities)).collect();
    if !said.is_empty() {
        body.heading("Severity");
        body.lines(&said.join("\n"));
    }
}

/// What is known of how bad one is; with its id where there are several.
fn judged(vulnerability: &Vulnerability, all: &[Vulnerability]) -> Vec<String> {
    let mut said = Vec::new();
    said.extend(vulnerability.rating.as_deref().map(|word| format!("Rated {}", one_line(word))));
    for (vector, by) in vulnerability.vectors() {
        let by = by.map(|by| format!(", by {}", one_line(by))).unwrap_or_default();
        let (score, word) = (vector.score(), vector.severity());
        said.push(format!("CVSS {} {score:.1} ({word}){by}:\n{vector}", vector.version()));
    }
    let cwes: Vec<String> = vulnerability.cwes.iter().map(ToString::to_string).collect();
    if !cwes.is_empty() {
        said.push(format!("Weakness: {}", cwes.join(", ")));
    }
    said.extend(vulnerability.exploitation.map(|known| known.in_words().to_owned()));
    said.extend(vulnerability.first_exploitations.iter().map(|one| one.in_words()));
    if !said.is_empty()
        && all.len() > 1
        && let Some(cve) = vulnerability.cve
    {
        said.insert(0, format!("{cve}:"));
    }
    said
}
