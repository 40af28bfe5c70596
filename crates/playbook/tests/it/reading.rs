//! Files that are no playbooks: everything wrong is named by line and column.

use playbook::{Playbook, Problem};

const SMALL: &str = r#"format: 1
name: small
title: A small one
release_mode: together
policy:
  approvals: { publish: 1, notice: 1, other: 1 }
  acknowledge_within: 3
  longest_embargo_days: 90
  objection_window: 24h
  credit_default: anonymous
  credit_window: 120h
  calendar: { zone: UTC, weekend: [saturday, sunday] }
conditions:
  accepted:
    is: verdict.kind == 'accepted'
    otherwise: the verdict is {verdict.kind}
steps:
  - id: verdict
    title: Decide
    role: team
    gates: [arm, close]
    done:
      - is: verdict.kind != ''
        missing: a verdict
  - id: lines
    title: Decide on lines
    role: team
    when: [accepted]
    after: [verdict]
    due: { after: verdict, business_days: 3 }
    gates: [arm]
    waits:
      - if: "lines.exists(l, l.fix == '')"
        for: the developers
    done:
      - each: lines
        is: it.verdict != ''
        missing: "a verdict on {it.key}"
"#;

#[test]
fn the_small_one_is_a_playbook() {
    let small = Playbook::parse(SMALL).unwrap();
    assert_eq!((small.name(), small.title(), small.steps().len()), ("small", "A small one", 2));
}

#[test]
fn both_shipped_playbooks_are_read() {
    for name in ["contour", "minimal"] {
        let source = playbook::shipped_source(name).unwrap();
        let playbook = Playbook::parse(source).unwrap_or_else(|error| panic!("{name}:\n{error}"));
        assert_eq!(playbook.name(), name);
    }
    assert!(playbook::shipped("other").is_none());
}

/// Line, column, and words of a message; line 0 where the place does not matter.
type Place = (u64, u64, &'static str);

#[test]
fn each_mistake_is_named_by_line_and_column() {
    let cases: &[(&str, &str, &[Place])] = &[
        ("format: 1", "format: 2", &[(1, 9, "this program reads format 1")]),
        ("name: small", "name: Small", &[(2, 7, "small letters, digits and hyphens")]),
        ("title: A small one\n", "", &[(0, 0, "missing field `title`")]),
        ("title: A small one", "titel: A small one", &[(3, 1, "titel")]),
        ("together", "sometimes", &[(4, 15, "sometimes")]),
        ("publish: 1,", "publish: 0,", &[(6, 3, "approvals begin at 1")]),
        ("longest_embargo_days: 90", "longest_embargo_days: 0", &[(6, 3, "a day at least")]),
        ("objection_window: 24h", "objection_window: 0h", &[(6, 3, "longer than nothing")]),
        ("objection_window: 24h", "objection_window: soon", &[(9, 21, "")]),
        ("zone: UTC", "zone: Mars/North", &[(12, 13, "Mars/North")]),
        (
            "verdict.kind == 'accepted'",
            "verdict.knd == 'accepted'",
            &[(15, 17, "`verdict` has no field `knd`; did you mean `kind`?")],
        ),
        ("{verdict.kind}", "{verdict.kind", &[(16, 32, "a `}` is missing")]),
        ("{verdict.kind}", "{verdict.at > 0}", &[(16, 32, "cannot be shown in a sentence")]),
        ("    when: [accepted]\n", "", &[(15, 9, "no step asks for `accepted`")]),
        ("when: [accepted]", "when: [accepted, urgent]", &[(28, 22, "no condition `urgent`")]),
        ("after: [verdict]", "after: [lines]", &[(29, 13, "no step before this one")]),
        ("id: lines", "id: verdict", &[(25, 9, "a step `verdict` already")]),
        ("role: team\n    when", "role: boss\n    when", &[(27, 11, "boss")]),
        ("gates: [arm, close]", "gates: [arm, shut]", &[(21, 18, "shut")]),
        ("business_days: 3", "business_days: 3, hours: 2", &[(30, 10, "give one of")]),
        (", business_days: 3", "", &[(30, 10, "give one of")]),
        ("after: verdict,", "after: lunch,", &[(30, 19, "lunch")]),
        ("l.fix == ''", "l.fixed == ''", &[(33, 32, "did you mean `fix`?")]),
        ("is: it.verdict != ''", "is: it.verdict", &[(37, 13, "a truth value must stand here")]),
        ("is: it.verdict != ''", "is: this.verdict != ''", &[(37, 13, "no field `this`")]),
        ("each: lines", "each: verdict", &[(36, 15, "a list must stand here")]),
        ("{it.key}", "{it.kee}", &[(38, 36, "did you mean `key`?")]),
        ("missing: a verdict\n", "missing: ''\n", &[(24, 18, "words for the person")]),
        (
            "    done:\n      - is: verdict.kind != ''\n        missing: a verdict\n",
            "    done: []\n",
            &[(18, 9, "a step needs evidence")],
        ),
        ("        missing: a verdict\n", "", &[(23, 9, "missing")]),
        // Several mistakes come all at once, in the file's order.
        ("verdict.kind", "verdict.king", &[(15, 17, "king"), (16, 40, "king"), (23, 21, "king")]),
        ("steps:", "steps", &[(0, 0, "")]),
    ];
    let mut wrong = Vec::new();
    for (from, to, expected) in cases {
        assert!(SMALL.contains(from), "{from}");
        let source = SMALL.replace(from, to);
        let Err(error) = Playbook::parse(&source) else { panic!("{to} is read") };
        let found = &error.problems;
        let fits = |(problem, (line, column, words)): (&Problem, &Place)| {
            problem.message.contains(words)
                && (*line == 0 || (problem.line, problem.column) == (*line, *column))
        };
        if found.len() != expected.len() || !found.iter().zip(*expected).all(fits) {
            wrong.push(format!("{to:?} gives {error}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const MARKS: (&str, &str) = ("<!-- fields -->\n", "<!-- end of fields -->");

/// `UPDATE_DOCS=1 cargo test -p playbook reference` writes the page anew.
#[test]
fn the_reference_of_fields_stands_in_the_documentation() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/playbooks.md");
    let page = std::fs::read_to_string(root).unwrap();
    let (_, rest) = page.split_once(MARKS.0).expect("the mark");
    let (written, _) = rest.split_once(MARKS.1).expect("the other mark");
    let now = playbook::reference();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let (before, after) = (page.split_once(MARKS.0).unwrap().0, rest.split_once(MARKS.1));
        let after = after.unwrap().1;
        let page = format!("{before}{}\n{now}\n{}{after}", MARKS.0, MARKS.1);
        std::fs::write(root, page).unwrap();
        return;
    }
    if let Some((old, new)) = written.trim().lines().zip(now.trim().lines()).find(|(a, b)| a != b) {
        panic!("docs/playbooks.md says\n{old}\nbut the view has\n{new}");
    }
    assert_eq!(written.trim(), now.trim());
}
