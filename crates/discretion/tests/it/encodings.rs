//! What a term is wrapped or encoded in does not hide it, and is pointed at where it stands.

use data_encoding::BASE64;
use discretion::{Finding, Guard, Rule, Setting, Severity, Terms};

use crate::sample::terms;

fn blocks(text: &str) -> Vec<Finding> {
    bytes(text.as_bytes())
}

fn bytes(bytes: &[u8]) -> Vec<Finding> {
    let mut findings = Guard::new(&terms()).bytes(bytes, &Setting::PUBLIC).unwrap();
    findings.retain(|finding| finding.severity == Severity::Block);
    findings
}

/// Each as written, with the part of it that is to be pointed at.
#[test]
fn encodings_are_undone_and_pointed_at() {
    for (before, leak, after) in [
        // Line wraps: bare, quoted, in comments, in lists, hyphenated.
        ("the ", "amber\nheron", " case"),
        ("> the ", "amber\r\n> > heron", ""),
        ("// the ", "amber\n    // heron", ""),
        ("/* the ", "amber\n * heron", " */"),
        ("# of ", "ExternalName\n#   proxying", ""),
        ("- the ", "amber\n  heron", ""),
        ("of ", "External-\n  Name proxying", ""),
        ("see ", "CVE-2021-\n> 32783", ""),
        // Spellings in code and names.
        ("fix/", "amber_heron", "/2"),
        ("func Test", "AmberHeron", "IsRouted(t"),
        ("let ", "externalName_Proxying", " = 1;"),
        ("", "AMBER-HERON", ".md"),
        // Unicode.
        ("", "\u{1d400}\u{1d426}\u{1d41b}\u{1d41e}\u{1d42b} heron", ""),
        ("", "\u{24d0}mber h\u{1d49}ron", ""),
        ("", "\u{430}mb\u{435}r h\u{435}r\u{43e}n", ""),
        ("", "\u{391}mber Her\u{3bf}n", ""),
        ("", "a\u{301}mber h\u{e8}ron", ""),
        ("", "am\u{ad}ber\u{2011}he\u{200b}r\u{2060}on", ""),
        ("", "a\u{e0041}mber heron", ""),
        ("", "CVE\u{2013}\u{662}\u{660}\u{662}\u{661}\u{2013}32783", ""),
        ("a byte that could not be read: ", "am\u{fffd}ber heron", ""),
        // Escapes.
        ("q=", "amber%20heron", "&x=1"),
        ("q=", "%61%6d%62%65%72%2Dheron", "&x=1"),
        ("q=", "CVE%2D2021%2D32783", ""),
        ("q=", "amber%0Aheron", "&x=1"),
        ("q=", "amber%0d%0aheron", "&x=1"),
        ("'", "amber\\x0aheron", "'"),
        ("q=", "CVE%u20102021%u201032783", ""),
        ("<p>", "amber&nbsp;heron", "</p>"),
        ("<p>", "am&shy;ber&#32;heron", "</p>"),
        ("<p>", "&#67;&#x56;&#x45;&#45;2021-32783", "</p>"),
        ("{\"a\":\"", "amber\\nheron", "\"}"),
        ("{\"a\":\"", "\\u0061mber\\u0020heron", "\"}"),
        ("'", "\\x43\\x56\\x45-2021-32783", "'"),
        ("'", "CVE\\u{2010}2021\\u{2010}32783", "'"),
        ("puts(\"", "amber\\n\"\n     \"heron", "\\n\");"),
        ("\"", "CVE\\342\\200\\2202021-32783", ".md\""),
        // Mail.
        ("the ", "amber=20heron", " case"),
        ("the ", "am=\nber heron", " case"),
        ("the ", "amber=20\nheron", " case"),
        ("the ", "amber=0D=0Aheron", " case"),
        ("the ", "=61=6d=62=65=72 heron", " case"),
        ("the ", "=41=6D=62=65=72 heron", " case"),
        ("the ", "CVE=E2=80=902021=E2=80=9032783", ""),
        ("Subject: =?utf-8?Q?", "Amber_Heron", "?="),
        ("Subject: =?utf-8?q?", "CVE=2D2021=2D32783", "?="),
        ("Subject: =?utf-8?q?the_", "Amber?=\n =?utf-8?q?_Heron", "?="),
        // One in the other.
        ("q=", "amber%2520heron", ""),
        ("<a href=\"?q=", "amber&#37;20heron", "\">"),
        ("q=", "%=\n61mber heron", ""),
        ("\"", "am=\\nber heron", "\""),
        ("token: ", "YW1iZXIt=\naGVyb24", ""),
    ] {
        let text = format!("{before}{leak}{after}");
        let findings = blocks(&text);
        assert_eq!(findings.len(), 1, "{text:?}: {findings:?}");
        let place = &findings[0].place;
        assert_eq!(&text[place.bytes.clone()], leak, "{text:?}");
        assert_eq!(place.line, 1);
        assert_eq!(place.col, before.chars().count() + 1, "{text:?}");
    }
}

