//! The catalogues of the package: a file each, named `cwe_VERSION_DATE.csv`, with tabs between
//! number, status, name, whether a usage is given, and the usage.

use std::{collections::BTreeMap, fs, path::Path};

/// The file of 1.0 has no date in its name. It was released on this day, says MITRE's page of
/// earlier versions.
const FIRST: (&str, &str) = ("1.0", "2008-09-09");

/// One catalogue.
pub(super) struct Release {
    pub(super) version: String,
    pub(super) date: String,
    pub(super) weaknesses: BTreeMap<u32, Weakness>,
}

/// What a catalogue says about one weakness.
#[derive(PartialEq, Eq)]
pub(super) struct Weakness {
    pub(super) status: String,
    pub(super) name: String,
    /// Empty where the catalogue says nothing about it.
    pub(super) usage: String,
}

/// The catalogues of a folder, the oldest first.
pub(super) fn read(folder: &Path) -> Result<Vec<Release>, String> {
    let told = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut releases = Vec::new();
    for file in fs::read_dir(folder).map_err(told)? {
        let file = file.map_err(told)?;
        let name = file.file_name();
        let name = name.to_str().unwrap_or_default();
        let parts = name.strip_prefix("cwe_").and_then(|name| name.strip_suffix(".csv"));
        let Some((version, date)) = parts.and_then(|parts| parts.split_once('_')) else {
            return Err(format!("{name} is no catalogue's file"));
        };
        let date = if version == FIRST.0 && date.is_empty() { FIRST.1 } else { date };
        let text = fs::read_to_string(file.path()).map_err(told)?;
        let weaknesses = weaknesses(&text).ok_or_else(|| format!("{name} has another layout"))?;
        releases.push(Release { version: version.to_owned(), date: date.to_owned(), weaknesses });
    }
    releases.sort_by_key(|release| numbers(&release.version));
    let dates = releases.iter().map(|release| &release.date);
    if releases.is_empty() || !dates.is_sorted() {
        return Err("the catalogues are none, or their dates do not follow their versions".into());
    }
    Ok(releases)
}

fn numbers(version: &str) -> Vec<u32> {
    version.split('.').filter_map(|part| part.parse().ok()).collect()
}

fn weaknesses(text: &str) -> Option<BTreeMap<u32, Weakness>> {
    let weakness = |line: &str| {
        let mut fields = line.split('\t');
        let (number, status, name) = (fields.next()?, fields.next()?, fields.next()?);
        let (_, usage) = (fields.next()?, fields.next()?);
        let own = |text: &str| text.to_owned();
        // Some names end with a blank in some catalogues, which CSAF 2.1 forbids to write.
        let name = name.trim();
        let weakness = Weakness { status: own(status), name: own(name), usage: own(usage) };
        (fields.next().is_none() && !name.is_empty())
            .then_some(())
            .and_then(|()| Some((number.parse().ok()?, weakness)))
    };
    text.lines().map(weakness).collect()
}
