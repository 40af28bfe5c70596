//! What is ordinary in a project: how much its words weigh, and which phrases are the advisory's own.

use discretion::{CommitWords, Guard, Prior, Rule, Setting, Terms, prior::Everyday};

fn prior(says: &str, times: usize) -> Prior {
    let said = (0..200).map(|at| if at < times { says } else { "Mend the build of it" });
    Prior::of(said.clone()).with_phrases(said)
}

fn rules(prior: Prior, text: &str) -> Vec<Rule> {
    let guard = Guard::new(&Terms::new()).with_prior(prior);
    guard.text(text, &Setting::PUBLIC).iter().map(|finding| finding.rule).collect()
}

#[test]
fn a_word_weighs_less_the_more_often_it_is_said() {
    let alone = "Add a page about security";
    // An attack is always one, in whatever company.
    let beside = "Bring security beside an attack";
    for (times, said_alone, said_beside) in [(1, 1, 2), (2, 0, 2), (9, 0, 2), (10, 0, 1)] {
        let count = |text| {
            let found = rules(prior("On security", times), text);
            found.iter().filter(|rule| **rule == Rule::Vocabulary).count()
        };
        assert_eq!((count(alone), count(beside)), (said_alone, said_beside), "{times} of 200");
    }
}

#[test]
fn few_texts_teach_nothing() {
    let few = Prior::of(vec!["On security"; 99]);
    assert_eq!(few.texts(), 99);
    assert_eq!(rules(few, "Add a page about security"), [Rule::Vocabulary]);
    let enough = Prior::of(vec!["On security"; 100]);
    assert_eq!(rules(enough, "Add a page about security"), []);
}

#[test]
fn what_fixes_say_is_not_taken_for_ordinary() {
    let text = "Add a page about security";
    let fixes = |says| rules(prior(says, 20), text);
    assert_eq!(fixes("CVE-2021-32783: on security"), [Rule::Vocabulary]);
    assert_eq!(fixes("On security, see GHSA-5ph6-qq5x-7jwc"), [Rule::Vocabulary]);
    assert_eq!(fixes("On security and CWE-79"), []);
}

const ADVISORY: &str = "Requests with nested chunked trailers reach internal upstream routes.";

fn phrases(prior: &Prior, text: &str) -> usize {
    let guard = Guard::new(&Terms::new().described(ADVISORY, prior));
    let found = guard.text(text, &Setting::PUBLIC);
    found.iter().filter(|finding| finding.rule == Rule::Phrase).count()
}

#[test]
fn the_advisorys_own_phrases_are_found_and_common_ones_are_not() {
    let said = "now NESTED chunked\n  trailers reach nothing";
    assert_eq!(phrases(&prior("", 0), said), 1);
    assert_eq!(phrases(&prior("", 0), "chunked nested trailers reach nothing"), 0);
    assert_eq!(phrases(&prior("nested chunked trailers reach", 1), said), 0);
    // Only what was looked for can be rare.
    assert_eq!(phrases(&Prior::default(), said), 0);
}

#[test]
fn phrases_of_empty_words_and_over_the_ends_of_sentences_are_none() {
    let described = |text: &str| {
        let guard = Guard::new(&Terms::new().described(text, &prior("", 0)));
        guard.text(text, &Setting::PUBLIC).iter().any(|finding| finding.rule == Rule::Phrase)
    };
    assert!(described("Crafted certificates bypass verification"));
    assert!(!described("This issue could have been worse"));
    assert!(!described("Crafted certificates. Bypass verification"));
}

#[test]
fn an_everyday_term_is_counted_and_warned_of() {
    let commit = |message: &str| CommitWords { message: message.into(), ..CommitWords::default() };
    let commits: Vec<CommitWords> =
        ["Show the Debugger-PIN", "debugger pin: mend", "else"].map(commit).into();
    let each = ["debugger pin", "amber heron", "everyday: debugger pin", ""].map(Terms::from_lines);
    let mut everyday = Everyday::new(&each);
    for words in &commits {
        everyday.read(words);
    }
    assert_eq!((everyday.commits(), everyday.counts()), (commits.len(), &[2, 0, 0, 0][..]));
    let guard = Guard::new(&Terms::new().everyday("debugger pin"));
    let found = guard.text("the debugger pin", &Setting::PUBLIC);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rule, Rule::EverydayTerm);
    assert_eq!(found[0].severity, discretion::Severity::Warn);
}