#[test]
fn base64_is_undone_wherever_it_begins() {
    for said in
        ["see CVE-2021-32783 for it", "the Amber Heron case", "externalname proxying is bad"]
    {
        let encoded = BASE64.encode(said.as_bytes());
        let bare = encoded.trim_end_matches('=').to_owned();
        let wide: Vec<u8> = said.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for written in [
            encoded.clone(),
            bare.clone(),
            format!("token={bare}&x"),
            format!("x{bare}"),
            format!("xy/{bare}"),
            format!("https://example.org/some/path/{bare}/more"),
            format!("Subject: =?UTF-8?B?{encoded}?="),
            format!("data:text/plain;base64,{encoded}"),
            encoded.replace('=', "%3D"),
            BASE64.encode(encoded.as_bytes()),
            BASE64.encode(format!("q={}", said.replace(' ', "%20")).as_bytes()),
            BASE64.encode(&wide),
        ] {
            let findings = blocks(&format!("First line.\n{written}\n"));
            assert_eq!(findings.len(), 1, "{said}: {written}");
            assert_eq!(findings[0].place.line, 2, "{written}");
            assert!(findings[0].why.ends_with("; it is encoded here"), "{}", findings[0].why);
        }
    }
}

#[test]
fn a_long_term_is_found_by_one_letter_of_it_that_is_escaped() {
    let (first, middle, last) = ("t", "he heron that waits in the amber until the river rise", "s");
    let guard = Guard::of_own_words(&Terms::new().codename(&format!("{first}{middle}{last}")));
    for escape in
        ["&#x{};", "&#x0000{};", "\\x{}", "%{}", "%u00{}", "\\u{{}}", "\\u00{}", "\\U000000{}"]
    {
        let escaped = |letter: &str| escape.replace("{}", &format!("{:x}", letter.as_bytes()[0]));
        for leak in [
            format!("{}{middle}{last}", escaped(first)),
            format!("{first}{middle}{}", escaped(last)),
        ] {
            let text = format!("It is {leak}.");
            assert_eq!(guard.text(&text, &Setting::PUBLIC).len(), 1, "{text}");
        }
    }
}

/// Of as few letters as are tried, with the last two of its alphabet, and where nothing in it is ASCII.
#[test]
fn base64_is_undone_whatever_it_is_made_of() {
    for (term, said) in [
        ("blueheron", "blueheron"),
        ("blueheron", "blueh?eron"),
        ("blueheron", "blueh>eron"),
        (
            "\u{9dfa}\u{306e}\u{7fa4}\u{308c}",
            "\u{3053}\u{308c}\u{306f}\u{9dfa}\u{306e}\u{7fa4}\u{308c}\u{3067}\u{3059}",
        ),
    ] {
        let guard = Guard::of_own_words(&Terms::new().codename(term));
        let text = format!("token: {}\n", BASE64.encode(said.as_bytes()));
        let findings = guard.text(&text, &Setting::PUBLIC);
        assert_eq!(findings.len(), 1, "{said} {text}");
        assert!(findings[0].why.ends_with("; it is encoded here"), "{said}");
    }
}

