//! What is found in a text, and what is let pass.

use discretion::{Audience, Finding, Guard, Policy, Rule, Setting, Severity, Terms};
use proptest::prelude::*;

use crate::sample::terms;

const SILENT: Policy = Policy { cve_id_in_embargoed_mail: false };
const OPEN: Policy = Policy { cve_id_in_embargoed_mail: true };

fn public(text: &str) -> Vec<Finding> {
    thread_local! {
        static GUARD: Guard = Guard::new(&terms());
    }
    GUARD.with(|guard| guard.text(text, &Setting::PUBLIC))
}

fn check_text(text: &str, terms: &Terms, audience: Audience, policy: Policy) -> Vec<Finding> {
    Guard::new(terms).text(text, &Setting::before(audience, policy))
}

fn blocked(findings: &[Finding]) -> Vec<Rule> {
    findings
        .iter()
        .filter(|finding| finding.severity == Severity::Block)
        .map(|finding| finding.rule)
        .collect()
}

#[test]
fn leaks_are_blocked_however_they_are_written() {
    for (text, rule) in [
        ("Fixes CVE-2021-32783.", Rule::CveId),
        ("fixes cve-2021-32783", Rule::CveId),
        ("CVE\u{2010}2021\u{2011}32783", Rule::CveId),
        ("CVE\u{2013}2021\u{2014}32783", Rule::CveId),
        ("CVE\u{2012}2021\u{2015}32783", Rule::CveId),
        ("CVE\u{2212}2021\u{2212}32783", Rule::CveId),
        ("CVE-2021-\n32783", Rule::CveId),
        ("> CVE-2021-32\n> 783 is fixed", Rule::CveId),
        ("CVE\u{ad}-2021-\u{200b}32\u{200d}783", Rule::CveId),
        ("CVE-\u{feff}2021-32783", Rule::CveId),
        ("\u{ff23}\u{ff36}\u{ff25}\u{ff0d}2021\u{ff0d}32783", Rule::CveId),
        ("fix_cve_2021_32783", Rule::CveId),
        ("fixCVE202132783Now", Rule::CveId),
        ("thecve-2021-32783", Rule::CveId),
        ("**CVE**-2021-`32783`", Rule::CveId),
        ("GHSA-5ph6-qq5x-7jwc", Rule::GhsaId),
        ("ghsa-5PH6-QQ5X-7JWC", Rule::GhsaId),
        ("GHSA\u{2011}5ph6\u{2011}qq5x\u{2011}7jwc", Rule::GhsaId),
        ("Amber Heron", Rule::Codename),
        ("release/amber-heron", Rule::Codename),
        ("AmberHeron.md", Rule::Codename),
        ("amber\n  heron", Rule::Codename),
        ("am\u{ad}ber her\u{200b}on", Rule::Codename),
        ("thanks to jo o\u{2019}finder!", Rule::Name),
        ("externalname\u{a0}proxying", Rule::Term),
        ("ExternalName-\nproxying", Rule::Term),
        ("external_name_proxying", Rule::Term),
        ("EXTERNALNAME PROXYING", Rule::Term),
    ] {
        assert_eq!(blocked(&public(text)), [rule], "{text:?}");
    }
}

#[test]
fn a_private_link_is_blocked_with_scheme_and_without() {
    for text in [
        "see https://github.com/projectcontour/contour-ghsa-5ph6-qq5x-7jwc/pull/1",
        "github.com/projectcontour/contour-ghsa-5ph6-qq5x-7jwc",
        "git@github.com:projectcontour/contour-ghsa-5ph6-qq5x-7jwc.git",
    ] {
        assert!(!blocked(&public(text)).is_empty(), "{text}");
    }
    let terms = Terms::new().private_link("https://pad.example.org/p/q7");
    let findings = check_text("pad.example.org/p/q7", &terms, Audience::Distributors, OPEN);
    assert_eq!(blocked(&findings), [Rule::PrivateLink]);
}

#[test]
fn plain_words_are_never_blocked_nor_warned_of() {
    for text in [
        "",
        "\n",
        "   ",
        ".",
        "fix",
        "fix header handling",
        "Fix header handling (#4242)",
        "internal/dag: ignore services of a kind that we do not route to",
        "Release v1.14.2",
        "amber lights, and a heron",
        "a chamber heron",
        "amber heronry",
        "poc\u{ad}ket, dos\u{200b}e",
        "2021-32783 requests a second",
        "advised, executed, positions, docs",
    ] {
        assert_eq!(public(text), [], "{text:?}");
    }
}

