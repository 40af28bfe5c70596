//! Programs of others that read what is written here: where they come from, and what they say.
//!
//! Each is installed below `target` by the ordinary client of its registry. A judge that cannot be
//! installed or run is not at hand, and that is what its row says.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use super::{Miss, Row};
use crate::run;

/// More refusals than this tell no more.
const MOST_MISSES: usize = 10;

const NODE_SCRIPT: &str = "xtask/src/conformance/csaf.mjs";
const CVE_SCRIPT: &str = "xtask/src/conformance/cve.py";

const NODE_PACKAGE: &str = "@secvisogram/csaf-validator-lib";
const NODE_VERSION: &str = "2.0.10";
const CRATE: &str = "csaf-validator";
const CRATE_VERSION: &str = "0.5.2";
const CVELIB: &str = "cvelib";
const CVELIB_VERSION: &str = "1.8.0";

/// What each judge says of each folder of documents that it can read.
pub(super) fn all(folder: &Path, written: &Path) -> Vec<Row> {
    let versions = ["2.0", "2.1"];
    let mut rows = Vec::new();
    let node = folder.join("npm");
    let installed = install_node(&node);
    for version in versions {
        let documents = written.join(format!("csaf-{version}"));
        let said = installed.then(|| {
            let script = Command::new("node").arg(NODE_SCRIPT).arg(&node).arg(&documents).output();
            script.ok().filter(|output| output.status.success()).map(|output| output.stdout)
        });
        rows.push(row(NODE_PACKAGE, NODE_VERSION, &documents, said.flatten().as_deref()));
    }
    let rust = folder.join("cargo");
    let installed = install_crate(&rust);
    for version in versions {
        let documents = written.join(format!("csaf-{version}"));
        let said = installed.then(|| one_by_one(&rust, version, &documents));
        rows.push(row(CRATE, CRATE_VERSION, &documents, said.as_deref().map(str::as_bytes)));
    }
    let python = folder.join("python");
    let documents = written.join("cve");
    let said = install_python(&python).then(|| {
        let script =
            Command::new(python.join("bin/python")).arg(CVE_SCRIPT).arg(&documents).output();
        script.ok().filter(|output| output.status.success()).map(|output| output.stdout)
    });
    rows.push(row(CVELIB, CVELIB_VERSION, &documents, said.flatten().as_deref()));
    rows
}

fn install_node(folder: &Path) -> bool {
    let _ = fs::create_dir_all(folder);
    let package = format!("{NODE_PACKAGE}@{NODE_VERSION}");
    well(
        Command::new("npm")
            .args(["install", "--no-audit", "--no-fund", &package, "--prefix"])
            .arg(folder),
    )
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
                let said = String::from_utf8_lossy(&output.stdout).replace('\n', " ");
                format!("no {name}: {said}\n")
            }
            Err(error) => format!("no {name}: {error}\n"),
        };
        lines.push_str(&line);
    }
    lines
}

fn names(folder: &Path) -> Vec<(String, std::path::PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
        .collect();
    names.sort();
    names
}

/// What came of a folder, from a judge's lines.
fn row(what: &str, version: &str, documents: &Path, said: Option<&[u8]>) -> Row {
    let format = documents.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let total = names(documents).len();
    let said = said.map(String::from_utf8_lossy);
    let refused =
        said.iter().flat_map(|said| said.lines()).filter_map(|line| line.strip_prefix("no "));
    let misses = refused.take(MOST_MISSES).map(|line| {
        let (what, _) = line.split_once(':').unwrap_or((line, ""));
        println!("{line}");
        Miss { what: what.to_owned(), why: String::new() }
    });
    let misses = misses.collect();
    let passed = said.map(|said| said.lines().filter(|line| line.starts_with("ok ")).count());
    Row { what: format!("{what}, {format}"), version: version.to_owned(), passed, total, misses }
}
