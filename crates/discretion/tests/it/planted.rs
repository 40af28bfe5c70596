//! A thousand leaks planted over all surfaces and encodings, and every one is found.
//!
//! Each is one secret of the case, written in one of the ways in which it may get about, and put where
//! a project's public words are. A search that only ignores case is held beside it, so that a generator
//! that hides nothing would show.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use discretion::{CommitWords, Finding, Guard, Rule, Setting, Severity, Terms};

const LEAKS: usize = 1_000;

const SECRETS: [&str; 8] = [
    "CVE-2021-32783",
    "GHSA-5ph6-qq5x-7jwc",
    "GO-2024-2687",
    "amber heron",
    "https://pad.example.org/p/amber-q7-notes",
    "Jo O'Finder",
    "ExternalName proxying",
    "buffer overflow in parseHostHeader",
];

fn terms() -> Terms {
    Terms::new()
        .cve("CVE-2021-32783".parse().unwrap())
        .ghsa("GHSA-5ph6-qq5x-7jwc".parse().unwrap())
        .other_id("GO-2024-2687")
        .codename("amber heron")
        .private_link("https://pad.example.org/p/amber-q7-notes")
        .name("Jo O'Finder")
        .free("ExternalName proxying")
        .identifier("parseHostHeader")
}

type Way = (&'static str, fn(&str) -> String);

/// Ways to write a secret that fit into a name: no blank in them.
const NAMES: [Way; 11] = [
    ("kebab", |s| joined(s, "-").to_lowercase()),
    ("snake", |s| joined(s, "_").to_lowercase()),
    ("upper", |s| joined(s, "_").to_uppercase()),
    ("dots", |s| joined(s, ".")),
    ("camel", camel),
    ("unicode hyphens", |s| joined(s, "\u{2011}")),
    ("zero width", |s| spread(&joined(s, "-"), "\u{200b}")),
    ("wide", |s| joined(s, "-").chars().map(wide).collect()),
    ("look-alikes", |s| look_alike(&joined(s, "-"))),
    ("percent", |s| percent(s, false)),
    ("base64", |s| BASE64.encode(format!("is {s}").as_bytes()).replace('=', "")),
];

/// Ways to write one on a line.
const LINES: [Way; 22] = [
    ("as it is", str::to_owned),
    ("upper", str::to_uppercase),
    ("emphasis", |s| format!("**{}**", joined(s, "** **"))),
    ("soft hyphens", |s| spread(s, "\u{ad}")),
    ("dashes", |s| joined(s, "\u{2013}")),
    ("no-break spaces", |s| joined(s, "\u{a0}")),
    ("bold letters", |s| s.chars().map(bold).collect()),
    ("accents", |s| spread(s, "\u{301}")),
    ("all percent", |s| percent(s, true)),
    ("character references", |s| {
        s.chars().map(|c| format!("&#x{:x};", u32::from(c))).collect::<Vec<_>>().concat()
    }),
    ("named references", |s| joined(s, "&nbsp;")),
    ("backslash u", |s| {
        s.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect::<Vec<_>>().concat()
    }),
    ("backslash x", |s| s.bytes().map(|b| format!("\\x{b:02x}")).collect::<Vec<_>>().concat()),
    ("backslash u in braces", |s| {
        s.chars().map(|c| format!("\\u{{{:x}}}", u32::from(c))).collect::<Vec<_>>().concat()
    }),
    ("octal", |s| s.bytes().map(|b| format!("\\{b:03o}")).collect::<Vec<_>>().concat()),
    ("percent u", |s| {
        s.chars().map(|c| format!("%u{:04x}", u32::from(c))).collect::<Vec<_>>().concat()
    }),
    ("percent twice", |s| percent(&percent(s, true), false)),
    ("digits of another script", |s| s.chars().map(other_digit).collect()),
    ("base64 of base64", |s| {
        BASE64.encode(BASE64.encode(format!("is {s} it").as_bytes()).as_bytes())
    }),
    ("base64 of UTF-16", |s| {
        let wide: Vec<u8> = s.encode_utf16().flat_map(u16::to_le_bytes).collect();
        BASE64.encode(&wide)
    }),
    ("base64 in a link", |s| format!("https://x.example/?q={}", BASE64.encode(s.as_bytes()))),
    ("base64 of percent", |s| BASE64.encode(percent(s, true).as_bytes())),
];

/// Ways to write one over several lines; `\n` becomes what a surface begins its lines with.
const WRAPS: [Way; 4] = [
    ("wrapped", |s| joined(s, "\n")),
    ("wrapped at a hyphen", |s| joined(s, "-\n")),
    ("a string in pieces", |s| joined(s, "\\n\"\n\"")),
    ("long base64", |s| {
        let said = format!(
            "{} {s} {}",
            "What nobody is to know yet. ".repeat(3),
            "More of it. ".repeat(4)
        );
        let encoded = BASE64.encode(said.as_bytes());
        let lines = encoded.as_bytes().chunks(60).map(|line| std::str::from_utf8(line).unwrap());
        lines.collect::<Vec<_>>().join("\n")
    }),
];

/// Ways in which only mail writes.
const MAIL: [Way; 5] = [
    ("quoted-printable", |s| s.bytes().map(|b| format!("={b:02X}")).collect::<Vec<_>>().concat()),
    ("quoted-printable blanks", |s| joined(s, "=20")),
    ("soft breaks", |s| joined(&spread(s, ""), "=\r\n")),
    ("encoded word, Q", |s| format!("=?utf-8?Q?{}?=", s.replace(' ', "_"))),
    ("encoded word, B", |s| format!("=?UTF-8?B?{}?=", BASE64.encode(s.as_bytes()))),
];

/// Where it is said, as what the guard is given.
enum Said {
    Commit(Box<CommitWords>),
    Text(String),
}

struct Surface {
    name: &'static str,
    ways: &'static [&'static [Way]],
    /// What its lines begin with.
    line: &'static str,
    plant: fn(String) -> Said,
}