#[test]
fn other_ids_are_pointed_at_and_not_blocked() {
    for (text, rule) in [
        ("unlike CVE-2021-32784", Rule::CveId),
        ("CVE-2021-3278", Rule::CveId),
        ("CVE-2021-327830", Rule::CveId),
        ("cve\u{2013}1999\u{2013}0001 12 times", Rule::CveId),
        ("see GHSA-5ph6-qq5x-7jww", Rule::GhsaId),
    ] {
        let findings = public(text);
        assert_eq!(blocked(&findings), [], "{text}");
        assert_eq!(findings[0].rule, rule, "{text}");
        assert_eq!(findings.len(), 1, "{text}: the id alone is reported");
    }
}

#[test]
fn an_id_ends_where_its_word_ends() {
    let rules = |text| public(text).iter().map(|finding| finding.rule).collect::<Vec<_>>();
    assert_eq!(rules("CVE-2020-1111 0day"), [Rule::CveId, Rule::Vocabulary]);
    assert_eq!(rules("GHSA-5ph6-qq5x-7jwwx"), [Rule::Vocabulary], "one letter too many");
}

#[test]
fn security_words_are_pointed_at_with_plainer_ones() {
    for text in [
        "a CVE will follow",
        "fix vulnerability",
        "Security fix for headers",
        "an exploit exists",
        "escape title (XSS)",
        "use\u{2011}after\u{2011}free in parser",
        "denial of\nservice",
        "Merge commit from fork",
    ] {
        let findings = public(text);
        assert_eq!(findings.len(), 1, "{text}");
        assert_eq!(findings[0].severity, Severity::Warn, "{text}");
        assert!(!findings[0].suggest.is_empty() && !findings[0].rule.why().is_empty());
        assert_eq!(check_text(text, &terms(), Audience::Distributors, SILENT), []);
    }
}

#[test]
fn what_distributors_may_read_is_the_policys_to_say() {
    let text = "amber heron: CVE-2021-32783 lets an attacker in, see GHSA-5ph6-qq5x-7jwc";
    let distributors = |policy| check_text(text, &terms(), Audience::Distributors, policy);
    assert_eq!(blocked(&distributors(SILENT)), [Rule::CveId, Rule::GhsaId]);
    assert_eq!(distributors(OPEN), []);
    for policy in [SILENT, OPEN] {
        let findings = check_text(text, &terms(), Audience::Public, policy);
        assert_eq!(blocked(&findings), [Rule::Codename, Rule::CveId, Rule::GhsaId]);
    }
    let other = check_text("CVE-2020-0001", &terms(), Audience::Distributors, OPEN);
    assert_eq!(other[0].severity, Severity::Warn);
    let name = check_text("found by Jo O'Finder", &terms(), Audience::Distributors, OPEN);
    assert_eq!(blocked(&name), [Rule::Name]);
}

#[test]
fn a_finding_says_where_and_shows_the_words() {
    let text = "Dear all,\n\nthe next r\u{e9}lease fixes CVE-2021-\n32783 and more of the kind.";
    let findings = public(text);
    assert_eq!(
        serde_json::to_string(&findings).unwrap(),
        "[{\"rule\":\"cve-id\",\"severity\":\"block\",\"where\":\"line 3 col 24\",\
         \"line\":3,\"col\":24,\"bytes\":[35,50],\
         \"why\":\"an id tells everybody that there is a vulnerability, and leads to it\",\
         \"excerpt\":\"next r\u{e9}lease fixes CVE-2021- 32783 and more of the kin\",\
         \"suggest\":\"leave the id out; it is added once the advisory is public\"}]"
    );
    assert_eq!((findings[0].place.line, findings[0].place.col), (3, 24));
}

