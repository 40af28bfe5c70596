//! `cargo xtask lineage-study`: how well evidence finds backports, on clones of real projects.
//!
//! Reads nothing but the folders that are named, each as `NAME=FOLDER` on the command line or in a
//! variable (`VULNDB_CLONE`, `CONTAINERD_CLONE`, …), and prints tables; an example of `lineage` does the
//! work. What is absent is said there. Not part of `cargo xtask test`: it takes minutes.

use std::process::ExitCode;

use crate::{report::Outcome, run};

/// What can be named, and the variable that says where it is.
const FOLDERS: &[(&str, &str)] = &[
    ("vulndb", "VULNDB_CLONE"),
    ("containerd", "CONTAINERD_CLONE"),
    ("argo-cd", "ARGO_CD_CLONE"),
    ("samba", "SAMBA_CLONE"),
    ("keystone", "KEYSTONE_CLONE"),
    ("cache", "LINEAGE_CACHE"),
];

/// Runs the study over what was named.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let is_named = |name: &str| {
        let mut given = arguments.iter().filter_map(|argument| argument.split_once('='));
        given.any(|(other, _)| other == name)
    };
    let from_variables = FOLDERS.iter().filter(|(name, _)| !is_named(name));
    let from_variables = from_variables.filter_map(|(name, variable)| {
        std::env::var(variable).ok().map(|folder| format!("{name}={folder}"))
    });
    let folders: Vec<String> = from_variables.chain(arguments.iter().cloned()).collect();
    let command = "run --quiet --release --locked -p lineage --example study --";
    let all: Vec<&str> = command.split(' ').chain(folders.iter().map(String::as_str)).collect();
    match run::cargo_with(&all) {
        Outcome::Failed(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}
