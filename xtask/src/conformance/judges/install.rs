//! Where judges come from, at which versions.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use crate::run;

pub(super) const GITHUB: (&str, &str) = ("@octokit/openapi", "23.0.2");
pub(super) const NODE: (&str, &str) = ("@secvisogram/csaf-validator-lib", "2.0.10");
pub(super) const CRATE: (&str, &str) = ("csaf-validator", "0.5.2");
pub(super) const CVELIB: (&str, &str) = ("cvelib", "1.8.0");
pub(super) const CYCLONEDX: (&str, &str) = ("cyclonedx-python-lib", "11.12.0");
pub(super) const SECTXT: (&str, &str) = ("sectxt", "0.9.8");
pub(super) const VEXIPY: (&str, &str) = ("vexipy", "0.3.0");

pub(super) fn node(folder: &Path) -> bool {
    let packages = [NODE, GITHUB].map(|(name, version)| format!("{name}@{version}"));
    let mut npm = Command::new("npm");
    let npm =
        npm.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(folder).args(packages);
    fs::create_dir_all(folder).is_ok() && well(npm)
}

pub(super) fn crates(folder: &Path) -> bool {
    let (name, version) = CRATE;
    let mut cargo = Command::new(run::cargo_path());
    well(cargo.args(["install", "--quiet", "--version", version, name, "--root"]).arg(folder))
}

pub(super) fn python(folder: &Path) -> bool {
    let mut packages = [CVELIB, SECTXT, VEXIPY].map(|(name, version)| format!("{name}=={version}"));
    let cyclonedx = format!("{}[json-validation]=={}", CYCLONEDX.0, CYCLONEDX.1);
    packages.sort();
    well(Command::new("python3").args(["-m", "venv"]).arg(folder))
        && well(
            Command::new(folder.join("bin/pip"))
                .args(["install", "--quiet", &cyclonedx])
                .args(&packages),
        )
}

/// Whether it ends well; what it prints is of no interest.
pub(super) fn well(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}
