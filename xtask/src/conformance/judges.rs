//! Programs of others that read what is written here: where they come from, and what they say.
//!
//! Each is installed below `target` by the ordinary client of its registry. A judge that cannot be
//! installed or run is not at hand, and that is what its row says.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{Miss, Row};
use crate::run;

/// More refusals than this tell no more.
const MOST_MISSES: usize = 10;

const NODE_SCRIPT: &str = "xtask/src/conformance/csaf.mjs";
const CVE_SCRIPT: &str = "xtask/src/conformance/cve.py";

const GITHUB_SCRIPT: &str = "xtask/src/conformance/github.mjs";

const GITHUB_PACKAGE: &str = "@octokit/openapi@23.0.2";
const NODE_PACKAGE: &str = "@secvisogram/csaf-validator-lib";
const NODE_VERSION: &str = "2.0.10";
const CRATE: &str = "csaf-validator";
const CRATE_VERSION: &str = "0.5.2";
const CVELIB: &str = "cvelib";
const CVELIB_VERSION: &str = "1.8.0";

/// Which of them are at hand.
pub(super) struct Judges {
    folder: PathBuf,
    node: bool,
    cargo: bool,
    python: bool,
}

impl Judges {
    /// Installs what can be.
    pub(super) fn install(folder: &Path) -> Self {
        let part = |name| folder.join(name);
        Self {
            folder: folder.to_owned(),
            node: install_node(&part("npm")),
            cargo: install_crate(&part("cargo")),
            python: install_python(&part("python")),
        }
    }

    /// The schemas that lie in packages, as the variables in which tests look for them.
    pub(super) fn schemas(&self) -> Vec<(&'static str, PathBuf)> {
        let mut schemas = Vec::new();
        let script = |program: &Path, script: &str, argument: &Path| {
            printed(Command::new(program).arg(script).arg(argument))
        };
        let described = self.folder.join("github");
        if self.node
            && fs::create_dir_all(&described).is_ok()
            && well(
                Command::new("node")
                    .arg(GITHUB_SCRIPT)
                    .arg(self.folder.join("npm"))
                    .arg(&described),
            )
        {
            schemas.push(("GHSA_SCHEMAS", described));
        }
        let python = self.folder.join("python/bin/python");
        if self.python
            && let Some(said) = script(&python, CVE_SCRIPT, Path::new("--schema"))
        {
            schemas.push(("CVE_SCHEMA", PathBuf::from(said.trim())));
        }
        schemas
    }

    /// What each judge says of each folder of documents that it can read.
    pub(super) fn rows(&self, written: &Path) -> Vec<Row> {
        let versions =
            ["2.0", "2.1"].map(|version| (version, written.join(format!("csaf-{version}"))));
        let (node, cargo) = (self.folder.join("npm"), self.folder.join("cargo"));
        let mut rows = Vec::new();
        for (_, documents) in &versions {
            let said = self
                .node
                .then(|| printed(Command::new("node").arg(NODE_SCRIPT).arg(&node).arg(documents)));
            rows.push(row(NODE_PACKAGE, NODE_VERSION, documents, said.flatten()));
        }
        for (version, documents) in &versions {
            let said = self.cargo.then(|| one_by_one(&cargo, version, documents));
            rows.push(row(CRATE, CRATE_VERSION, documents, said));
        }
        let documents = written.join("cve");
        let python = self.folder.join("python/bin/python");
        let said =
            self.python.then(|| printed(Command::new(python).arg(CVE_SCRIPT).arg(&documents)));
        rows.push(row(CVELIB, CVELIB_VERSION, &documents, said.flatten()));
        rows
    }
}