#[test]
fn terms_come_from_a_file_one_a_line() {
    let terms = Terms::from_lines(
        "CVE-2021-32783\r\n\n  GHSA-5ph6-qq5x-7jwc \nhttps://pad.example.org/q7\nstrange header\n---\n",
    );
    for (text, rule) in [
        ("cve 2021 32783", Rule::CveId),
        ("GHSA-5ph6-qq5x-7jwc", Rule::GhsaId),
        ("pad.example.org/q7", Rule::PrivateLink),
        ("Strange-Header", Rule::Term),
    ] {
        let findings = check_text(text, &terms, Audience::Public, SILENT);
        assert_eq!(blocked(&findings), [rule], "{text}");
    }
    assert_eq!(check_text("--- a", &terms, Audience::Public, SILENT), []);
}

#[test]
fn what_is_everyday_is_so_whatever_else_it_is_said_to_be() {
    for (lines, text, severity) in [
        ("name: Ada Example\neveryday: ada example", "by Ada Example", Severity::Warn),
        ("everyday: Ada Example\nname: Ada Example", "by Example, Ada", Severity::Warn),
        ("name: Ada Example\neveryday: example ada", "by Ada Example", Severity::Warn),
        ("codename: amber-heron\neveryday: amber heron", "amber heron", Severity::Warn),
        ("https://a.example/x\neveryday: a.example/x", "see a.example/x", Severity::Warn),
        ("CVE-2024-12345\neveryday: CVE-2024-12345", "CVE-2024-12345", Severity::Block),
        ("amber heron\neveryday: heron", "amber heron", Severity::Block),
    ] {
        let found = Guard::new(&Terms::from_lines(lines)).text(text, &Setting::PUBLIC);
        // Of a name that is turned only the way that was marked is sought.
        assert!(found.iter().all(|finding| finding.severity == severity), "{lines}: {found:?}");
        let sought = !found.is_empty() || text == "by Example, Ada" || lines.ends_with("ada");
        assert!(sought, "{lines}");
    }
}

#[test]
fn what_the_project_says_every_day_only_warns_and_what_is_the_cases_own_still_blocks() {
    let said = ["debugger pin", "Safe Join", "the amber-heron way", "amber heron", "ada example"];
    let said = said.map(ToOwned::to_owned);
    for (lines, text, severity) in [
        ("debugger pin", "the Debugger-PIN", Some(Severity::Warn)),
        ("debugger pins", "the debugger pins", Some(Severity::Block)),
        ("other words", "the debugger pin", None),
        ("identifier: safe_join", "safe_join has an overflow", Some(Severity::Warn)),
        ("codename: amber heron", "amber heron", Some(Severity::Block)),
        ("codename: amber heron\nAmber Heron", "amber heron", Some(Severity::Block)),
        (
            "codename: amber heron\nthe amber heron way",
            "the amber heron way",
            Some(Severity::Block),
        ),
        ("name: Ada Example", "by Ada Example", Some(Severity::Block)),
        ("CVE-2024-12345", "CVE-2024-12345", Some(Severity::Block)),
        ("https://a.example/x", "a.example/x", Some(Severity::Block)),
    ] {
        let list = [&said[..], &["cve-2024-12345".into(), "a.example/x".into()]].concat();
        // In whatever order, and however often, lists and terms are put together.
        let one = Terms::from_lines(lines).where_said(&list);
        let other = Terms::new().where_said(&list).with(Terms::from_lines(lines));
        assert!(one == other, "{lines}");
        let found = Guard::new(&one).text(text, &Setting::PUBLIC);
        let own = |finding: &&Finding| finding.rule != Rule::Vocabulary;
        let gravest = found.iter().filter(own).map(|finding| finding.severity).min();
        assert_eq!(gravest, severity, "{lines}: {found:?}");
    }
    let plain = Terms::from_lines("debugger pin");
    assert!(!plain.is_everyday() && plain.clone().where_said(&said).is_everyday());
    assert_ne!(plain.mark(&[1; 32]), plain.where_said(&said).mark(&[1; 32]));
}

#[test]
fn a_line_is_a_plain_word_or_it_is_something_else() {
    for line in ["debugger pin", "safe_join", "x: y"] {
        assert!(Terms::is_free(line), "{line}");
    }
    for line in [
        "",
        "CVE-2024-12345",
        "GHSA-5ph6-qq5x-7jwc",
        "GO-2024-2687",
        "https://a.example/x",
        "codename: amber heron",
        "name: Ada",
        "identifier: f",
        "everyday: f",
    ] {
        assert!(!Terms::is_free(line), "{line}");
    }
}

