//! The page: its bytes, and that nothing typed leaves its place.

use advisory::{Advisory, LineStanding, Reader, Stage, markdown};
use proptest::prelude::*;

use crate::cases::cases;
use crate::sample;

fn page(change: impl FnOnce(&mut Advisory)) -> String {
    let mut advisory = sample::full();
    change(&mut advisory);
    let reader = Reader::public("2021-07-22T15:00:00Z".parse().unwrap());
    markdown::write(&advisory.for_audience(&reader), Stage::Planned)
}

#[test]
fn a_page_says_everything_that_may_be_said() {
    insta::assert_snapshot!(page(|_| {}));
}

#[test]
fn two_vulnerabilities_have_a_part_each() {
    let page = page(|advisory| {
        let mut second = advisory.vulnerabilities[0].clone();
        second.cve = Some("CVE-2021-32784".parse().unwrap());
        advisory.vulnerabilities.push(second);
    });
    let headings: Vec<_> = page.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(
        headings,
        [
            "# ExternalName Services can reach the admin interface",
            "## CVE-2021-32783",
            "### Severity",
            "### Affected versions",
            "## CVE-2021-32784",
            "### Severity",
            "### Affected versions",
            "## Description",
            "## Impact",
            "## Attack vectors",
            "## Workarounds",
            "## Credits",
            "## Timeline",
            "## References",
        ]
    );
}

/// The part under a heading.
fn part<'p>(page: &'p str, heading: &str) -> &'p str {
    let rest = page.split_once(&format!("\n## {heading}\n\n")).unwrap().1;
    rest.split("\n\n## ").next().unwrap()
}

#[test]
fn long_texts_keep_their_markdown_and_lose_what_would_leave_their_part() {
    let cases = [
        ("*a* and `b`", "*a* and `b`"),
        ("`<b>` and <b>", "`<b>` and &lt;b>"),
        ("one ` <b>\n` two", "one &#96; &lt;b>\n&#96; two"),
        ("| `a | <b>` |", "| &#96;a | &lt;b>&#96; |"),
        ("\\`<b>`", "\\&#96;&lt;b>&#96;"),
        ("``a ` <b>`` c", "``a ` <b>`` c"),
        ("# Top", "#### Top"),
        ("###### Deep", "###### Deep"),
        ("Top\n===", "Top\n\\==="),
        ("Top\n-", "Top\n\\-"),
        ("```\n<b>\n# x", "```\n<b>\n# x\n```"),
        ("```rust\n<b>\n``` \nafter <b>", "```rust\n<b>\n```\nafter &lt;b>"),
        ("- ```\n  <b>\n  ```", "- &#96;&#96;&#96;\n  &lt;b>\n  &#96;&#96;&#96;"),
        (" ~~~\n<b>", " &#126;&#126;&#126;\n&lt;b>"),
        ("a\u{202e}b", "a\u{fffd}b"),
    ];
    for (typed, shown) in cases {
        let page = page(|advisory| advisory.details = Some(format!("x\n\n{typed}")));
        assert_eq!(part(&page, "Description"), format!("x\n\n{shown}"), "{typed}");
    }
}

#[test]
fn short_texts_are_taken_by_the_letter() {
    let cases = [
        ("<b>", "&lt;b&gt;"),
        ("a | b", "a \\| b"),
        ("*a* _b_ `c`", "\\*a\\* \\_b\\_ \\`c\\`"),
        ("two\n\n# lines", "two \\# lines"),
        ("- x", "\\- x"),
        ("12. x", "12\\. x"),
        ("[x](y)", "\\[x\\](y)"),
        ("@team &lt;", "&#64;team &amp;lt;"),
    ];
    for (typed, shown) in cases {
        let page = page(|advisory| advisory.title = Some(typed.to_owned()));
        assert_eq!(page.lines().next(), Some(format!("# {shown}").as_str()));
    }
}

#[test]
fn only_addresses_on_the_web_are_links() {
    for (url, shown) in [
        ("https://example.org/a b>c", "<https://example.org/a%20b%3Ec>"),
        ("javascript:alert(1)", "javascript:alert(1)"),
    ] {
        let page = page(|advisory| advisory.references[0].url = url.to_owned());
        assert_eq!(part(&page, "References").trim_end(), format!("- More: {shown}"));
    }
}

fn typed() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~\n]{0,60}", "([`~<>#=| \\\\\n-]|```|<b>|a){0,40}", "\\PC{0,30}",]
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn whatever_is_typed_the_page_keeps_its_parts(
        title in typed(), details in typed(), impact in typed(), why in typed(), what in typed(),
    ) {
        let page = page(|advisory| {
            advisory.title = Some(title);
            advisory.details = Some(details);
            advisory.impact = Some(impact);
            advisory.timeline[0].what = what;
            let lines = &mut advisory.vulnerabilities[0].affected[0].lines;
            if let LineStanding::NotAffected { statement, .. } = &mut lines[3].standing {
                *statement = Some(why);
            }
        });
        let mut fence: Option<String> = None;
        let mut top = Vec::new();
        for line in page.lines() {
            match &fence {
                Some(open) => {
                    if line.trim() == open || line.trim().starts_with(open.as_str())
                        && line.trim().chars().all(|c| open.starts_with(c)) {
                        fence = None;
                    }
                }
                None if line.starts_with("```") || line.starts_with("~~~") => {
                    let mark = line.chars().next().unwrap();
                    fence = Some(line.chars().take_while(|c| *c == mark).collect());
                }
                None => {
                    let heading = line.starts_with("# ") || line.starts_with("## ");
                    if heading { top.push(line.split(' ').next().unwrap()) }
                    // Outside of code a tag is an address that the page itself makes.
                    let outside: String =
                        line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
                    let tags = outside.replace("<https://", "");
                    prop_assert!(!tags.contains('<') || line.contains('`'), "{}", line);
                }
            }
        }
        prop_assert!(fence.is_none(), "{}", page);
        let parts = top.iter().filter(|mark| **mark == "##").count();
        prop_assert_eq!(top.first(), Some(&"#"));
        prop_assert_eq!(top.len(), parts + 1, "{}", page);
        prop_assert!((7..=9).contains(&parts), "{}", page);
        for shown in ["CVE-2021-32783", "GHSA-5ph6-qq5x-7jwc", "| 1.14 |", "| 1.16 |", "| 1.17 |", "| 1.13 |", "Jo Finder"] {
            prop_assert!(page.contains(shown), "{}", shown);
        }
    }
}
