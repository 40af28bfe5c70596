//! Findings for the log of a job at GitHub, and for its summary: rule and place, and never the words.
//!
//! More people read a job's log than know the case. So nothing stands here that was taken from what
//! was read, but names of files in which the guard finds nothing; and these cannot become commands to
//! the machine that runs the job.

use std::{env, fs::OpenOptions, io::Write, path::Path};

use discretion::{Finding, Rule, Severity};

use super::found::Found;
use crate::{command_error::CommandError, output::Output};

/// Where the machine that runs the job wants a summary.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";
/// More rows than a person reads, and fewer than are refused.
const ROWS: usize = 1_000;

pub(super) fn report(found: &[&Found], output: &mut Output) -> Result<(), CommandError> {
    for found in found {
        output.line(&annotation(found))?;
    }
    let summary = env::var_os(SUMMARY).filter(|path| !path.is_empty() && !found.is_empty());
    if let Some(path) = summary {
        let path = Path::new(&path);
        let written = OpenOptions::new().append(true).create(true).open(path);
        let written = written.and_then(|mut file| file.write_all(table(found).as_bytes()));
        if let Err(error) = written {
            output.talk(&format!("no summary: {SUMMARY} cannot be written: {error}"));
        }
    }
    Ok(())
}

/// A command that marks a line of a file, or the whole job.
fn annotation(found: &Found) -> String {
    let rule = found.finding.rule;
    let (command, _) = severity(&found.finding);
    let mut properties = format!("title=fermata: {}", property(&name(rule)));
    if let Some((path, line)) = &found.file {
        properties = format!("file={},line={line},{properties}", property(path));
    }
    let message = format!("{}: {}; {}", place(found), rule.why(), rule.suggestion());
    format!("::{command} {properties}::{}", data(&message))
}

fn severity(finding: &Finding) -> (&'static str, &'static str) {
    match finding.severity {
        Severity::Block => ("error", "block"),
        Severity::Warn => ("warning", "warn"),
    }
}

/// As machines read it.
fn name(rule: Rule) -> String {
    serde_json::to_value(rule)
        .ok()
        .and_then(|name| Some(name.as_str()?.to_owned()))
        .unwrap_or_default()
}

/// Which part of which commit, without the path.
fn place(found: &Found) -> String {
    let place = found.finding.place.to_string();
    place.split(" to ").next().unwrap_or_default().to_owned()
}

/// What comes behind `::` in a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands in its properties.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

fn table(found: &[&Found]) -> String {
    let head = "### fermata guard\n\n| | rule | where | why |\n|---|---|---|---|\n";
    let rows = found.iter().take(ROWS).map(|found| row(found));
    let more = found.len().saturating_sub(ROWS);
    let rest = (more > 0).then(|| format!("\n…and {more} more, in the log\n"));
    [head.to_owned()].into_iter().chain(rows).chain(rest).collect()
}

fn row(found: &Found) -> String {
    let (_, severity) = severity(&found.finding);
    let rule = found.finding.rule;
    let file = found.file.as_ref().map(|(path, line)| format!(", {path}, line {line}"));
    let place = plain(&format!("{}{}", place(found), file.unwrap_or_default()));
    format!("| {severity} | {} | <code>{place}</code> | {} |\n", name(rule), plain(rule.why()))
}

/// As Markdown that says this and nothing else.
fn plain(text: &str) -> String {
    let letter = |c: char| match c {
        ' ' | '0'..='9' | 'A'..='Z' | 'a'..='z' => c.to_string(),
        c if c.is_control() => '\u{fffd}'.to_string(),
        c => format!("&#{};", u32::from(c)),
    };
    text.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{data, plain, property};

    proptest! {
        /// What the machine makes of it is what was meant, and nothing ends before its end.
        #[test]
        fn escapes_are_whole(text in "[\\PC\r\n%:,a-f0-9A-F]{0,40}") {
            let undone = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n");
            let (escaped, kept) = (data(&text), property(&text));
            prop_assert!(!escaped.contains(['\r', '\n']));
            prop_assert_eq!(undone(&escaped).replace("%25", "%"), text.clone());
            prop_assert!(!kept.contains(['\r', '\n', ':', ',']));
            let undone = undone(&kept).replace("%3A", ":").replace("%2C", ",");
            prop_assert_eq!(undone.replace("%25", "%"), text.clone());
            let tame = |c: char| c.is_ascii_alphanumeric() || " &#;\u{fffd}".contains(c);
            prop_assert!(plain(&text).chars().all(tame));
        }
    }
}
