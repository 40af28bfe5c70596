//! The project's chores, as `cargo xtask`: everything that must hold before a change goes in.
//!
//! `cargo xtask test` runs every step of [`steps::ALL`] in order, goes on after a failure, and
//! ends with a table. Nothing here is part of the program that people run.

mod arrows;
mod browser;
mod conformance;
mod cwe;
mod licences;
mod machine;
mod report;
mod run;
mod steps;
mod study;
mod words;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [wish, rest @ ..] = arguments.as_slice()
        && wish == "cwe"
    {
        return cwe::run(rest);
    }
    if let [wish, rest @ ..] = arguments.as_slice()
        && wish == "lineage-study"
    {
        return study::run(rest);
    }
    let wish = arguments.join(" ");
    if wish == "conformance" {
        return conformance::run();
    }
    if matches!(wish.as_str(), "" | "help" | "-h" | "--help") {
        help();
        return ExitCode::SUCCESS;
    }
    let is_chosen = |step: &&steps::Step| wish == "test" || wish == step.name;
    let chosen: Vec<_> = steps::ALL.iter().filter(is_chosen).collect();
    if chosen.is_empty() {
        eprintln!("cargo xtask does not know “{wish}”\n");
        help();
        return ExitCode::from(2);
    }
    if let Err(error) = std::env::set_current_dir(steps::root()) {
        eprintln!("cannot enter {}: {error}", steps::root().display());
        return ExitCode::from(2);
    }
    report::conclude(&steps::run(&chosen), steps::in_ci())
}

fn help() {
    println!("cargo xtask test        everything below, in this order, with a table at the end");
    for step in steps::ALL {
        println!("cargo xtask {:11} {}", step.name, step.about);
    }
    println!("\nAnd by themselves:");
    println!("cargo xtask conformance write docs/conformance.md, with other people's validators");
    println!("cargo xtask cwe         make the table of weaknesses anew: see xtask/src/cwe/mod.rs");
    println!(
        "cargo xtask lineage-study  find published fixes again on clones: see xtask/src/study.rs"
    );
    println!("\nWith CI set, leaving out a step that could have been run is a failure.");
}
