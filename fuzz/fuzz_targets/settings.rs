//! What whoever runs the house, or whoever wrote in a mirror's folder, may have set: the file of feeds, and
//! the settings of a mirror. What is taken leads to no other place than it says, and starts nothing.
#![no_main]

use counterparts::{WebFeeds, mirrors::host_of};

/// What in a setting's name starts a program, leads elsewhere or weakens TLS.
const NEVER: [&str; 10] = [
    "command",
    "helper",
    "include",
    "insteadof",
    "hook",
    "proxy",
    "askpass",
    "upload",
    "ssl",
    "vcs",
];

fn feeds(text: &str) {
    let Ok(feeds) = WebFeeds::named(text) else { return };
    for feed in &feeds {
        let (scheme, rest) = feed.url.split_once("://").unwrap();
        let host = rest.split(['/', '?', '#']).next().unwrap();
        assert!(!feed.project.is_empty() && !host.contains('@'));
        let here = host.starts_with("127.") || host.starts_with('[');
        assert!(scheme.eq_ignore_ascii_case("https") || here, "{}", feed.url);
    }
    let again: String =
        feeds.iter().map(|feed| format!("{} {}\n", feed.project, feed.url)).collect();
    assert_eq!(WebFeeds::named(&again), Ok(feeds));
}

fn mirror(text: &str) {
    let set = |line: &str| {
        let (name, value) = line.split_once('=')?;
        // As git gives them: what stands before the first dot and after the last in small letters.
        let name = match (name.find('.'), name.rfind('.')) {
            (Some(first), Some(last)) => {
                let (start, end) = (name.get(..first)?, name.get(last..)?);
                let middle = name.get(first..last)?;
                format!("{}{middle}{}", start.to_lowercase(), end.to_lowercase())
            }
            _ => return None,
        };
        Some((name, value.to_owned()))
    };
    let settings: Vec<_> = text.lines().filter_map(set).collect();
    match host_of(&settings) {
        Ok(host) => {
            for (name, value) in &settings {
                let last = name.rsplit('.').next().unwrap();
                // What fsck may find has names of its own, of which git makes nothing but these.
                let found = name.strip_prefix("fetch.fsck.").is_some_and(|kind| kind == last);
                assert!(found || !NEVER.iter().any(|word| last.contains(word)), "{name}");
                assert!(!name.starts_with("include") && !name.starts_with("url."), "{name}");
                if last == "url" {
                    // What git hands to a helper of that name.
                    let is_name = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
                    let helped =
                        value.split_once("::").is_some_and(|(it, _)| it.chars().all(is_name));
                    assert!(!value.starts_with('-') && !helped, "{value}");
                }
            }
            if let Some(host) = host {
                assert!(!host.is_empty() && !host.starts_with('-') && !host.contains(['@', '/']));
            }
        }
        Err(why) => assert!(!why.contains(char::is_control)),
    }
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    feeds(text);
    mirror(text);
    let usual =
        "remote.o.mirror=true\nremote.o.url=https://example.org/a\nremote.o.fetch=+refs/*:refs/*\n";
    mirror(&format!("{usual}{text}"));
    let named = "remote.o.mirror=true\nremote.o.fetch=+refs/*:refs/*\nremote.o.url=";
    mirror(&format!("{named}{text}"));
});