const fn surface(
    name: &'static str,
    ways: &'static [&'static [Way]],
    line: &'static str,
    plant: fn(String) -> Said,
) -> Surface {
    Surface { name, ways, line, plant }
}

static SURFACES: [Surface; 15] = [
    surface("subject", &[&LINES], "", |leak| message(format!("fix {leak}\n"))),
    surface("body", &[&LINES, &WRAPS], "", |leak| {
        message(format!("Fix routing\n\nThis is {leak} here.\n"))
    }),
    surface("quoted body", &[&WRAPS], "> ", |leak| {
        message(format!("Fix routing\n\n> As {leak} says\n"))
    }),
    surface("list", &[&WRAPS], "  ", |leak| {
        message(format!("Fix routing\n\n- for {leak}\n- else\n"))
    }),
    surface("trailer", &[&LINES], "", |leak| {
        message(format!("Fix routing\n\nReviewed-by: A <a@example.org>\nRefs: {leak}\n"))
    }),
    surface("branch", &[&NAMES], "", |leak| {
        commit(|words| words.branch = Some(format!("fix/{leak}")))
    }),
    surface("tag", &[&NAMES], "", |leak| {
        commit(|words| words.tags = vec![format!("v1.2.3/{leak}")])
    }),
    surface("file", &[&NAMES], "", |leak| {
        commit(|words| words.files = vec![format!("docs/{leak}.md")])
    }),
    surface("comment", &[&LINES, &WRAPS], "\t// ", |leak| {
        added("a/route.go", &format!("\t// see {leak} too"))
    }),
    surface("shell comment", &[&WRAPS], "# ", |leak| {
        added("run.sh", &format!("x=1 # see {leak} too"))
    }),
    surface("test", &[&NAMES], "", |leak| {
        added("route.rs", &format!("#[test]\nfn test_{leak}() {{"))
    }),
    surface("pull request", &[&LINES], "", |leak| Said::Text(format!("internal/dag: {leak}"))),
    surface("changelog", &[&LINES, &WRAPS], "  ", |leak| {
        added("CHANGELOG.md", &format!("## 1.2.3\n\n* Handle {leak} better\n"))
    }),
    surface("mail header", &[&MAIL], "", |leak| {
        Said::Text(format!(
            "From: a@example.org\r\nSubject: about {leak} again\r\n\r\nDear all,\r\n"
        ))
    }),
    surface("mail body", &[&LINES, &WRAPS, &MAIL], "> ", |leak| {
        Said::Text(format!("Subject: hello\r\n\r\nDear all,\r\n\r\n> about {leak} again\r\n"))
    }),
];

fn message(message: String) -> Said {
    commit(|words| words.message = message)
}

fn added(path: &str, lines: &str) -> Said {
    let lines = lines.split('\n').map(str::to_owned).collect();
    commit(|words| words.added = BTreeMap::from([(path.to_owned(), lines)]))
}

fn commit(plant: impl FnOnce(&mut CommitWords)) -> Said {
    let mut words = CommitWords {
        oid: "4bf4d3f".to_owned(),
        message: "Fix routing\n".to_owned(),
        author: "Sam Maintainer <sam@example.org>".to_owned(),
        ..CommitWords::default()
    };
    plant(&mut words);
    Said::Commit(Box::new(words))
}