#[test]
fn base64_is_undone_over_the_ends_of_lines() {
    let said = "Dear all,\n\nwe shall tell you of the amber heron on Tuesday. It concerns gr\u{f6}\u{df}ere H\u{e4}user.\n";
    let chinese = format!(
        "{}amber heron{}",
        "各位好，我们将于星期二通知大家。".repeat(3),
        "谢谢。".repeat(9)
    );
    for said in [said, &chinese] {
        let encoded = BASE64.encode(said.as_bytes());
        for width in [76, 64, 61, 37] {
            for quote in ["", "> ", "  "] {
                let lines: Vec<&str> = encoded
                    .as_bytes()
                    .chunks(width)
                    .map(|l| std::str::from_utf8(l).unwrap())
                    .collect();
                let body = lines.join(&format!("\r\n{quote}"));
                let text = format!("Content-Transfer-Encoding: base64\r\n\r\n{quote}{body}\r\n");
                let rules: Vec<Rule> = blocks(&text).iter().map(|finding| finding.rule).collect();
                assert_eq!(rules, [Rule::Codename], "{width} {quote:?} {text}");
            }
        }
    }
}

#[test]
fn utf16_is_read_with_a_mark_and_without() {
    let text = "First line.\nThe amber heron\n";
    let units =
        |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let (le, be) = (units(u16::to_le_bytes), units(u16::to_be_bytes));
    for (bytes, start) in [
        (le.clone(), 32),
        (be.clone(), 32),
        ([&[0xff, 0xfe], le.as_slice()].concat(), 34),
        ([&[0xfe, 0xff], be.as_slice()].concat(), 34),
    ] {
        let findings = self::bytes(&bytes);
        assert_eq!(findings.len(), 1);
        assert_eq!((findings[0].place.line, findings[0].place.col), (2, 5));
        assert_eq!(findings[0].place.bytes, start..start + 22);
    }
    assert_eq!(blocks("a\0m\0b\0e\0r\0 \0h\0e\0r\0o\0n\0").len(), 1);
}

#[test]
fn what_is_no_text_is_refused_and_not_passed() {
    let guard = Guard::new(&terms());
    for bytes in [b"caf\xe9".as_slice(), b"\xff\xfea", b"\xff\xfe\x00\xd8", b"\x80"] {
        assert!(guard.bytes(bytes, &Setting::PUBLIC).is_err(), "{bytes:?}");
    }
}

/// Layers are undone to a depth; what lies deeper is blocked, since anything may be in it.
#[test]
fn what_is_encoded_too_deeply_is_blocked() {
    let mut text = "a harmless sentence, by all means".to_owned();
    for layer in 1..8 {
        text = BASE64.encode(text.as_bytes());
        let rules: Vec<Rule> = blocks(&text).iter().map(|finding| finding.rule).collect();
        let expected: &[Rule] = if layer > 4 { &[Rule::Unreadable] } else { &[] };
        assert_eq!(rules, expected, "{layer} layers");
    }
}

#[test]
fn ordinary_text_is_not_taken_for_encoded() {
    for text in [
        "crates/fermata/src/commands/guard/internationalization/mod.rs",
        "07a1f23e5d8c9b4a6f0e1d2c3b4a5968778695a4 refs/heads/main",
        "if (width=200 && height=100) printf(\"%d%%\\n\", x);",
        "antidisestablishmentarianism floccinaucinihilipilification",
        "MIIDSzCCAjOgAwIBAgIUfIROXbEAAAAAAAAAAAAAAAAAAABJNTEwMDEwMTAwMDAwWhcNMzUwMTAxMDAwMDAwWjBFMQsw\nCQYDVQQGEwJBVTETMBEGA1UECAwKU29tZS1TdGF0ZTEhMB8GA1UECgwYSW50ZXJuZXQgV2lkZ2l0cyBQdHkgTHRk",
        "sha512-oRjTw/97aTBN0RHbYCdtF1MQfvusSIBQM0IZEgzl6426+8jSC0nF1a/GmnVLpfB9yyr6g6FTqWqiZVbxrtaCIg==",
    ] {
        let all = Guard::new(&terms()).text(text, &Setting::PUBLIC);
        assert_eq!(all, [], "{text}");
    }
}
