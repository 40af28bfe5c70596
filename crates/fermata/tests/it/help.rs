//! The manual: every command has one, with an example.

use crate::program::Place;

/// The subcommands that a help text lists.
fn listed(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let entries = lines.take_while(|line| !line.is_empty());
    let names = entries.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// Walks the tree of commands by its own help, so that no command can be forgotten.
fn walk(place: &Place, path: &[String], pages: &mut Vec<(String, String)>) {
    let mut arguments: Vec<&str> = path.iter().map(String::as_str).collect();
    arguments.push("--help");
    let ended = place.run(&arguments);
    let name = path.join(" ");
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "fermata {name} --help");
    for command in listed(&ended.out) {
        walk(place, &[path, &[command]].concat(), pages);
    }
    pages.push((name, ended.out));
}

fn pages() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    walk(&Place::new(), &[], &mut pages);
    pages.sort();
    pages
}

#[test]
fn every_command_explains_itself_with_an_example() {
    let pages = pages();
    assert!(pages.len() > 5, "{}", pages.len());
    for (name, help) in pages {
        let example = help.split_once("\nExample").map(|(_, after)| after);
        let example = example.unwrap_or_else(|| panic!("fermata {name} --help has no example"));
        let words = format!("fermata {name}");
        assert!(example.contains(words.trim_end()), "the example is of another command: {name}");
        assert!(help.contains("--json"), "fermata {name} has no form for machines");
        let longest = help.lines().map(|line| line.chars().count()).max();
        assert!(longest <= Some(110), "fermata {name} --help: {longest:?} columns");
    }
}

#[test]
fn the_manual_reads_well() {
    let pages = pages().into_iter().map(|(name, help)| format!("$ fermata {name} --help\n{help}"));
    insta::assert_snapshot!("manual", pages.collect::<Vec<_>>().join("\n"));
}

#[test]
fn hidden_ways_to_the_same_help_agree() {
    let place = Place::new();
    assert_eq!(place.run(&["-h"]).code, Some(0));
    assert_eq!(place.run(&["--version"]).code, Some(0));
}
