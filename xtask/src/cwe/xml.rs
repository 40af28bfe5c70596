//! What MITRE's XML says about an entry beyond its name: abstraction, other terms, better choices.
//!
//! Reads the file as MITRE writes it, by its tags in their order, and is no reader of XML at large.

use std::collections::BTreeMap;

/// One entry: a weakness, a category or a view.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// `P`illar, `C`lass, `B`ase, `V`ariant, compound (`X`), `c`ategory or `v`iew.
    pub(super) kind: char,
    pub(super) name: String,
    pub(super) status: String,
    pub(super) usage: String,
    /// Ids that are named as better choices, in the order of the text.
    pub(super) instead: Vec<u32>,
    /// What it is called too.
    pub(super) also: Vec<String>,
}

/// The catalogue's version and its entries by number.
pub(super) fn read(xml: &str) -> Result<(String, BTreeMap<u32, Entry>), String> {
    let head = xml.find("<Weakness_Catalog ").and_then(|start| xml.get(start..));
    let version = head.and_then(|head| attribute(head, "Version")).ok_or("this is no catalogue")?;
    let mut entries = BTreeMap::new();
    for tag in ["Weakness", "Category", "View"] {
        let (open, close) = (format!("<{tag} ID="), format!("</{tag}>"));
        for part in xml.split(open.as_str()).skip(1) {
            let body = part.split_once(close.as_str()).map_or(part, |(body, _)| body);
            let head = format!("<{tag} ID={}", body.split_once('>').map_or(body, |(head, _)| head));
            let number = attribute(&head, "ID").and_then(|id| id.parse().ok());
            let entry = entry(&head, body);
            let (Some(number), Some(entry)) = (number, entry) else {
                return Err(format!("{head} lacks something"));
            };
            entries.insert(number, entry);
        }
    }
    Ok((version, entries))
}

fn entry(head: &str, body: &str) -> Option<Entry> {
    let kind = match (attribute(head, "Abstraction").as_deref(), head.starts_with("<Category")) {
        (Some("Pillar"), _) => 'P',
        (Some("Class"), _) => 'C',
        (Some("Base"), _) => 'B',
        (Some("Variant"), _) => 'V',
        (Some("Compound"), _) => 'X',
        (Some(_), _) => return None,
        (None, true) => 'c',
        (None, false) => 'v',
    };
    let status = attribute(head, "Status")?;
    let notes = between(body, "<Mapping_Notes>", "</Mapping_Notes>").next()?;
    let usage = between(notes, "<Usage>", "</Usage>").next()?.to_owned();
    let mut instead: Vec<u32> = Vec::new();
    let suggested = notes.split("<Suggestion ").skip(1);
    instead.extend(suggested.filter_map(|tag| attribute(tag, "CWE_ID")?.parse::<u32>().ok()));
    let comments = between(notes, "<Comments>", "</Comments>").flat_map(ids);
    let told = match (status.as_str(), kind) {
        ("Deprecated", 'c' | 'v') => between(body, "<Summary>", "</Summary>").next(),
        ("Deprecated", _) => between(body, "<Description>", "</Description>").next(),
        _ => None,
    };
    for id in comments.chain(told.into_iter().flat_map(ids)) {
        if !instead.contains(&id) {
            instead.push(id);
        }
    }
    let also = between(body, "<Term>", "</Term>").map(plain);
    let also = also.filter(|term| !term.contains(['\t', ';', '\n'])).collect();
    Some(Entry { kind, name: attribute(head, "Name")?, status, usage, instead, also })
}

/// The numbers of the ids that a text names.
fn ids(text: &str) -> impl Iterator<Item = u32> {
    text.split("CWE-").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest.get(..end)?.parse().ok()
    })
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let tag = tag.split_once('>').map_or(tag, |(tag, _)| tag);
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(plain(value))
}

fn between<'t>(text: &'t str, open: &'t str, close: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(open).skip(1).filter_map(move |rest| Some(rest.split_once(close)?.0))
}

fn plain(text: &str) -> String {
    let mut text = text.trim().to_owned();
    for (escape, letter) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(escape, letter);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = r#"<Weakness_Catalog Name="CWE" Version="4.14" Date="2024-02-29">
      <Weakness ID="20" Name="Improper &lt;x&gt; &amp; &#34;y&#34;" Abstraction="Class" Structure="Simple" Status="Stable">
         <Description>Not CWE-7.</Description>
         <Alternate_Term><Term>XSS</Term></Alternate_Term>
         <Mapping_Notes><Usage>Discouraged</Usage><Comments>Consider CWE-1284 or CWE-20.</Comments>
         <Suggestions><Suggestion CWE_ID="116" Comment="c"/></Suggestions></Mapping_Notes>
      </Weakness>
      <Category ID="139" Name="C" Status="Deprecated"><Summary>See CWE-138.</Summary>
         <Mapping_Notes><Usage>Prohibited</Usage></Mapping_Notes></Category>
      <View ID="9" Name="V" Type="Graph" Status="Draft">
         <Mapping_Notes><Usage>Prohibited</Usage></Mapping_Notes></View></Weakness_Catalog>"#;

    #[test]
    fn entries_are_read_with_what_is_said_about_them() {
        let (version, entries) = read(SAMPLE).unwrap();
        assert_eq!(version, "4.14");
        let input = &entries[&20];
        assert_eq!(input.kind, 'C');
        assert_eq!(input.name, "Improper <x> & \"y\"");
        assert_eq!(input.instead, [116, 1284, 20]);
        assert_eq!(input.also, ["XSS"]);
        assert_eq!((entries[&139].kind, entries[&139].instead.as_slice()), ('c', &[138][..]));
        assert_eq!((entries[&9].kind, entries[&9].status.as_str()), ('v', "Draft"));
    }

    #[test]
    fn what_is_no_catalogue_is_refused() {
        assert!(read("<html></html>").is_err());
        assert!(read(&SAMPLE.replace("<Usage>Discouraged</Usage>", "")).is_err());
        assert!(read(&SAMPLE.replace("\"Class\"", "\"Order\"")).is_err());
    }
}
