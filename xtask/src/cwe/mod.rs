//! `cargo xtask cwe`: makes the table of weaknesses that `advisory` carries, from packages that
//! hold MITRE's catalogues. Must not fetch anything: the packages are on the machine.
//!
//! Names, statuses and usages of every catalogue come from the crate `csaf-rs`, which
//! `cargo info csaf-rs@0.6.1` puts into cargo's folder. Everything else comes from MITRE's XML, which
//! `pip download --no-deps cwe2==3.0.0` brings (`unzip` the wheel; the file is `cwec_v4.14.xml`). How
//! the table is laid out is said in `crates/advisory/src/cwe/table.rs`.

mod releases;
mod xml;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use releases::Release;
use xml::Entry;

/// The package that has the catalogues, in cargo's folder.
const PACKAGE: &str = "csaf-rs-0.6.1";

/// Where the table stands.
const TABLE: &str = "crates/advisory/src/cwe/table.tsv";

/// The terms that go with every copy.
const TERMS: &str = "crates/advisory/src/cwe/TERMS.md";

/// More names of better choices than this help nobody.
const MOST_INSTEAD: usize = 8;

/// Makes the table from the XML and, where it is named, the package's folder.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let (xml, package) = match arguments {
        [xml] => (Path::new(xml), in_cargos_folder()),
        [xml, package] => (Path::new(xml), Some(PathBuf::from(package))),
        _ => {
            eprintln!("cargo xtask cwe CWEC.xml [folder of {PACKAGE}]");
            return ExitCode::from(2);
        }
    };
    let made = package
        .ok_or_else(|| format!("{PACKAGE} is not in cargo's folder: see the first lines of mod.rs"))
        .and_then(|package| make(xml, &package));
    match made {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn make(xml: &Path, package: &Path) -> Result<String, String> {
    let releases = releases::read(&package.join("assets/cwe"))?;
    let xml = fs::read_to_string(xml).map_err(|error| format!("{}: {error}", xml.display()))?;
    let (version, entries) = xml::read(&xml)?;
    let terms =
        fs::read_to_string(from_root(TERMS)).map_err(|error| format!("{TERMS}: {error}"))?;
    let table = table(&releases, &version, &entries, &terms)?;
    fs::write(from_root(TABLE), &table).map_err(|error| format!("{TABLE}: {error}"))?;
    Ok(format!("{TABLE}: {} catalogues, {} bytes", releases.len(), table.len()))
}

fn from_root(path: &str) -> PathBuf {
    crate::steps::root().join(path)
}

/// The package, wherever the registry is kept.
fn in_cargos_folder() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cargo")))?;
    let registries = fs::read_dir(home.join("registry/src")).ok()?.filter_map(Result::ok);
    registries.map(|registry| registry.path().join(PACKAGE)).find(|path| path.is_dir())
}

fn table(
    releases: &[Release],
    described: &str,
    entries: &BTreeMap<u32, Entry>,
    terms: &str,
) -> Result<String, String> {
    let mut table = String::from("# Made by `cargo xtask cwe`: do not edit.\n#\n");
    for line in terms.lines() {
        let _ = writeln!(table, "{}", format!("# {line}").trim_end());
    }
    for Release { version, date, .. } in releases {
        let _ = writeln!(table, "@\t{version}\t{date}");
    }
    let described = releases
        .iter()
        .position(|release| release.version == described)
        .ok_or_else(|| format!("the package has no catalogue {described}, which the XML is"))?;
    let weaknesses = releases.iter().flat_map(|release| release.weaknesses.keys());
    let numbers: BTreeSet<u32> = weaknesses.chain(entries.keys()).copied().collect();
    for number in numbers {
        let runs = runs(releases, number);
        let entry = entries.get(&number);
        // What was once a weakness may be a category by now; its past counts where it is asked for.
        let kind = entry.map_or('?', |entry| entry.kind);
        let _ = write!(table, "{number}\t{kind}\t");
        let good = |instead: &&u32| **instead != number && is_a_choice(releases, **instead);
        let instead = entry.into_iter().flat_map(|entry| &entry.instead).filter(good);
        let instead: Vec<String> = instead.take(MOST_INSTEAD).map(u32::to_string).collect();
        let also = entry.map(|entry| entry.also.join(";")).unwrap_or_default();
        let _ = write!(table, "{}\t{also}", instead.join(","));
        if let Some(entry) = entry.filter(|entry| "cv".contains(entry.kind)) {
            let (status, usage) = letters(&entry.status, &entry.usage)?;
            let _ = write!(table, "\t{described}{status}{usage}{}", entry.name);
        }
        write_runs(&mut table, &runs)?;
        table.push('\n');
    }
    Ok(table)
}

/// Whether a newest catalogue's word allows to choose it.
fn is_a_choice(releases: &[Release], number: u32) -> bool {
    let newest = releases.last().and_then(|release| release.weaknesses.get(&number));
    newest.is_some_and(|weakness| weakness.usage.starts_with("Allowed"))
}

/// From which catalogue on a weakness is as it is, `None` where it is not there; oldest first.
fn runs(releases: &[Release], number: u32) -> Vec<(usize, Option<&releases::Weakness>)> {
    let mut runs = Vec::new();
    let mut last = None;
    for (place, release) in releases.iter().enumerate() {
        let here = release.weaknesses.get(&number);
        if here != last {
            runs.push((place, here));
            last = here;
        }
    }
    runs
}

/// The newest first; a name that is the one before it is left out.
fn write_runs(
    table: &mut String,
    runs: &[(usize, Option<&releases::Weakness>)],
) -> Result<(), String> {
    let mut written = "";
    for (from, weakness) in runs.iter().rev() {
        let Some(weakness) = weakness else {
            let _ = write!(table, "\t{from}-");
            continue;
        };
        let (status, usage) = letters(&weakness.status, &weakness.usage)?;
        let name = if weakness.name == written { "" } else { &weakness.name };
        let _ = write!(table, "\t{from}{status}{usage}{name}");
        written = &weakness.name;
    }
    Ok(())
}

/// One letter each for a status and a usage.
fn letters(status: &str, usage: &str) -> Result<(char, char), String> {
    let status = match status {
        "Deprecated" => 'X',
        "Draft" => 'D',
        "Incomplete" => 'I',
        "Obsolete" => 'O',
        "Stable" => 'S',
        "Usable" => 'U',
        other => return Err(format!("no status is called {other}")),
    };
    let usage = match usage {
        "" => '.',
        "Allowed" => 'A',
        "Allowed-with-Review" => 'R',
        "Discouraged" => 'D',
        "Prohibited" => 'P',
        other => return Err(format!("no usage is called {other}")),
    };
    Ok((status, usage))
}
