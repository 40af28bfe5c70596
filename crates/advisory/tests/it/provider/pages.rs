//! The pages and the Atom feed: what they say, and that no text becomes more than a text.

use advisory::provider::Files;
use advisory::{Advisory, Reference, ReferenceKind};
use proptest::prelude::*;

use super::{changed, ends, files, text, written};
use crate::cases::cases;
use crate::published as data;

const PAGE: &str = "advisories/ghsa-5ph6-qq5x-7jwc.html";

/// Elements that stand alone in HTML.
const VOID: [&str; 4] = ["meta", "link", "br", "hr"];

/// Whether every element is closed in its turn, and every attribute is quoted.
fn well_formed(html: &str) -> Result<(), String> {
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let end = rest[start..].find('>').ok_or("a tag without end")? + start;
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if tag.starts_with('!') || tag.starts_with('?') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop().as_deref() != Some(name) {
                return Err(format!("</{name}> closes what is not open"));
            }
            continue;
        }
        if tag.matches('"').count() % 2 == 1 {
            return Err(format!("<{tag}>"));
        }
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        let alone = tag.ends_with('/') || VOID.contains(&name);
        if !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()) || name.is_empty() {
            return Err(format!("<{tag}>"));
        }
        if !alone {
            open.push(name.to_owned());
        }
        if name == "style" {
            rest = &rest[rest.find("</style>").ok_or("a style without end")?..];
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("still open: {open:?}")) }
}

fn sound(files: &Files) {
    for (path, bytes) in files.iter().filter(|(path, _)| ends(path, "html") || ends(path, "atom")) {
        let html = std::str::from_utf8(bytes).unwrap();
        well_formed(html).unwrap_or_else(|why| panic!("{path}: {why}\n{html}"));
        for active in ["<script", "<img", "<iframe", "<svg", "<a href=\"javascript", "<style "] {
            assert!(!html.contains(active), "{path}: {active}\n{html}");
        }
        assert_eq!(html.matches("<style>").count(), usize::from(ends(path, "html")), "{path}");
    }
}

#[test]
fn a_page_says_all_of_it() {
    let files = files();
    sound(&files);
    let page = text(&files, PAGE);
    for words in [
        "<h1>ExternalName Services can reach the admin interface</h1>",
        "GHSA-5ph6-qq5x-7jwc, CVE-2021-32783, GO-2022-0001",
        "Published</dt><dd><time datetime=\"2021-07-22T15:00:00Z\">2021-07-22</time>",
        "Last changed</dt><dd><time datetime=\"2022-02-01T15:00:00Z\">2022-02-01</time>",
        "CWE-441",
        "How to exploit it is public.",
        "<p>The listener forwards what it should not.</p>",
        "<h2>Workarounds</h2>",
        "<th scope=\"row\">1.16</th><td>&gt;= 1.16.0, &lt; 1.16.1</td><td>1.16.1</td>",
        "<th scope=\"row\">1.13</th><td>no: the vulnerable code is not present</td>",
        "<a href=\"https://projectcontour.io/guides\" rel=\"nofollow noreferrer\">",
        "<li>Jo Finder <span class=\"fine\">(reporter)</span></li>",
        "<li>anonymous <span class=\"fine\">(finder)</span></li>",
        "The report came in.",
        "Corrected.",
        "../csaf/white/2021/ghsa-5ph6-qq5x-7jwc.json.asc",
        "../osv/GHSA-5ph6-qq5x-7jwc.json",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    let withdrawn = text(&files, "advisories/cve-2022-1111.html");
    assert!(withdrawn.contains("<strong>Withdrawn</strong> on <time"), "{withdrawn}");
    assert!(!page.contains("Withdrawn"));
    let list = text(&files, "advisories/index.html");
    let place = |words: &str| list.find(words).unwrap_or_else(|| panic!("{words}\n{list}"));
    assert!(place("Envoy may crash") < place("ExternalName Services"), "the newest first");
    assert!(list.contains("mailto:security@projectcontour.io"));
}

#[test]
fn nothing_that_the_public_may_not_read_is_in_any_file() {
    for (path, bytes) in files() {
        let text = String::from_utf8(bytes).unwrap();
        for private in
            ["amber heron", "Shy Finder", "-ghsa-5ph6-qq5x-7jwc/pull", "The fix was tried"]
        {
            assert!(!text.contains(private), "{path}: {private}");
        }
    }
}

#[test]
fn the_feed_leads_to_the_pages() {
    let files = files();
    let feed = text(&files, "advisories/feed.atom");
    assert!(feed.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns="));
    assert_eq!(feed.matches("<entry>").count(), 2);
    assert!(feed.contains("<title>Withdrawn: Envoy may crash</title>"), "{feed}");
    assert!(feed.contains("<updated>2022-02-01T15:00:00Z</updated>"));
}

#[test]
fn what_markdown_says_is_readable() {
    let details = "One `a<b`\nline.\n\n# Then\n- first `x\n* second\n  goes on\n\n```go\n<b>\n\n- c\n```\nend";
    let files = written(&changed(|a| a.details = Some(details.to_owned())), None).files;
    let page = text(&files, PAGE);
    let html = "<p>One <code>a&lt;b</code>\nline.</p>\n<p><strong>Then</strong></p>\n\
                <ul><li>first `x</li>\n<li>second\ngoes on</li></ul>\n\
                <pre><code>&lt;b&gt;\n\n- c\n</code></pre>\n<p>end</p>\n";
    assert!(page.contains(html), "{page}");
}

#[test]
fn an_address_that_a_browser_would_run_is_no_link() {
    let reference =
        |url: &str| Reference { kind: ReferenceKind::Web, url: url.to_owned(), private: false };
    let bad = ["javascript:alert(1)", "data:text/html,x", "//example.org", "https://e.org/\"x=\"y"];
    let files =
        written(&changed(|a| a.references = bad.iter().map(|url| reference(url)).collect()), None);
    sound(&files.files);
    let page = text(&files.files, PAGE);
    assert!(page.contains("<li>javascript:alert(1)</li>"), "{page}");
    assert!(page.contains("href=\"https://e.org/&quot;x=&quot;y\""), "{page}");
}

/// The same text in every place that holds one.
fn everywhere(advisory: &mut Advisory, text: &str) {
    let some = || Some(format!("{text} x"));
    advisory.title = some();
    advisory.summary = some();
    advisory.details = some();
    advisory.impact = some();
    advisory.attack_vectors = some();
    advisory.workarounds = some();
    advisory.aliases = vec![text.to_owned()];
    advisory.timeline[0].what = text.to_owned();
    advisory.vulnerabilities[0].rating = some();
    advisory.vulnerabilities[0].affected[0].name = text.to_owned();
    advisory.references[0].url = text.to_owned();
    if let advisory::Naming::Named { name, company, .. } = &mut advisory.credits[0].naming {
        *name = text.to_owned();
        *company = some();
    }
}

#[test]
fn naughty_strings_stay_texts() {
    let Some(path) = data::path("text/naughty-strings.json") else { return };
    let strings: Vec<String> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert!(strings.len() > 400);
    for naughty in strings {
        sound(&written(&changed(|advisory| everywhere(advisory, &naughty)), None).files);
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn no_text_breaks_a_page(text in "[<>&\"'`#*\\- a\n\u{0}\u{202e}/=!]{0,40}|\\PC{0,40}") {
        sound(&written(&changed(|advisory| everywhere(advisory, &text)), None).files);
    }
}
