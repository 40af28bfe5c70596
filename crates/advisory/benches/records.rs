//! How fast records are checked and written, on one core.
//!
//! `cargo bench -p advisory`. The documents are those that others published, where they lie beside
//! the checkout (it says which), and what is written here from an advisory with every field filled.
//! Each figure is the median of rounds, and every round reads from text.
//!
//! Targets: OSV ≥ 50,000 documents/s, CSAF with all its tests ≥ 2,000/s, CVSS ≥ 500,000 vectors/s;
//! one advisory in all formats ≤ 1 ms.
#![expect(
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    dead_code,
    reason = "a bench measures time, prints it, and shares the tests' advisory and documents"
)]

use std::hint::black_box;

use advisory::{Stage, Vector, check::Report, csaf, cyclonedx, osv};
use common::{csaf_files, median, texts, total};
use jiff::Timestamp;

mod common;
#[path = "../tests/it/formats.rs"]
mod formats;
#[path = "../tests/it/sample.rs"]
mod sample;

fn main() {
    let advisory = sample::full();
    let at: Timestamp = "2021-07-22T15:00:00Z".parse().unwrap();
    let every = || formats::every(&advisory, at, Stage::Planned);
    check(
        "osv, published",
        &texts("osv/ghsa-pairs", |name| name.ends_with(".osv.json")),
        osv::check,
    );
    for version in ["2.0", "2.1"] {
        let files = csaf_files(version).into_iter();
        let published: Vec<_> = files.map(|path| std::fs::read_to_string(path).unwrap()).collect();
        check(&format!("csaf {version}, published"), &published, csaf::check);
    }
    check(
        "cyclonedx, published",
        &texts("cyclonedx", |name| name.starts_with("valid-")),
        cyclonedx::check,
    );
    for written in every() {
        if let (Some(text), Some(by)) = (written.text, written.check) {
            check(&format!("{}, written here", written.format), &[text], by);
        }
    }
    vectors();
    let took = median(|| drop(black_box(every())));
    println!("one advisory in {} formats: {took:.2?} (target ≤ 1 ms)", every().len());
}

fn check(what: &str, documents: &[String], check: fn(&str) -> Report) {
    if documents.is_empty() {
        return;
    }
    let took = total(documents, |document| {
        black_box(check(document));
    });
    let bytes: usize = documents.iter().map(String::len).sum();
    let count = documents.len() as f64;
    let rate = count / took.as_secs_f64();
    let megabytes = bytes as f64 / took.as_secs_f64() / 1e6;
    println!(
        "{what}: {rate:.0} documents/s; {} of {:.0} bytes each, {megabytes:.0} MB/s",
        documents.len(),
        bytes as f64 / count,
    );
}

/// Public vectors of every version, where they are at hand, else the advisory's own two.
fn vectors() {
    let published = texts("cvss", |name| name.starts_with("vectors_"));
    let lines = published.iter().flat_map(|text| text.lines());
    let mut vectors: Vec<&str> = lines.filter_map(|line| line.split(' ').next()).collect();
    if vectors.is_empty() {
        vectors = vec![
            "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:H",
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:L/VI:L/VA:H/SC:N/SI:N/SA:N",
        ];
    }
    let took = median(|| {
        for vector in &vectors {
            black_box(Vector::read(vector).map(|vector| vector.tenths()).ok());
        }
    });
    let rate = vectors.len() as f64 / took.as_secs_f64();
    println!("cvss: {rate:.0} vectors/s (target ≥ 500000); {} different ones", vectors.len());
}