#[test]
fn an_everyday_term_may_say_what_else_it_is() {
    for line in
        ["everyday: safe join", "everyday: identifier: safe_join", "everyday:name:Safe Join"]
    {
        let terms = Terms::from_lines(line);
        let findings = check_text("Use safe_join here", &terms, Audience::Public, SILENT);
        let rules: Vec<Rule> = findings.iter().map(|finding| finding.rule).collect();
        assert_eq!((rules, blocked(&findings)), (vec![Rule::EverydayTerm], vec![]), "{line}");
    }
}

#[test]
fn debug_shows_no_term() {
    assert_eq!(format!("{:?}", terms()), "Terms(…)");
    let findings = format!("{:?}", public("Amber Heron is CVE-2021-32783"));
    assert!(!findings.contains("32783") && !findings.to_lowercase().contains("heron"));
}

#[test]
fn a_term_in_a_script_without_spaces_is_found() {
    let terms = Terms::new().name("山田太郎");
    let findings = check_text("報告者は山田太郎です", &terms, Audience::Public, SILENT);
    assert_eq!(blocked(&findings), [Rule::Name]);
}

proptest! {
    /// Whatever stands between the letters of an id, and whatever goes before it, it is seen.
    #[test]
    fn no_separator_hides_the_id(
        before in "[a-z \n]{0,12}",
        separators in proptest::collection::vec("[-_ \n\u{2010}-\u{2015}\u{ad}\u{200b}-\u{200d}\u{2060}*`>.:/]{0,3}", 11),
    ) {
        let id = "CVE202132783".chars().zip(separators.iter().map(String::as_str).chain([""]));
        let written: String = id.flat_map(|(c, after)| std::iter::once(c).chain(after.chars())).collect();
        let findings = public(&format!("{before}{written} x"));
        prop_assert!(blocked(&findings).contains(&Rule::CveId));
    }

    /// Any text is read to its end, and each finding lies within it.
    #[test]
    fn any_text_can_be_read(text in "(\\PC|\n|CVE-2021-32783|amber heron|XSS){0,30}") {
        for audience in [Audience::Public, Audience::Distributors] {
            for finding in check_text(&text, &terms(), audience, SILENT) {
                let line = text.split('\n').nth(finding.place.line - 1).unwrap();
                prop_assert!(finding.place.col <= line.chars().count());
                prop_assert!(!finding.excerpt.contains('\n'));
            }
        }
    }

    /// Plain lower-case words that are none of the case's are never blocked.
    #[test]
    fn other_words_are_never_blocked(text in "([b-df-hk-z]{1,9} ){0,8}") {
        prop_assert_eq!(blocked(&public(&text)), []);
    }
}

#[test]
fn a_mark_tells_lists_of_terms_apart_and_needs_the_key() {
    let mark = |lines: &str, key: u8| Terms::from_lines(lines).mark(&[key; 32]);
    let one = mark("amber heron\nCVE-2024-12345\n", 1);
    assert_eq!(one, mark("CVE-2024-12345\n\namber heron\n", 1));
    for (lines, key) in [
        ("amber heron\nCVE-2024-12345\n", 2),
        ("amber heron\nCVE-2024-12346\n", 1),
        ("everyday: amber heron\nCVE-2024-12345\n", 1),
        ("amber\nheron\nCVE-2024-12345\n", 1),
    ] {
        assert_ne!(one, mark(lines, key), "{lines}");
    }
    assert!(one.bytes().all(|byte| byte.is_ascii_hexdigit()), "{one}");
}

#[test]
fn a_name_is_known_with_its_last_word_first() {
    let guard = Guard::new(&Terms::new().name("Jo O'Finder"));
    for text in ["thanks to Jo O'Finder", "O'Finder, Jo", "o_finder_jo"] {
        assert_eq!(guard.text(text, &Setting::PUBLIC).len(), 1, "{text}");
    }
}

#[test]
fn of_what_overlaps_one_after_the_other_the_longest_of_the_gravest_is_told() {
    let terms = Terms::new().free("red heron").free("heron exploit notes");
    let found = Guard::new(&terms).text("the red heron exploit notes", &Setting::PUBLIC);
    let places: Vec<_> = found.iter().map(|finding| finding.place.bytes.clone()).collect();
    assert_eq!(places, [std::ops::Range { start: 8, end: 27 }]);
}
