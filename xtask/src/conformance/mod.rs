//! `cargo xtask conformance`: how the records that are checked and written here fare with the suites
//! and programs of others, written down in `docs/conformance.md`.
//!
//! Two kinds of rows. A *suite* is a set of files or vectors whose right verdicts are published; the
//! tests of `advisory` go through them and say what came of each in a line that begins with
//! [`SUITE`]. A *judge* is somebody else's program, which says of the documents that an example of
//! `advisory` writes, and of a provider's trees that one of `counterparts` does, whether it takes them;
//! the packages are installed below `target`, at the versions that stand in [`judges`].
//!
//! Not part of `cargo xtask test`: the tests count their suites there too, and the judges take
//! minutes to install.

mod judges;
mod page;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use serde_json::Value;

use crate::{machine, run, steps};

/// Begins a line in which a test says what came of a suite, in JSON.
const SUITE: &str = "conformance: ";

/// How many advisories are made up and written in every format.
const ADVISORIES: &str = "400";

/// How many advisories are made up for a provider's trees.
const IN_TREES: &str = "40";

/// What came of a suite, or of what a judge was given.
pub(crate) struct Row {
    /// What it is.
    pub(crate) what: String,
    /// Its version.
    pub(crate) version: String,
    /// How many came out right; `None` where it was not at hand.
    pub(crate) passed: Option<usize>,
    /// Of how many.
    pub(crate) total: usize,
    /// What did not, and why.
    pub(crate) misses: Vec<Miss>,
}

/// One thing that did not come out right.
pub(crate) struct Miss {
    pub(crate) what: String,
    pub(crate) why: String,
    /// Of how many this is said.
    pub(crate) count: usize,
}

impl Row {
    /// Whether something came out wrong for which nobody gave a reason, or nothing came out at all.
    fn is_wrong(&self) -> bool {
        let explained: usize =
            self.misses.iter().filter(|miss| !miss.why.is_empty()).map(|miss| miss.count).sum();
        self.total == 0 || self.passed.is_none_or(|passed| passed + explained < self.total)
    }
}

/// Goes through all of them, writes the page, and fails if anything is wrong or missing.
pub(crate) fn run() -> ExitCode {
    match rows() {
        Ok((suites, judged)) => {
            let wrong = suites.iter().chain(&judged).filter(|row| row.is_wrong());
            let wrong: Vec<&str> = wrong.map(|row| row.what.as_str()).collect();
            let path = steps::root().join("docs/conformance.md");
            if let Err(error) = fs::write(&path, page::write(&suites, &judged)) {
                eprintln!("{}: {error}", path.display());
                return ExitCode::FAILURE;
            }
            if wrong.is_empty() {
                return ExitCode::SUCCESS;
            }
            eprintln!("not as it should be: {}", wrong.join(", "));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn rows() -> Result<(Vec<Row>, Vec<Row>), String> {
    let folder = folder()?;
    let judges = judges::Judges::install(&folder);
    if !machine::hunspell() {
        println!("no hunspell here: the files of CSAF's 6.3.8 will be left out");
    }
    let tests = "test --release --locked -p advisory --test it -- --nocapture";
    let said = cargo(tests, judges.schemas())?;
    let mut suites: Vec<Row> = said.lines().filter_map(suite).collect();
    if suites.is_empty() {
        return Err("no test said what came of a suite".to_owned());
    }
    suites.sort_by(|one, other| one.what.cmp(&other.what));
    let written = folder.join("written");
    let _ = fs::remove_dir_all(&written);
    let example = "run --release --locked -p advisory --example written --";
    cargo(&format!("{example} {} {ADVISORIES}", written.display()), Vec::new())?;
    let mut rows = judges.rows(&written);
    rows.extend(trees(&judges, &folder.join("trees"))?);
    Ok((suites, rows))
}

/// What is said of a provider's trees; nothing can be where there is no key to sign them with.
fn trees(judges: &judges::Judges, folder: &Path) -> Result<Vec<Row>, String> {
    let _ = fs::remove_dir_all(folder);
    let trees = judges::Trees::new(folder);
    let key = trees.key().ok_or("there is no gpg, or it makes no key")?;
    // Built as tests are: to build what signs takes long enough without optimising it.
    let example = "run --locked -p counterparts --example trees --";
    let arguments = format!("{example} {} {IN_TREES} {}", folder.display(), key.display());
    cargo(&arguments, Vec::new())?;
    Ok(trees.rows(judges))
}

/// Where packages and documents lie.
fn folder() -> Result<PathBuf, String> {
    let metadata = run::metadata().ok_or("`cargo metadata` cannot be read")?;
    let target = metadata.get("target_directory").and_then(Value::as_str);
    let folder = Path::new(target.ok_or("cargo has no target directory")?).join("conformance");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

/// What cargo prints, if it ends well.
fn cargo(arguments: &str, variables: Vec<(&str, PathBuf)>) -> Result<String, String> {
    println!("cargo {arguments}");
    let mut command = Command::new(run::cargo_path());
    command.args(arguments.split(' ')).envs(variables).stderr(Stdio::inherit());
    match command.output() {
        Ok(output) if output.status.success() => {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        _ => Err(format!("`cargo {arguments}` failed")),
    }
}

/// What a test says of a suite. The line may begin with the test's name.
fn suite(line: &str) -> Option<Row> {
    let (_, said) = line.split_once(SUITE)?;
    let said: Value = serde_json::from_str(said).ok()?;
    let text = |value: &Value, name: &str| Some(value.get(name)?.as_str()?.to_owned());
    let number = |name: &str| usize::try_from(said.get(name)?.as_u64()?).ok();
    let misses = said.get("misses")?.as_array()?.iter();
    let misses = misses
        .map(|miss| Some(Miss { what: text(miss, "what")?, why: text(miss, "why")?, count: 1 }));
    Some(Row {
        what: text(&said, "suite")?,
        version: text(&said, "version")?,
        passed: Some(number("passed")?),
        total: number("total")?,
        misses: misses.collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_test_says_of_a_suite_is_read() {
        let line = r#"test osv::pairs ... conformance: {"suite":"pairs","version":"1.7.5","passed":7,"total":9,"misses":[{"what":"a","why":"b"},{"what":"c","why":""}]}"#;
        let row = suite(line).unwrap();
        assert_eq!((row.what.as_str(), row.version.as_str()), ("pairs", "1.7.5"));
        assert_eq!((row.passed, row.total, row.misses.len()), (Some(7), 9, 2));
        assert!(row.is_wrong(), "one has no reason");
        assert!(suite("test osv::pairs ... ok").is_none());
        assert!(suite("conformance: {}").is_none());
    }

    #[test]
    fn nothing_counts_as_right_unless_it_came_out() {
        let row = |passed, total, why: &str| Row {
            what: String::new(),
            version: String::new(),
            passed,
            total,
            misses: vec![Miss { what: "x".to_owned(), why: why.to_owned(), count: 1 }],
        };
        assert!(!row(Some(8), 9, "it is wrong itself").is_wrong());
        assert!(row(Some(8), 9, "").is_wrong());
        assert!(row(Some(7), 9, "it is wrong itself").is_wrong());
        assert!(!row(Some(0), 1, "it is wrong itself").is_wrong());
        assert!(row(Some(0), 0, "it is wrong itself").is_wrong());
        assert!(row(None, 0, "").is_wrong());
    }
}
