//! What the machine has, and what may be installed on it.
//!
//! A new Debian machine with Rust, a C compiler and git is enough. Only packages from the
//! distribution and Rust's own components are installed, and only where that needs no question.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{report::Outcome, run};

/// The names under which Chromium goes, the distribution's first.
const CHROMIUM: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

/// Mail servers that tests run against where they are: each with its package.
const MAIL_SERVERS: &[(&str, &str)] = &[("postfix", "postfix"), ("dovecot", "dovecot-imapd")];

/// Finds the tools, installs those that may be, and names those that are missing.
pub(crate) fn needs() -> Outcome {
    let mut missing = Vec::new();
    if find("git").is_none() && !install("git") {
        missing.push("git is missing, and the tests make repositories".to_owned());
    }
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !has_subcommand(subcommand) && !add_component(component) {
            missing.push(format!("{component} is missing: `rustup component add {component}`"));
        }
    }
    if chromium().is_none() && !install("chromium") {
        println!("no Chromium here: the browser tests will be left out");
    }
    for (server, package) in MAIL_SERVERS {
        if find(server).is_none() && !install(package) {
            println!("no {server} here: the tests with it will be left out");
        }
    }
    for (package, there) in mail_judges() {
        if !there && !install(package) {
            println!("no {package} here: the tests in which it judges mail will be left out");
        }
    }
    if !has_subcommand("nextest") {
        println!("no cargo-nextest here: cargo's own runner will do");
    }
    Outcome::of(&missing)
}

/// The packages whose programs judge the mail that is made here, and whether each is there.
fn mail_judges() -> [(&'static str, bool); 5] {
    let module = |name: &str| Path::new("/usr/lib/python3/dist-packages").join(name).is_dir();
    [
        ("gnupg", find("gpg").is_some()),
        ("sq", find("sq").is_some()),
        ("sqop", find("sqop").is_some()),
        ("python3-dkim", module("dkim")),
        ("python3-nacl", module("nacl")),
    ]
}

/// Where Chromium is, if it is anywhere; the variable `CHROMIUM` comes before the search path.
pub(crate) fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    named.or_else(|| CHROMIUM.iter().find_map(|name| find(name)))
}

/// Whether hunspell is here with English, installed if it may be.
pub(crate) fn hunspell() -> bool {
    find("hunspell").is_some() || install("hunspell-en-us")
}

/// Whether `cargo <name>` exists.
pub(crate) fn has_subcommand(name: &str) -> bool {
    let mut command = Command::new(run::cargo_path());
    command.args([name, "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Installs the distribution's package, if we are root on a machine that has apt-get.
fn install(package: &str) -> bool {
    let is_root = run::output("id", &["-u"]).is_some_and(|id| id.trim_ascii() == b"0");
    if !is_root || find("apt-get").is_none() {
        return false;
    }
    println!("installing {package} with apt-get");
    apt_get(&["update", "-qq"])
        && apt_get(&["install", "-qq", "--yes", "--no-install-recommends", package])
}

fn apt_get(arguments: &[&str]) -> bool {
    let mut command = Command::new("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn add_component(component: &str) -> bool {
    let mut command = Command::new("rustup");
    command.args(["component", "add", component]);
    command.status().is_ok_and(|status| status.success())
}
