//! The packages of one vulnerability while they are read: entries of one package are gathered.

use std::collections::{BTreeMap, BTreeSet};

use super::lines::{Spared, Stretched, lines};
use super::{Draft, Fix, Notes, Said, Standing};
use crate::affected::{Affected, Ecosystem};
use crate::versions::Stretch;

/// Packages in the order in which they were first named.
#[derive(Default)]
pub(crate) struct Packages {
    places: BTreeMap<(Ecosystem, String), usize>,
    gathered: Vec<Gathered>,
    said: Vec<Said>,
    vulnerability: usize,
}

struct Gathered {
    ecosystem: Ecosystem,
    name: String,
    affected: Vec<Stretched>,
    spared: Vec<Spared>,
    fixed: Vec<(String, String)>,
}

impl Gathered {
    fn new(ecosystem: Ecosystem, name: &str) -> Self {
        let name = name.to_owned();
        Self { ecosystem, name, affected: Vec::new(), spared: Vec::new(), fixed: Vec::new() }
    }

    fn end(self, notes: &mut Notes) -> Affected {
        let Self { ecosystem, name, affected, spared, fixed } = self;
        let named = affected.iter().filter_map(|one| match &one.fix {
            Fix::Out(version) => Some(version.clone()),
            Fix::Planned(_) | Fix::End | Fix::Missing => None,
        });
        let named: BTreeSet<String> = named.collect();
        for (_, path) in fixed.into_iter().filter(|(version, _)| !named.contains(version)) {
            notes.left(path, "it is said to be fixed, and no affected range ends there");
        }
        Affected { ecosystem, name, lines: lines(affected, spared, notes) }
    }
}

impl Packages {
    /// Of the vulnerability with this number.
    pub(crate) fn of(vulnerability: usize) -> Self {
        Self { vulnerability, ..Self::default() }
    }

    fn place(&mut self, ecosystem: Ecosystem, name: &str) -> Option<&mut Gathered> {
        let gathered = &mut self.gathered;
        let place = *self.places.entry((ecosystem, name.to_owned())).or_insert_with(|| {
            gathered.push(Gathered::new(ecosystem, name));
            gathered.len() - 1
        });
        gathered.get_mut(place)
    }

    /// A package, whether or not anything is said of its versions.
    pub(crate) fn name(&mut self, ecosystem: Ecosystem, name: &str) {
        self.place(ecosystem, name);
    }

    pub(crate) fn affected(&mut self, ecosystem: Ecosystem, name: &str, one: Stretched) {
        let fixed = match &one.fix {
            Fix::Out(fixed) | Fix::Planned(fixed) => Some(fixed.clone()),
            Fix::End | Fix::Missing => None,
        };
        let said = self.say(ecosystem, name, one.stretch.clone(), Standing::Affected);
        self.said.push(Said { fixed, ..said });
        if let Some(package) = self.place(ecosystem, name) {
            package.affected.push(one);
        }
    }

    pub(crate) fn spared(&mut self, ecosystem: Ecosystem, name: &str, one: Spared) {
        let said = self.say(ecosystem, name, one.stretch.clone(), Standing::NotAffected);
        let (why, statement) = (one.justification, one.statement.clone());
        self.said.push(Said { why, statement, ..said });
        if let Some(package) = self.place(ecosystem, name) {
            package.spared.push(one);
        }
    }

    /// A release that is said to be fixed; the line that it ends knows it by its fix.
    pub(crate) fn fixed(&mut self, ecosystem: Ecosystem, name: &str, version: &str, path: String) {
        let said = self.say(ecosystem, name, Stretch::only(version), Standing::Fixed);
        self.said.push(said);
        if let Some(package) = self.place(ecosystem, name) {
            package.fixed.push((version.to_owned(), path));
        }
    }

    fn say(&self, ecosystem: Ecosystem, name: &str, stretch: Stretch, standing: Standing) -> Said {
        let name = name.to_owned();
        let vulnerability = self.vulnerability;
        let (fixed, why, statement) = (None, None, None);
        Said { vulnerability, ecosystem, name, stretch, standing, fixed, why, statement }
    }

    /// The packages with their lines; what was said goes into the draft.
    pub(crate) fn end(self, draft: &mut Draft) -> Vec<Affected> {
        draft.said.extend(self.said);
        self.gathered.into_iter().map(|package| package.end(&mut draft.notes)).collect()
    }
}
