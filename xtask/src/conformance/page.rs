//! The page: what came of everything, in tables.

use std::fmt::Write as _;

use super::{Miss, Row};

/// The page's text.
pub(super) fn write(suites: &[Row], judged: &[Row]) -> String {
    let mut page = String::from(
        "# Conformance\n\n\
         Made by `cargo xtask conformance`: do not edit. It goes through what others publish about the\n\
         formats of records, and has other people's programs read what is written here.\n\n\
         ## Suites\n\n\
         Files, documents and vectors with a published verdict; passed is how many came out as it says.\n\
         Two of CSAF's tests ask whether addresses answer (6.3.6, 6.3.7): they get answers from a table,\n\
         which has what the addresses in their files are meant for, and never ask the network. The test\n\
         of spelling (6.3.8) asks hunspell with its dictionary en_US.\n\n",
    );
    table(&mut page, "suite", suites);
    page.push_str(
        "\n## Judges\n\n\
         Generated advisories, covering every field, are written in every format and given to programs\n\
         that are not ours; passed is how many documents were accepted. CSAF 2.1 is given to them as it\n\
         is, and once more in words that they know already: packages of npm and cargo alone, of June\n\
         2025, which has the newest catalogue of weaknesses that npm's library knows.\n\n\
         Trees are what `fermata provider` writes, of such advisories, signed with a key that gpg made:\n\
         one of CSAF 2.0, one of 2.1, one of both, and one that is not signed.\n\n\
         OpenVEX's schema is in no package; it judges where `OPENVEX_SCHEMA` names it.\n\n",
    );
    table(&mut page, "judge", judged);
    misses(&mut page, suites.iter().chain(judged));
    page
}

fn table(page: &mut String, what: &str, rows: &[Row]) {
    let _ = writeln!(page, "| {what} | version | passed | total |\n|---|---|---:|---:|");
    for Row { what, version, passed, total, .. } in rows {
        let passed = passed.map_or_else(|| "not at hand".to_owned(), |passed| passed.to_string());
        let _ = writeln!(page, "| {} | {} | {passed} | {total} |", cell(what), cell(version));
    }
}

fn misses<'r>(page: &mut String, rows: impl Iterator<Item = &'r Row>) {
    let mut rows = rows.filter(|row| !row.misses.is_empty()).peekable();
    if rows.peek().is_none() {
        page.push_str("\nNothing came out otherwise than published.\n");
        return;
    }
    page.push_str("\n## What did not, and why\n");
    for row in rows {
        let _ = writeln!(page, "\n**{}**\n", row.what);
        for Miss { what, why, .. } in &row.misses {
            let why = if why.is_empty() { "not explained yet" } else { why };
            let _ = writeln!(page, "- {what}: {why}");
        }
    }
}

/// A text that cannot end its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_and_miss_stands_on_the_page() {
        let miss = |why: &str| Miss { what: "a.json".to_owned(), why: why.to_owned(), count: 1 };
        let row = |what: &str, passed, misses| Row {
            what: what.to_owned(),
            version: "1|2".to_owned(),
            passed,
            total: 2,
            misses,
        };
        let suites = [row("files", Some(1), vec![miss("it is wrong itself")])];
        let judged = [row("judge", None, vec![]), row("other", Some(1), vec![miss("")])];
        let page = write(&suites, &judged);
        for line in [
            "| files | 1\\|2 | 1 | 2 |",
            "| judge | 1\\|2 | not at hand | 2 |",
            "- a.json: it is wrong itself",
            "- a.json: not explained yet",
        ] {
            assert!(page.lines().any(|other| other == line), "{line}\n{page}");
        }
    }
}
