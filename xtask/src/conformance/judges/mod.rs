//! Programs of others that read what is written here, and what they say.
//!
//! Each is installed below `target` by the ordinary client of its registry, or is a tool of the
//! machine. A judge that cannot be installed or run is not at hand, and that is what its row says.

mod install;
mod trees;
mod verdicts;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::Row;
use crate::steps;
use install::{CRATE, CVELIB, CYCLONEDX, GITHUB, NODE, VEXIPY, well};
pub(super) use trees::Trees;
use verdicts::row;

/// The documents of CSAF as folders name them, with their version.
const CSAF: &[(&str, &str)] = &[
    ("csaf-2.0", "2.0"),
    ("csaf-2.1", "2.1"),
    ("csaf-2.1 in words that both know", "2.1"),
    ("csaf-2.1 in words that both know, with SSVC", "2.1"),
];

/// OSV's schema, where its data is beside the checkout.
const OSV_SCHEMA: &str = "../shared/data/osv/schema.json";

/// OpenVEX's schema is in no package: this variable names it.
const OPENVEX_SCHEMA: &str = "OPENVEX_SCHEMA";

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
        Self {
            folder: folder.to_owned(),
            node: install::node(&folder.join("npm")),
            cargo: install::crates(&folder.join("cargo")),
            python: install::python(&folder.join("python")),
        }
    }

    /// The schemas that lie in packages, as the variables in which tests look for them.
    pub(super) fn schemas(&self) -> Vec<(&'static str, PathBuf)> {
        let made = |name: &str| {
            let folder = self.folder.join(name);
            fs::create_dir_all(&folder).is_ok().then_some(folder)
        };
        let described = made("github").filter(|folder| {
            self.node
                && well(
                    Command::new("node")
                        .arg(script("github.mjs"))
                        .arg(self.folder.join("npm"))
                        .arg(folder),
                )
        });
        let beside = made("cyclonedx").filter(|folder| {
            let folder = folder.to_string_lossy();
            self.python("cyclonedx_1_7.py", &["--schemas", &folder]).is_some()
        });
        let cve = self.python("cve.py", &["--schema"]).map(|said| PathBuf::from(said.trim()));
        let schemas =
            [("GHSA_SCHEMAS", described), ("CYCLONEDX_SCHEMAS", beside), ("CVE_SCHEMA", cve)];
        schemas.into_iter().filter_map(|(name, schema)| Some((name, schema?))).collect()
    }

    /// What each judge says of each folder of documents that it can read.
    pub(super) fn rows(&self, written: &Path) -> Vec<Row> {
        let mut rows = Vec::new();
        for judge in [Self::by_node, Self::by_crate] {
            for (format, version) in CSAF {
                rows.push(judge(self, format, version, &written.join(format)));
            }
        }
        for (judge, format, script) in [
            (CVELIB, "cve", "cve.py"),
            (CYCLONEDX, "cyclonedx", "cyclonedx_1_7.py"),
            (VEXIPY, "openvex", "openvex_0_2_0.py"),
        ] {
            let folder = written.join(format);
            let said = self.python(script, &[&folder.to_string_lossy()]);
            rows.push(row(judge, format, count(&folder), said.as_deref()));
        }
        let described = self.folder.join("github/ghsa-update.json");
        rows.push(self.by_schema(("ghsa-update.json", GITHUB.1), written, "ghsa", &described));
        let osv = steps::root().join(OSV_SCHEMA);
        rows.push(self.by_schema(("OSV schema", "1.7.5"), written, "osv", &osv));
        let openvex = std::env::var_os(OPENVEX_SCHEMA).map(PathBuf::from);
        rows.extend(openvex.map(|schema| {
            self.by_schema(("OpenVEX schema", "0.2.0"), written, "openvex", &schema)
        }));
        rows
    }

    /// By the library of npm.
    fn by_node(&self, what: &str, _: &str, documents: &Path) -> Row {
        let mut node = Command::new("node");
        let node = node.arg(script("csaf.mjs")).arg(self.folder.join("npm")).arg(documents);
        let said = self.node.then(|| printed(node)).flatten();
        row(NODE, what, count(documents), said.as_deref())
    }

    /// By the crate.
    fn by_crate(&self, what: &str, version: &str, documents: &Path) -> Row {
        let said = self.cargo.then(|| one_by_one(&self.folder.join("cargo"), version, documents));
        row(CRATE, what, count(documents), said.as_deref())
    }

    /// By a schema, through an engine that is not the one of the tests.
    fn by_schema(&self, judge: (&str, &str), written: &Path, format: &str, schema: &Path) -> Row {
        let folder = written.join(format);
        let arguments = [folder.to_string_lossy(), schema.to_string_lossy()];
        let said = self.python("schema.py", &[&arguments[0], &arguments[1]]);
        row(judge, format, count(&folder), said.as_deref())
    }

    /// What a script prints.
    fn python(&self, name: &str, arguments: &[&str]) -> Option<String> {
        let mut python = Command::new(self.folder.join("python/bin/python"));
        self.python.then(|| printed(python.arg(script(name)).args(arguments))).flatten()
    }
}

fn script(name: &str) -> PathBuf {
    steps::root().join("xtask/src/conformance/scripts").join(name)
}

/// What a program prints, if it ends well.
fn printed(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::inherit()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The same lines that the scripts print, from a program that takes one document at a time.
fn one_by_one(folder: &Path, version: &str, documents: &Path) -> String {
    let mut lines = String::new();
    for (name, path) in json_files(documents) {
        // For 2.0 it has no test that asks the network, and no name for those that do not.
        let tests = if version == "2.0" { "full" } else { "external-request-free" };
        let mut judge = Command::new(folder.join("bin").join(CRATE.0));
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

/// The documents of a folder, in the order of their names.
fn json_files(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
        .filter(|(_, path)| path.extension().is_some_and(|ending| ending == "json"))
        .collect();
    files.sort();
    files
}

fn count(folder: &Path) -> usize {
    json_files(folder).len()
}
