//! Whether the names that identify a product (CPE, package URL) say what its branches say.

use super::texts;
use super::tree::Branch;
use crate::check::Report;
use crate::check::json::Json;

/// The parts of a CPE name, in their order behind `cpe:2.3:` or `cpe:/`, with the categories of
/// branches that say the same. Parts without one cannot be compared.
const PARTS: [(&str, &[&str]); 11] = [
    ("part", &[]),
    ("vendor", &["vendor"]),
    ("product", &["product_name"]),
    ("version", &["product_version", "product_version_range"]),
    ("update", &["patch_level", "service_pack"]),
    ("edition", &[]),
    ("language", &["language"]),
    ("sw_edition", &[]),
    ("target_sw", &[]),
    ("target_hw", &["architecture", "platform"]),
    ("other", &[]),
];

pub(super) fn look(helper: &Json<'_>, branches: &[&Branch<'_>], path: &str, report: &mut Report) {
    if branches.is_empty() {
        return;
    }
    let named = |category: &str| {
        branches.iter().find(|branch| branch.category == category).map(|branch| branch.name)
    };
    let version = named("product_version");
    if let Some(name) = helper.text_of("cpe") {
        let categories = |wanted: &[&str]| wanted.iter().any(|category| named(category).is_some());
        if let Some(why) = cpe(name, version, categories) {
            tell(format!("{path}/cpe"), why, report);
        }
    }
    for (place, purl) in texts(helper, "purls") {
        let Some(version) = version else { break };
        let rest = purl.split(['?', '#']).next().unwrap_or_default();
        let last = rest.rsplit('/').next().unwrap_or_default();
        let said = last.rsplit_once('@').map(|(_, version)| decoded(version));
        if said.is_none_or(|said| !is_same(&said, version)) {
            let why = format!("the version is not {version}");
            tell(format!("{path}/purls/{place}"), why, report);
        }
    }
}

fn tell(path: String, why: String, report: &mut Report) {
    let hint = "The name and the branches describe one product in the same way.";
    report.warning("csaf 6.2.42", path, why, hint);
}

/// Where a CPE name and the branches part.
fn cpe(name: &str, version: Option<&str>, categories: impl Fn(&[&str]) -> bool) -> Option<String> {
    let rest = name.strip_prefix("cpe:2.3:").or_else(|| name.get(5..))?;
    let mut values = parts(rest).into_iter();
    PARTS.iter().find_map(|(part, wanted)| {
        let value = values.next().unwrap_or_default();
        let is_set = !matches!(value.as_str(), "" | "*" | "-");
        if wanted.is_empty() {
            return None;
        }
        match (categories(wanted), is_set) {
            (false, true) => return Some(format!("no branch says the {part} {value}")),
            // A range of versions is every version to a name that can say one alone.
            (true, false) if *part != "version" || version.is_some() => {
                return Some(format!("the {part} is left open, and a branch says it"));
            }
            _ => {}
        }
        let differs = *part == "version" && version.is_some_and(|known| !is_same(&value, known));
        differs.then(|| format!("the version is {value}, and a branch says otherwise"))
    })
}

/// What stands between the colons, unescaped.
fn parts(text: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut letters = text.chars();
    while let Some(c) = letters.next() {
        let c = match c {
            ':' => {
                found.push(String::new());
                continue;
            }
            '\\' => letters.next().unwrap_or(c),
            c => c,
        };
        if let Some(last) = found.last_mut() {
            last.push(c);
        }
    }
    found
}

/// Apart from a leading `v` and the case of letters.
fn is_same(one: &str, other: &str) -> bool {
    let bare = |text: &str| text.trim_start_matches(['v', 'V']).to_lowercase();
    bare(one) == bare(other)
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let pair = after.get(..2).filter(|_| *first == b'%');
        let byte =
            pair.and_then(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
