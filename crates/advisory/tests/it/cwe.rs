//! The list of weaknesses: against the package that it was made from, where that is at hand, and by
//! examples otherwise.

use std::path::PathBuf;

use advisory::CweId;
use advisory::cwe::{self, Abstraction, Catalogue, Entry, Kind, Status, Usage};
use jiff::civil::{Date, date};

fn id(number: u32) -> CweId {
    CweId::from_number(number).unwrap()
}

fn newest(number: u32) -> Entry {
    cwe::find(id(number)).unwrap()
}

fn numbers(words: &str) -> Vec<u32> {
    cwe::search(words).iter().map(|entry| entry.id.number()).collect()
}

/// The package, if cargo has it: `cargo info csaf-rs@0.6.1` fetches it.
fn package() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")))?;
    let registries = std::fs::read_dir(home.join("registry/src")).into_iter().flatten();
    let folders = registries.map(|one| one.unwrap().path().join("csaf-rs-0.6.1/assets/cwe"));
    let found = folders.into_iter().find(|folder| folder.is_dir());
    if found.is_none() {
        println!("skipped: csaf-rs 0.6.1 is not in cargo's folder");
    }
    found
}

#[test]
fn every_catalogue_is_as_the_package_has_it() {
    let Some(folder) = package() else { return };
    let (mut files, mut lines) = (0, 0);
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_stem().unwrap().to_str().unwrap();
        let (version, released) = name.strip_prefix("cwe_").unwrap().split_once('_').unwrap();
        let catalogue = Catalogue::named(version).unwrap();
        if !released.is_empty() {
            assert_eq!(catalogue.released(), released.parse().ok(), "{name}");
        }
        let mut theirs = Vec::new();
        for line in std::fs::read_to_string(&file).unwrap().lines() {
            let [number, status, name, _, usage] =
                line.split('\t').collect::<Vec<_>>().try_into().unwrap();
            theirs.push((
                number.parse::<u32>().unwrap(),
                status.to_owned(),
                name.trim().to_owned(),
                usage.to_owned(),
            ));
        }
        theirs.sort();
        let ours: Vec<_> = catalogue
            .weaknesses()
            .map(|entry| {
                let usage = match entry.usage {
                    None => "",
                    Some(Usage::Allowed) => "Allowed",
                    Some(Usage::AllowedWithReview) => "Allowed-with-Review",
                    Some(Usage::Discouraged) => "Discouraged",
                    Some(Usage::Prohibited) => "Prohibited",
                };
                let number = entry.id.number();
                (number, format!("{:?}", entry.status), entry.name.to_owned(), usage.to_owned())
            })
            .collect();
        assert_eq!(ours, theirs, "{name}");
        files += 1;
        lines += ours.len();
    }
    assert_eq!(Catalogue::all().len(), files);
    println!("{files} catalogues with {lines} weaknesses are as the package has them");
}

/// CSAF 2.1 has a pattern for names that a blank at an end does not fit.
#[test]
fn no_name_has_a_blank_at_its_ends() {
    let entries = Catalogue::all().flat_map(Catalogue::weaknesses);
    let odd: Vec<Entry> = entries.filter(|entry| entry.name.trim() != entry.name).collect();
    assert_eq!(odd, []);
}

#[test]
fn the_newest_catalogue_knows_ids_names_and_usages() {
    assert_eq!(Catalogue::newest().version(), "4.20");
    assert_eq!(Catalogue::newest().released(), Some(date(2026, 4, 30)));
    assert_eq!(
        newest(770),
        Entry {
            id: id(770),
            name: "Allocation of Resources Without Limits or Throttling",
            kind: Kind::Weakness(Some(Abstraction::Base)),
            status: Status::Incomplete,
            usage: Some(Usage::Allowed),
        }
    );
    assert_eq!(newest(20).usage, Some(Usage::Discouraged));
    assert_eq!(newest(1390).usage, Some(Usage::AllowedWithReview));
    assert_eq!(
        (newest(216).status, newest(216).usage),
        (Status::Deprecated, Some(Usage::Prohibited))
    );
    // Newer than the catalogue from which abstractions are known.
    assert_eq!(newest(1434).kind, Kind::Weakness(None));
    for nobodys in [1, 10, 99_999, 999_999] {
        assert_eq!(Catalogue::newest().find(id(nobodys)), None, "{nobodys}");
    }
    assert_eq!(cwe::find(id(999_999)), None);
}

#[test]
fn categories_and_views_are_known_and_are_no_weaknesses() {
    for (number, kind, name) in [
        (310, Kind::Category, "Cryptographic Issues"),
        (16, Kind::Category, "Configuration"),
        (1008, Kind::View, "Architectural Concepts"),
    ] {
        let entry = newest(number);
        assert_eq!((entry.kind, entry.name), (kind, name));
        assert_eq!(entry.usage, Some(Usage::Prohibited));
        assert!(Catalogue::all().all(|catalogue| catalogue.find(entry.id).is_none()), "{number}");
    }
    // This one was a weakness before it became a category.
    assert_eq!((newest(398).kind, newest(398).name), (Kind::Category, "7PK - Code Quality"));
    let old = Catalogue::named("1.0").unwrap().find(id(398)).unwrap();
    assert_eq!((old.kind, old.name), (Kind::Weakness(None), "Indicator of Poor Code Quality"));
}