struct Leak {
    what: String,
    said: Said,
    /// The secret as it stands there.
    written: String,
    secret: &'static str,
}

/// Every combination, from which a fixed stride takes as many as are wanted.
fn leaks() -> Vec<Leak> {
    let mut all = Vec::new();
    for surface in &SURFACES {
        for (way, write) in surface.ways.iter().copied().flatten() {
            for secret in SECRETS {
                let written = write(secret).replace('\n', &format!("\n{}", surface.line));
                all.push(Leak {
                    what: format!("{}, {way}: {secret}", surface.name),
                    said: (surface.plant)(written.clone()),
                    written,
                    secret,
                });
            }
        }
    }
    assert!(all.len() >= LEAKS, "only {}", all.len());
    let spare = all.len() - LEAKS;
    // What is left out is spread evenly.
    let total = all.len();
    let kept = |index: &usize| (index + 1) * spare / total == index * spare / total;
    let (leaks, _): (Vec<_>, Vec<_>) =
        all.into_iter().enumerate().partition(|(index, _)| kept(index));
    leaks.into_iter().map(|(_, leak)| leak).collect()
}

fn blocks(guard: &Guard, said: &Said) -> Vec<Finding> {
    let mut findings = match said {
        Said::Commit(words) => guard.commit(words),
        Said::Text(text) => guard.text(text, &Setting::PUBLIC),
    };
    // In added lines, what a fix is about is for a person to look at.
    let counts = |f: &Finding| f.severity == Severity::Block || f.rule == Rule::Identifier;
    findings.retain(counts);
    findings
}

#[test]
fn every_planted_leak_is_found() {
    let guard = Guard::new(&terms());
    let leaks = leaks();
    assert_eq!(leaks.len(), LEAKS);
    let missed = |leak: &&Leak| blocks(&guard, &leak.said).is_empty();
    let missed: Vec<String> = leaks
        .iter()
        .filter(missed)
        .map(|leak| format!("{}: {:?}", leak.what, leak.written))
        .collect();
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}

/// The same surfaces without a secret.
#[test]
fn what_the_leaks_are_planted_in_says_nothing() {
    let guard = Guard::new(&terms());
    for surface in &SURFACES {
        for (way, write) in surface.ways.iter().copied().flatten() {
            for harmless in
                ["route-2021-1234", "amber lights and a heron", "Jo Finder", "parseHostHeader"]
            {
                let written = write(harmless).replace('\n', &format!("\n{}", surface.line));
                let found = blocks(&guard, &(surface.plant)(written));
                assert!(found.is_empty(), "{}, {way}: {harmless}", surface.name);
            }
        }
    }
}

#[test]
fn a_search_that_only_ignores_case_finds_few() {
    let plain = |leak: &&Leak| leak.written.to_lowercase().contains(&leak.secret.to_lowercase());
    let found = leaks().iter().filter(plain).count();
    assert!(found * 5 < LEAKS, "{found} of {LEAKS} are hidden from nobody");
}

/// The words of a secret with something else between them.
fn joined(secret: &str, between: &str) -> String {
    let words = secret.split([' ', '-', '\'']).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(between)
}

/// The letters with something between them.
fn spread(secret: &str, between: &str) -> String {
    secret.chars().flat_map(|c| std::iter::once(c).chain(between.chars())).collect()
}

fn camel(secret: &str) -> String {
    let words = secret.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

fn percent(secret: &str, all: bool) -> String {
    let byte = |b: u8| {
        if all || !b.is_ascii_alphanumeric() {
            format!("%{b:02X}")
        } else {
            char::from(b).to_string()
        }
    };
    secret.bytes().map(byte).collect()
}

fn shifted(c: char, lower: u32, upper: u32) -> char {
    let code = u32::from(c);
    match c {
        'a'..='z' => char::from_u32(code - 0x61 + lower).unwrap(),
        'A'..='Z' => char::from_u32(code - 0x41 + upper).unwrap(),
        _ => c,
    }
}

fn wide(c: char) -> char {
    shifted(c, 0xff41, 0xff21)
}

fn bold(c: char) -> char {
    shifted(c, 0x1d41a, 0x1d400)
}

/// Devanagari's.
fn other_digit(c: char) -> char {
    c.to_digit(10).and_then(|digit| char::from_u32(0x966 + digit)).unwrap_or(c)
}

fn look_alike(text: &str) -> String {
    let pairs = [
        ("a", "\u{430}"),
        ("e", "\u{435}"),
        ("o", "\u{43e}"),
        ("C", "\u{421}"),
        ("H", "\u{41d}"),
        ("0", "\u{660}"),
    ];
    pairs.iter().fold(text.to_owned(), |text, (plain, other)| text.replace(plain, other))
}
