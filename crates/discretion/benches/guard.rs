//! How fast a guard with 1,000 terms reads text, on one core.
//!
//! `cargo bench -p discretion --bench guard [-- FILE…]`. Each file is a text, repeated; and so are this
//! workspace's own sources and documents, which speak of security everywhere. The terms are made up and
//! stand nowhere in them. Beside it, in the same rounds, the crate `aho-corasick` seeks the same terms and does nothing else: forced to its
//! DFA, which is the ceiling, and as it chooses by itself. Medians of the processor's time, so that
//! what else the machine does counts less.
//!
//! Target: ≥ 450 MB/s with all rules.
#![expect(
    clippy::cast_precision_loss,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench measures time and prints it"
)]

use std::{fs, hint::black_box, path::Path, time::Duration};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use discretion::{Guard, Setting, Terms};

/// Something that reads all of the text, and its name.
type Reader<'a> = (&'a str, Box<dyn Fn() -> usize + 'a>);

const ROUNDS: usize = 15;
const SIZE: usize = 32 << 20;
const TERMS: usize = 1_000;

fn main() {
    let terms: Vec<String> = (0..TERMS).map(term).collect();
    let guard = Guard::new(&terms.iter().fold(Terms::new(), |known, term| known.free(term)));
    let automaton = |kind| {
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true).kind(kind).build(&terms).unwrap()
    };
    let rivals = [automaton(Some(AhoCorasickKind::DFA)), automaton(None)];
    for file in std::env::args().skip(1).filter(|arg| arg != "--bench") {
        let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        measure(&file, &guard, &rivals, &text);
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut own = String::new();
    for folder in ["crates", "docs", "xtask"] {
        gather(&root.join(folder), &mut own);
    }
    measure("our own sources", &guard, &rivals, &own);
}

fn measure(name: &str, guard: &Guard, [dfa, chosen]: &[AhoCorasick; 2], text: &str) {
    let mut text = text.repeat(SIZE / text.len() + 1);
    text.truncate(text.floor_char_boundary(SIZE));
    let count = guard.text(&text, &Setting::PUBLIC).len();
    println!("{name}: {} MB, {TERMS} terms, {count} findings", text.len() >> 20);
    let readers: [Reader<'_>; 3] = [
        ("guard", Box::new(|| guard.text(&text, &Setting::PUBLIC).len())),
        ("aho-corasick, DFA", Box::new(|| dfa.find_iter(&text).count())),
        ("aho-corasick, as it chooses", Box::new(|| chosen.find_iter(&text).count())),
    ];
    let mut took = readers.each_ref().map(|_| Vec::new());
    for _ in 0..ROUNDS {
        for ((_, read), took) in readers.iter().zip(&mut took) {
            let start = clock();
            black_box(read());
            took.push(clock().checked_sub(start).unwrap());
        }
    }
    for ((name, _), took) in readers.iter().zip(&mut took) {
        took.sort_unstable();
        let median: Duration = *took.get(ROUNDS / 2).unwrap();
        println!("  {name}: {:.0} MB/s", text.len() as f64 / 1e6 / median.as_secs_f64());
    }
}

/// The processor's time that this thread took: others on the machine do not count.
fn clock() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(now).unwrap()
}

/// A made-up term of two words.
fn term(number: usize) -> String {
    let mut state = number as u64 + 1;
    let mut letter = |from: &[u8]| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let index = usize::try_from(state >> 33).unwrap() % from.len();
        char::from(*from.get(index).unwrap())
    };
    let mut word = |syllables: usize| {
        (0..syllables)
            .flat_map(|_| [letter(b"bcdfghklmnprstvz"), letter(b"aeiou")])
            .collect::<String>()
    };
    format!("{} {}", word(3), word(3))
}

fn gather(folder: &Path, text: &mut String) {
    let mut entries: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let source =
            path.extension().is_some_and(|extension| extension == "rs" || extension == "md");
        if path.is_dir() {
            gather(&path, text);
        } else if source {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}
