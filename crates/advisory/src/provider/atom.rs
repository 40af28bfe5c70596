//! An Atom feed of the pages (RFC 4287), for people's feed readers.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::words::escape;
use super::{Files, Issue};
use crate::imprint::Imprint;

/// The newest are enough for a reader that comes by now and then.
const MOST: usize = 100;

pub(super) fn write(imprint: &Imprint, issues: &[Issue<'_>], since: Timestamp, files: &mut Files) {
    let pages = format!("{}/advisories", imprint.base);
    let changed = issues.iter().map(Issue::changed).max().unwrap_or(since).max(since);
    let (pages_, name) = (escape(&pages), escape(&imprint.name.to_string()));
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n\
         <id>{pages_}/feed.atom</id>\n\
         <title>Security advisories of {name}</title>\n\
         <updated>{changed}</updated>\n\
         <author><name>{name}</name><uri>{}</uri></author>\n\
         <link rel=\"self\" type=\"application/atom+xml\" href=\"{pages_}/feed.atom\"/>\n\
         <link rel=\"alternate\" type=\"text/html\" href=\"{pages_}/index.html\"/>\n",
        escape(imprint.namespace.as_str()),
    );
    for issue in issues.iter().take(MOST) {
        let url = escape(&format!("{pages}/{}.html", issue.name()));
        let withdrawn = if issue.withdrawn.is_some() { "Withdrawn: " } else { "" };
        // Writing to a text does not fail.
        let _ = write!(
            feed,
            "<entry>\n<id>{url}</id>\n<title>{withdrawn}{}</title>\n\
             <published>{}</published>\n<updated>{}</updated>\n\
             <link rel=\"alternate\" type=\"text/html\" href=\"{url}\"/>\n",
            escape(&issue.title),
            issue.first,
            issue.changed(),
        );
        if let Some(summary) = crate::text::paragraph(issue.shown.advisory().summary.as_deref()) {
            let _ = writeln!(feed, "<summary>{}</summary>", escape(summary));
        }
        feed.push_str("</entry>\n");
    }
    feed.push_str("</feed>\n");
    files.insert("advisories/feed.atom".to_owned(), feed.into_bytes());
}
