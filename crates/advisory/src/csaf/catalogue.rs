//! The products that a written document names: each package is a product of its vendor, and each
//! range or version of it that something is said about has an id.

use serde_json::{Map, Value, json};

use super::CsafVersion;
use crate::affected::{Affected, Ecosystem, Package};
use crate::purl;
use crate::version::Version;
use crate::versions::{Stretch, StretchError, Vers};

/// What is named so far, in the order in which it came.
pub(super) struct Catalogue<'a> {
    version: CsafVersion,
    known: &'a [Package],
    packages: Vec<Listed<'a>>,
    count: usize,
}

struct Listed<'a> {
    ecosystem: Ecosystem,
    name: &'a str,
    entries: Vec<Entry>,
}

/// A branch of the tree, which ends in a product.
struct Entry {
    category: &'static str,
    name: String,
    id: String,
    title: String,
    purl: Option<String>,
}

impl<'a> Catalogue<'a> {
    pub(super) fn new(version: CsafVersion, known: &'a [Package]) -> Self {
        Self { version, known, packages: Vec::new(), count: 0 }
    }

    /// The id of a range of a package's versions, given in words too.
    pub(super) fn range(
        &mut self,
        package: &'a Affected,
        stretch: Stretch,
        words: &str,
    ) -> Result<String, StretchError> {
        let later = self.version == CsafVersion::V2_1;
        if let Some(version) = stretch.single().filter(|_| later)
            && let Ok(version) = version.parse()
        {
            return Ok(self.version(package, &version));
        }
        let scheme = purl::kind(package.ecosystem).unwrap_or("generic").to_owned();
        let vers = Vers { scheme, stretches: vec![stretch] }.write()?;
        let purl = purl::of(package.ecosystem, &package.name, self.known);
        let purl = purl.map(|purl| purl::with_range(&purl, &vers));
        let title = format!("{} {words}", package.name);
        // 2.1 has one way to say every version.
        let vers = if later && vers.ends_with("/*") { "vers:all/*".to_owned() } else { vers };
        Ok(self.add(package, "product_version_range", vers, title, purl))
    }

    /// The id of one version.
    pub(super) fn version(&mut self, package: &'a Affected, version: &Version) -> String {
        let purl = purl::of(package.ecosystem, &package.name, self.known);
        let purl = purl.map(|purl| purl::with_version(&purl, package.ecosystem, version.as_str()));
        let title = format!("{} {version}", package.name);
        self.add(package, "product_version", version.as_str().to_owned(), title, purl)
    }

    /// What is named again keeps its id.
    fn add(
        &mut self,
        package: &'a Affected,
        category: &'static str,
        name: String,
        title: String,
        purl: Option<String>,
    ) -> String {
        let is_same = |listed: &Listed<'_>| {
            listed.ecosystem == package.ecosystem && listed.name == package.name
        };
        let is_named = |entry: &&Entry| entry.category == category && entry.name == name;
        let listed = self.packages.iter_mut().find(|listed| is_same(listed));
        if let Some(entry) = listed.as_ref().and_then(|listed| listed.entries.iter().find(is_named))
        {
            return entry.id.clone();
        }
        self.count += 1;
        let id = format!("CSAFPID-{:04}", self.count);
        let entry = Entry { category, name, id: id.clone(), title, purl };
        match listed {
            Some(listed) => listed.entries.push(entry),
            None => self.packages.push(Listed {
                ecosystem: package.ecosystem,
                name: &package.name,
                entries: vec![entry],
            }),
        }
        id
    }

    /// The tree, with everything under one vendor.
    pub(super) fn tree(&self, vendor: &str) -> Value {
        let packages: Vec<Value> =
            self.packages.iter().map(|listed| listed.branch(self.version)).collect();
        json!({ "branches": [
            { "branches": packages, "category": "vendor", "name": vendor }
        ]})
    }
}

impl Listed<'_> {
    fn branch(&self, version: CsafVersion) -> Value {
        let entries: Vec<Value> = self.entries.iter().map(|entry| entry.branch(version)).collect();
        json!({ "branches": entries, "category": "product_name", "name": self.name })
    }
}

impl Entry {
    fn branch(&self, version: CsafVersion) -> Value {
        let mut product = Map::new();
        let mut put = |name: &str, value: Value| drop(product.insert(name.to_owned(), value));
        put("name", self.title.as_str().into());
        put("product_id", self.id.as_str().into());
        if let Some(purl) = &self.purl {
            let helper = match version {
                CsafVersion::V2_0 => json!({ "purl": purl }),
                CsafVersion::V2_1 => json!({ "purls": [purl] }),
            };
            put("product_identification_helper", helper);
        }
        json!({ "category": self.category, "name": self.name, "product": product })
    }
}
