//! Texts as HTML and XML: escaped, and with as much of Markdown as makes paragraphs readable.
//! Nothing in a text becomes a link, a picture or markup of its own.

/// The text for use in HTML and XML, between tags and in quoted attributes. Characters that XML
/// cannot hold are left out.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() || turns(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// Marks that turn the direction of what follows make a text say what it does not.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Blocks of Markdown: paragraphs, lists, headings, code.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    None,
    Paragraph,
    List,
    Code,
}

impl Block {
    fn end(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Paragraph => "</p>\n",
            Self::List => "</li></ul>\n",
            Self::Code => "</code></pre>\n",
        }
    }
}

/// A text in Markdown as HTML. Headings become bold paragraphs, since the page has its own.
pub(super) fn blocks(text: &str) -> String {
    let mut html = String::with_capacity(text.len().saturating_mul(2));
    let mut open = Block::None;
    let go_on = |open: &mut Block, next: Block, html: &mut String, start: &str| {
        html.push_str(open.end());
        html.push_str(start);
        *open = next;
    };
    for line in text.lines() {
        let bare = line.trim();
        if bare.starts_with("```") {
            let next = if open == Block::Code { Block::None } else { Block::Code };
            let start = if next == Block::Code { "<pre><code>" } else { "" };
            go_on(&mut open, next, &mut html, start);
        } else if open == Block::Code {
            html.push_str(&escape(line));
            html.push('\n');
        } else if bare.is_empty() {
            go_on(&mut open, Block::None, &mut html, "");
        } else if let Some(item) = bare.strip_prefix("- ").or_else(|| bare.strip_prefix("* ")) {
            if open == Block::List {
                html.push_str("</li>\n<li>");
            } else {
                go_on(&mut open, Block::List, &mut html, "<ul><li>");
            }
            html.push_str(&inline(item));
        } else if let Some(heading) = heading(bare) {
            go_on(&mut open, Block::None, &mut html, "<p><strong>");
            html.push_str(&inline(heading));
            html.push_str("</strong></p>\n");
        } else {
            match open {
                Block::None => go_on(&mut open, Block::Paragraph, &mut html, "<p>"),
                Block::Paragraph | Block::List | Block::Code => html.push('\n'),
            }
            html.push_str(&inline(bare));
        }
    }
    html.push_str(open.end());
    html
}

fn heading(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches('#');
    let depth = line.len().saturating_sub(rest.len());
    let words = rest.strip_prefix(' ')?.trim();
    ((1..=6).contains(&depth) && !words.is_empty()).then_some(words)
}

/// What stands between backticks is code; what is left open is no code.
fn inline(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let closed = parts.len() % 2 == 1;
    let last = parts.len().saturating_sub(1);
    let mut html = String::with_capacity(text.len());
    for (number, part) in parts.iter().enumerate() {
        let code = number % 2 == 1 && (closed || number < last);
        if code {
            html.push_str("<code>");
            html.push_str(&escape(part));
            html.push_str("</code>");
        } else {
            if number % 2 == 1 {
                html.push('`');
            }
            html.push_str(&escape(part));
        }
    }
    html
}
