//! The components of a document that is read: which package each is, by its place.

use std::collections::BTreeMap;

use crate::affected::{Ecosystem, Package};
use crate::check::json::Json;
use crate::purl;

/// A package, as the component says it.
#[derive(Clone)]
pub(super) struct Component {
    pub(super) ecosystem: Ecosystem,
    pub(super) name: String,
    pub(super) version: Option<String>,
    /// What does not follow from the name.
    pub(super) known: Option<Package>,
}

/// Components by their `bom-ref`, those within others too.
#[derive(Default)]
pub(super) struct Components<'j>(BTreeMap<&'j str, &'j Json<'j>>);

impl<'j> Components<'j> {
    pub(super) fn of(document: &'j Json<'j>) -> Self {
        let mut components = Self::default();
        let main = document.get("metadata").and_then(|metadata| metadata.get("component"));
        components.add(main.into_iter().chain(listed(document)));
        components
    }

    fn add(&mut self, some: impl Iterator<Item = &'j Json<'j>>) {
        for component in some {
            if let Some(place) = component.text_of("bom-ref") {
                self.0.entry(place).or_insert(component);
            }
            self.add_all(component);
        }
    }

    fn add_all(&mut self, holder: &'j Json<'j>) {
        self.add(listed(holder).collect::<Vec<_>>().into_iter());
    }

    /// The component at a place; where it stands in another document, the package URL that names it.
    pub(super) fn find(&self, place: &str) -> Option<Component> {
        match self.0.get(place) {
            Some(component) => read(component, place),
            None => by_url(place.rsplit_once('#').map_or(place, |(_, within)| within)),
        }
    }
}

fn listed<'j>(holder: &'j Json<'j>) -> impl Iterator<Item = &'j Json<'j>> {
    holder.list("components").map(|(_, component)| component)
}

fn by_url(text: &str) -> Option<Component> {
    let named = purl::read(text)?;
    let known = known(named.ecosystem, &named.name, Some(&named.bare), None);
    let purl::Named { ecosystem, name, version, .. } = named;
    Some(Component { ecosystem, name, version: version.map(|text| bare(&text)), known })
}

fn read(component: &Json<'_>, place: &str) -> Option<Component> {
    let own = component.text_of("name").filter(|name| !name.trim().is_empty())?;
    let named = component.text_of("purl").and_then(purl::read);
    let ecosystem = named.as_ref().map_or_else(|| by_place(place, own), |named| named.ecosystem);
    let url = named.as_ref().map(|named| named.bare.as_str());
    let name = match (component.text_of("group").filter(|group| !group.is_empty()), &named) {
        (Some(group), _) => {
            let separator = if ecosystem == Ecosystem::Maven { ':' } else { '/' };
            format!("{group}{separator}{own}")
        }
        (None, _) => own.to_owned(),
    };
    let by_purl = named.as_ref().and_then(|named| named.version.as_deref());
    let version = component.text_of("version").filter(|text| !text.is_empty()).or(by_purl);
    let known = known(ecosystem, &name, url, repository(component));
    Some(Component { ecosystem, name, version: version.map(bare), known })
}

/// A component without a package URL is placed by its ecosystem and name.
fn by_place(place: &str, name: &str) -> Ecosystem {
    let kind = place.strip_suffix(name).and_then(|rest| rest.strip_suffix(':'));
    kind.and_then(Ecosystem::read).unwrap_or(Ecosystem::Other)
}

fn repository(component: &Json<'_>) -> Option<String> {
    let mut links = component.list("externalReferences").map(|(_, link)| link);
    let link = links.find(|link| link.text_of("type") == Some("vcs"))?;
    link.text_of("url").map(ToOwned::to_owned)
}

fn known(
    ecosystem: Ecosystem,
    name: &str,
    url: Option<&str>,
    repository: Option<String>,
) -> Option<Package> {
    let derived = purl::of(ecosystem, name, &[]);
    let purl = url.filter(|url| derived.as_deref() != Some(url)).map(ToOwned::to_owned);
    let says = purl.is_some() || repository.is_some();
    says.then(|| Package { ecosystem, name: name.to_owned(), repository, purl })
}

/// Go's package URLs keep the `v`.
fn bare(version: &str) -> String {
    version.strip_prefix('v').unwrap_or(version).to_owned()
}
