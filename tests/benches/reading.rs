//! How fast mails are read, on one core.
//!
//! `cargo bench -p house-tests --bench reading [-- FOLDER]`. Mails of 5 KB of text, mails of 1 MB with a file
//! attached, and those that lie in a folder, if it is named. Medians. Target: ≥ 100 MB/s.

#![expect(clippy::unwrap_used, reason = "a bench that fails stops")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

use std::{env, fs, path::Path, time::Instant};

use engine::read_mail;

const ROUNDS: usize = 15;
/// Bytes that are read in a round.
const EACH: usize = 64 << 20;

fn main() {
    let line = "When a route has no host, the second one is taken, and it crashes.\r\n";
    measure("5 KB of text", &[plain(&line.repeat(70))]);
    measure("1 MB, a file attached", &[attached(&line.repeat(70))]);
    if let Some(folder) = env::args().skip(1).find(|arg| !arg.starts_with('-')) {
        let mut mails = Vec::new();
        collect(Path::new(&folder), &mut mails);
        measure(&format!("{} mails of {folder}", mails.len()), &mails);
    }
}

fn measure(name: &str, mails: &[Vec<u8>]) {
    let all: usize = mails.iter().map(Vec::len).sum();
    let times = EACH.div_ceil(all.max(1));
    let mut rates: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let read = (0..times).flat_map(|_| mails).filter(|mail| read_mail(mail).is_some());
            assert!(read.count() > 0);
            #[expect(clippy::cast_precision_loss, reason = "a rate")]
            let bytes = (all * times) as f64;
            bytes / 1e6 / start.elapsed().as_secs_f64()
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    println!("{name}: {:.0} MB/s", rates.get(ROUNDS / 2).unwrap());
}

const HEAD: &str = "Received: from mx.example.net (mx.example.net [192.0.2.1])\r\n\tby mx.example.org with ESMTPS \
                    id 17; Fri, 27 Nov 2026 10:00:00 +0000\r\nFrom: Rita <rita@example.net>\r\n\
                    To: security@example.org\r\nMessage-ID: <1@example.net>\r\nSubject: It crashes\r\n\
                    Date: Fri, 27 Nov 2026 10:00:00 +0000\r\n";

fn plain(text: &str) -> Vec<u8> {
    format!("{HEAD}\r\n{text}").into_bytes()
}

fn attached(text: &str) -> Vec<u8> {
    let packed = "QW4gYW1iZXIgaGVyb24gZmxpZXMgb3ZlciB0aGUgbGFrZS4g\r\n".repeat(20_000);
    let parts = format!(
        "--x\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--x\r\nContent-Type: application/octet-stream\r\n\
         Content-Disposition: attachment; filename=core\r\nContent-Transfer-Encoding: base64\r\n\r\n{packed}--x--\r\n"
    );
    format!("{HEAD}Content-Type: multipart/mixed; boundary=x\r\n\r\n{parts}").into_bytes()
}

fn collect(folder: &Path, mails: &mut Vec<Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, mails);
        } else {
            mails.push(fs::read(path).unwrap());
        }
    }
}