#[test]
fn a_catalogue_is_in_force_until_the_next_one_comes_out() {
    let on = |day: Date| Catalogue::in_force(day).map(Catalogue::version);
    assert_eq!(on(date(2008, 9, 8)), None);
    assert_eq!(on(date(2008, 9, 9)), Some("1.0"));
    assert_eq!(on(date(2021, 7, 19)), Some("4.4"));
    assert_eq!(on(date(2021, 7, 20)), Some("4.5"));
    assert_eq!(on(date(2017, 11, 8)), Some("3.0"));
    assert_eq!(on(date(9999, 1, 1)), Some("4.20"));
    assert!(Catalogue::all().is_sorted());
    assert_eq!(Catalogue::named("4.19.1").map(Catalogue::version), Some("4.19.1"));
    for nobodys in ["4.21", "", "4", "4.20 "] {
        assert_eq!(Catalogue::named(nobodys), None, "{nobodys:?}");
    }
}

#[test]
fn older_catalogues_call_weaknesses_by_their_older_names() {
    let name = |version: &str, number| {
        Catalogue::named(version).unwrap().find(id(number)).map(|entry| entry.name)
    };
    assert_eq!(name("1.0", 287), Some("Insufficient Authentication"));
    assert_eq!(name("4.13", 287), Some("Improper Authentication"));
    assert_eq!(name("4.12", 1419), None);
    assert_eq!(name("4.13", 1419), Some("Incorrect Initialization of Resource"));
    let jtag = "Sensitive Information Accessible by Physical Probing of JTAG Interface";
    assert_eq!(name("4.9", 1324), Some(jtag));
    assert_eq!(name("4.10", 1324), Some(format!("DEPRECATED: {jtag}").as_str()));
    // A usage is not older than the catalogue that first gives it.
    assert_eq!(Catalogue::named("4.11").unwrap().find(id(20)).unwrap().usage, None);
}

#[test]
fn an_objection_says_why_and_names_what_is_better() {
    let objection = |number| newest(number).objection();
    assert_eq!(objection(770), None);
    assert_eq!(objection(1390), None);
    let deprecated = objection(1187).unwrap();
    assert_eq!(
        deprecated,
        "CWE-1187 is deprecated; the catalogue points to CWE-908 (Use of Uninitialized Resource)"
    );
    assert!(objection(20).unwrap().starts_with("CWE-20 is discouraged for vulnerabilities; "));
    assert!(objection(310).unwrap().starts_with("CWE-310 is a category, not a weakness; "));
    assert_eq!(objection(1008).unwrap(), "CWE-1008 is a view, not a weakness");
    assert_eq!(objection(1041).unwrap(), "CWE-1041 is prohibited for vulnerabilities");
    for entry in Catalogue::newest().weaknesses() {
        // What is pointed to may be chosen.
        for better in entry.instead() {
            assert_eq!(cwe::find(better).unwrap().objection(), None, "{entry:?}");
        }
    }
}

#[test]
fn weaknesses_are_found_by_words() {
    for (words, first) in [
        ("cross site scripting", 79),
        ("XSS", 79),
        ("sql injection", 89),
        ("SQL INJECTIONS", 89),
        ("use after free", 416),
        ("path traversal", 22),
        ("CSRF", 352),
        ("ssrf", 918),
        ("request smuggling", 444),
        ("CWE-770", 770),
        ("1287", 1287),
        ("out-of-bounds write", 787),
        ("improper certificate validation", 295),
        ("open redirect", 601),
        ("infinite loops", 835),
        ("unintended proxies", 441),
    ] {
        assert_eq!(numbers(words).first(), Some(&first), "{words}: {:?}", numbers(words));
    }
    assert!(numbers("overflow buffer stack").contains(&121));
    for nothing in ["", "  ", "zzzzz", "cwe", "ü", &"a ".repeat(100_000), &"x".repeat(1_000_000)] {
        assert!(numbers(nothing).len() < 1000, "{nothing:.20}");
    }
    assert_eq!(numbers("zzzzz"), [] as [u32; 0]);
}

#[test]
fn a_search_is_the_same_each_time_whatever_the_case_and_number() {
    let plain = numbers("buffer overflow");
    assert!(!plain.is_empty());
    for same in ["Buffer  Overflow", "overflow, buffer", "BUFFERS OVERFLOWS", "buffer-overflow"] {
        assert_eq!(numbers(same), plain, "{same}");
    }
    // CWE-119 is called just that, but MITRE would not have it chosen.
    let place = |number| plain.iter().position(|one| *one == number);
    assert!(place(119) > place(120) && place(120) == Some(0), "{plain:?}");
}

#[test]
fn the_terms_travel_with_the_table() {
    let table = include_str!("../../src/cwe/table.tsv");
    for line in include_str!("../../src/cwe/TERMS.md").lines() {
        assert!(table.contains(&format!("# {line}").trim_end().to_owned()), "{line}");
    }
}
