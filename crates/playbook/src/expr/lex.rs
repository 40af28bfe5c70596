//! From text to tokens, each with the byte offset at which it begins.

use super::ExprError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Name(String),
    Int(i64),
    Text(String),
    Sign(&'static str),
    End,
}

/// Longest first, so that `<=` is not read as `<`.
const SIGNS: [&str; 16] =
    ["==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(", ")", "[", "]", ",", ".", "-"];

pub(super) fn tokens(source: &str) -> Result<Vec<(usize, Token)>, ExprError> {
    let mut found = Vec::new();
    let mut rest = source;
    loop {
        rest = rest.trim_start();
        let at = source.len().saturating_sub(rest.len());
        let Some(first) = rest.chars().next() else {
            found.push((at, Token::End));
            return Ok(found);
        };
        let (token, length) = match first {
            'a'..='z' | 'A'..='Z' | '_' => name(rest),
            '0'..='9' => number(rest).map_err(|why| ExprError::new(at, why))?,
            '\'' | '"' => text(rest, first).map_err(|(i, why)| ExprError::new(at + i, why))?,
            _ => match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
                Some(sign) => (Token::Sign(sign), sign.len()),
                None => {
                    return Err(ExprError::new(at, format!("`{first}` is not understood here")));
                }
            },
        };
        found.push((at, token));
        rest = rest.get(length..).unwrap_or_default();
    }
}

fn name(rest: &str) -> (Token, usize) {
    let length =
        rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
    (Token::Name(rest.get(..length).unwrap_or_default().to_owned()), length)
}

fn number(rest: &str) -> Result<(Token, usize), &'static str> {
    let length = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let digits = rest.get(..length).unwrap_or_default();
    digits
        .parse()
        .map(|number| (Token::Int(number), length))
        .map_err(|_| "only whole numbers up to 9223372036854775807 are numbers here")
}

fn text(rest: &str, quote: char) -> Result<(Token, usize), (usize, &'static str)> {
    let mut value = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == quote => return Ok((Token::Text(value), at + 1)),
            '\\' => match chars.next() {
                Some((_, c @ ('\\' | '\'' | '"'))) => value.push(c),
                Some((_, 'n')) => value.push('\n'),
                _ => return Err((at, "of the escapes only \\\\, \\', \\\" and \\n are known")),
            },
            '\n' => break,
            c => value.push(c),
        }
    }
    Err((0, "the text has no closing quote"))
}
