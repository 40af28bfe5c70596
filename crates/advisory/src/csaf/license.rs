//! The licence of a 2.1 document: an expression by SPDX.
//!
//! Thin: of `ScanCode`'s licences the form of the id is looked at alone, since their list is not here.

use super::words::{self, Words};
use crate::check::Report;
use crate::check::json::Json;

const AT: &str = "/document/license_expression";
const SCANCODE: &str = "LicenseRef-scancode-";

/// A word of an expression.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    Open,
    Close,
    Joins,
    With,
    /// A licence, or after `WITH` an exception.
    Id(&'t str),
}

pub(super) fn look(head: &Json<'_>, report: &mut Report) {
    let Some(expression) = head.text_of("license_expression") else {
        report.warning(
            "csaf 6.2.43",
            "/document",
            "no licence says what readers may do with the document",
            "Give license_expression, CC-BY-4.0 for example.",
        );
        return;
    };
    let tokens = match tokens(expression).and_then(|tokens| {
        fits(&tokens)?;
        Ok(tokens)
    }) {
        Ok(tokens) => tokens,
        Err(why) => {
            report.error(
                "csaf 6.1.54",
                AT,
                format!("this is no licence expression: {why}"),
                "Write an id of SPDX's list, or several with AND, OR and WITH.",
            );
            return;
        }
    };
    let mut own = false;
    let mut exception = false;
    for token in tokens {
        if let Token::Id(id) = token {
            own |= known(id, exception, report);
        }
        exception = token == Token::With;
    }
    if own {
        text_of_licence(head, report);
    }
}

/// Tells what is wrong with one id; true if it is a licence of the publisher's own.
fn known(id: &str, exception: bool, report: &mut Report) -> bool {
    if id.starts_with(SCANCODE) {
        return false;
    }
    if id.starts_with("LicenseRef-") || id.starts_with("AdditionRef-") {
        let message = format!("`{id}` is a licence of somebody's own");
        report.push_info("csaf 6.3.17", AT, message);
        return true;
    }
    let deprecated = if exception {
        spdx::exception_id(id).map(spdx::ExceptionId::is_deprecated)
    } else {
        spdx::license_id(id).map(spdx::LicenseId::is_deprecated)
    };
    match deprecated {
        Some(false) => {}
        Some(true) => report.warning(
            "csaf 6.2.44",
            AT,
            format!("SPDX has given up the id `{id}`"),
            "Use the one that took its place.",
        ),
        None => {
            let message = format!("SPDX's list has no `{id}`");
            report.warning("csaf 6.2.45", AT, message.as_str(), "Correct the spelling.");
            report.push_info("csaf 6.3.17", AT, message);
        }
    }
    false
}

/// A licence that no list holds stands in a note.
fn text_of_licence(head: &Json<'_>, report: &mut Report) {
    let (rule, title) = match words::of(head) {
        Words::English => ("csaf 6.1.55", "License"),
        Words::Translated(words) => ("csaf 6.2.46", words.license),
        Words::Unknown => return,
    };
    let titled = || words::titled(head, title);
    if titled().count() == 1 && titled().all(|note| note == Some("legal_disclaimer")) {
        return;
    }
    let message = format!("not one note of the category legal_disclaimer is titled `{title}`");
    let hint = "Give the licence's text in such a note.";
    if rule == "csaf 6.1.55" {
        report.error(rule, "/document/notes", message, hint);
    } else {
        report.warning(rule, "/document/notes", message, hint);
    }
}

fn tokens(text: &str) -> Result<Vec<Token<'_>>, &'static str> {
    let mut tokens = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut rest = word;
        while let Some(inner) = rest.strip_prefix('(') {
            tokens.push(Token::Open);
            rest = inner;
        }
        let inner = rest.trim_end_matches(')');
        match inner {
            "" => {}
            "AND" | "and" | "OR" | "or" => tokens.push(Token::Joins),
            "WITH" | "with" => tokens.push(Token::With),
            id => tokens.push(Token::Id(licence_id(id)?)),
        }
        tokens.extend((inner.len()..rest.len()).map(|_| Token::Close));
    }
    Ok(tokens)
}

/// Letters, digits, `-` and `.`; a `+` may follow an id of SPDX's list.
fn licence_id(id: &str) -> Result<&str, &'static str> {
    const REFERENCES: [&str; 3] = ["DocumentRef-", "LicenseRef-", "AdditionRef-"];
    let lower = id.to_ascii_lowercase();
    let reference = REFERENCES.iter().find(|one| lower.starts_with(&one.to_ascii_lowercase()));
    let plain = match reference {
        Some(&"DocumentRef-") => return Err("CSAF takes no DocumentRef"),
        Some(one) => {
            id.strip_prefix(one).ok_or("LicenseRef and AdditionRef keep their capitals")?
        }
        None => id.strip_suffix('+').unwrap_or(id),
    };
    let letter = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
    if plain.is_empty() || !plain.chars().all(letter) {
        return Err("an id has letters, digits, - and . in it");
    }
    Ok(if reference.is_some() { id } else { plain })
}

/// Whether ids and what joins them take turns, in brackets that close.
fn fits(tokens: &[Token<'_>]) -> Result<(), &'static str> {
    const ORDER: &str = "ids and AND, OR or WITH take turns";
    let (mut depth, mut wants_id, mut after_with) = (0_usize, true, false);
    // An exception belongs to one licence, so WITH follows an id and not a bracket.
    let mut after_id = false;
    for token in tokens {
        let fits = match token {
            Token::Open => wants_id && !after_with,
            Token::Id(_) => wants_id,
            Token::Close | Token::Joins => !wants_id,
            Token::With => after_id,
        };
        if !fits {
            return Err(ORDER);
        }
        match token {
            Token::Open => depth += 1,
            Token::Close => depth = depth.checked_sub(1).ok_or("a bracket is missing")?,
            _ => {}
        }
        wants_id = matches!(token, Token::Open | Token::Joins | Token::With);
        after_id = matches!(token, Token::Id(_)) && !after_with;
        after_with = matches!(token, Token::With);
    }
    match (depth, wants_id) {
        (0, false) => Ok(()),
        (0, true) => Err(ORDER),
        _ => Err("a bracket is missing"),
    }
}
