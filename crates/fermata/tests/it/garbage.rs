//! Nonsense in, an orderly end out.

use proptest::prelude::*;

use crate::program::Place;

fn word() -> impl Strategy<Value = String> {
    let known = [
        "affected",
        "check",
        "cvss",
        "diff",
        "guard",
        "text",
        "commits",
        "push",
        "--json",
        "--repo",
        "--terms",
        "--fixed",
        "--introduced",
        "--as",
        "--severity",
        "block",
        "--osv",
        "--artefact",
        "--audience",
        "-",
        "--",
        ".",
        "..",
        "HEAD",
        "CVSS:3.1/AV:N",
        "--help",
    ];
    prop_oneof![
        3 => prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        1 => "[^\0]{0,12}",
    ]
}

fn orderly(arguments: &[String], stdin: &[u8]) {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ended = Place::new().run_with(&arguments, stdin);
    assert!(matches!(ended.code, Some(0..=2)), "{arguments:?}: {ended:?}");
    assert!(!ended.err.contains("panicked"), "{arguments:?}: {}", ended.err);
    if ended.code == Some(2) {
        assert!(!ended.err.is_empty(), "{arguments:?} fails without a word");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn any_words_end_in_order(
        arguments in prop::collection::vec(word(), 0..6),
        stdin in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        orderly(&arguments, &stdin);
    }

    #[test]
    fn any_input_ends_in_order(
        command in prop::sample::select(vec![
            "cvss -", "cvss --json -", "guard text -", "guard text --json -",
            "guard text --audience distributors -", "check -", "check --as cvss -", "diff - -", "diff - .",
        ]),
        stdin in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..400),
            "(CVSS:[34].[01]|/AV:N|/AC:L|[A-Z:/\n]|CVE-2024-1|GHSA-|\\{\"id\":){0,40}".prop_map(String::into_bytes),
        ],
    ) {
        let arguments: Vec<String> = command.split(' ').map(str::to_owned).collect();
        orderly(&arguments, &stdin);
    }
}