/// What a program prints, if it ends well.
fn printed(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::inherit()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn install_node(folder: &Path) -> bool {
    let packages = [format!("{NODE_PACKAGE}@{NODE_VERSION}"), GITHUB_PACKAGE.to_owned()];
    let mut npm = Command::new("npm");
    let npm =
        npm.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(folder).args(packages);
    fs::create_dir_all(folder).is_ok() && well(npm)
}

fn install_crate(folder: &Path) -> bool {
    let mut cargo = Command::new(run::cargo_path());
    well(
        cargo.args(["install", "--quiet", "--version", CRATE_VERSION, CRATE, "--root"]).arg(folder),
    )
}

fn install_python(folder: &Path) -> bool {
    let package = format!("{CVELIB}=={CVELIB_VERSION}");
    well(Command::new("python3").args(["-m", "venv"]).arg(folder))
        && well(Command::new(folder.join("bin/pip")).args(["install", "--quiet", &package]))
}

fn well(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// The same lines that the scripts print, from a program that takes one document at a time.
fn one_by_one(folder: &Path, version: &str, documents: &Path) -> String {
    let mut lines = String::new();
    for (name, path) in names(documents) {
        // For 2.0 it has no test that asks the network, and no name for those that do not.
        let tests = if version == "2.0" { "full" } else { "external-request-free" };
        let mut judge = Command::new(folder.join("bin").join(CRATE));
        let output = judge.args(["--csaf-version", version, "--test", tests]).arg(path).output();
        let line = match output {
            Ok(output) if output.status.success() => format!("ok {name}\n"),
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stdout);
                let errors: Vec<&str> =
                    said.lines().filter(|line| line.contains("[Error")).collect();
                format!("no {name}: {}\n", errors.join("; "))
            }
            Err(error) => format!("no {name}: {error}\n"),
        };
        lines.push_str(&line);
    }
    lines
}

fn names(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
        .collect();
    names.sort();
    names
}

/// What a judge refuses, by words in its message, and why that is no mistake of ours.
const KNOWN: &[(&str, &str, &str)] = &[
    (
        NODE_PACKAGE,
        "no such cwe version is recognized",
        "it knows no catalogue of weaknesses after 4.17, and the document names the one in force",
    ),
    (
        NODE_PACKAGE,
        "/content must NOT have additional properties",
        "it does not know `ssvc_v2`, which the third draft of CSAF 2.1 has there",
    ),
    (
        CRATE,
        "The version range given is invalid: Invalid(\"vers:",
        "it takes no vers range of Go, Maven or PyPI",
    ),
];

/// What came of a folder, from a judge's lines.
fn row(judge: &str, version: &str, documents: &Path, said: Option<String>) -> Row {
    let format = documents.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let total = names(documents).len();
    let misses = said.as_deref().map(|said| misses(judge, said)).unwrap_or_default();
    let passed = said.map(|said| said.lines().filter(|line| line.starts_with("ok ")).count());
    Row { what: format!("{judge}, {format}"), version: version.to_owned(), passed, total, misses }
}

/// The refused documents: those with known reasons counted together, each other one by its name.
fn misses(judge: &str, said: &str) -> Vec<Miss> {
    let why = |reason: &str| {
        KNOWN.iter().find(|(who, words, _)| *who == judge && reason.contains(words)).map(|it| it.2)
    };
    let mut known: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
    let mut unknown = Vec::new();
    for line in said.lines().filter_map(|line| line.strip_prefix("no ")) {
        let (name, reasons) = line.split_once(':').unwrap_or((line, ""));
        if let Some(whys) = reasons.split("; ").map(why).collect::<Option<BTreeSet<_>>>() {
            *known.entry(whys.into_iter().collect()).or_default() += 1;
        } else {
            println!("{judge} refuses {line}");
            unknown.push(Miss { what: name.to_owned(), why: String::new(), count: 1 });
        }
    }
    unknown.truncate(MOST_MISSES);
    let known = known.into_iter().map(|(whys, count)| Miss {
        what: format!("{count} documents"),
        why: whys.join("; and "),
        count,
    });
    known.chain(unknown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_refused_for_known_reasons_alone_is_explained() {
        let known = "x no such cwe version is recognized";
        let said = format!("ok 1\nno 2: {known}\nno 3: {known}; {known}\nno 4: {known}; other\n");
        let found = misses(NODE_PACKAGE, &said);
        assert_eq!((found[0].count, found[0].why.is_empty()), (2, false));
        assert_eq!((found[1].what.as_str(), found[1].why.as_str()), ("4", ""));
        assert_eq!(found.len(), 2);
        assert!(misses(CVELIB, &said).iter().all(|miss| miss.why.is_empty()));
    }
}
