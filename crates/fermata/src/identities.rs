//! Who the house is at its mail servers, as files say.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use counterparts::mail::{oauth::Grant, server::Identity};
use engine::Clock;

use crate::{command_error::CommandError, input};

/// Identities; each file that gives tokens is read by one, however often it is named.
pub(crate) struct Identities {
    clock: Arc<dyn Clock>,
    grants: BTreeMap<PathBuf, Arc<Grant>>,
}

impl Identities {
    pub(crate) fn new(clock: &Arc<dyn Clock>) -> Self {
        Self { clock: Arc::clone(clock), grants: BTreeMap::new() }
    }

    /// By a name and a password, or by tokens, if one of the two is named.
    pub(crate) fn of(
        &mut self,
        login: Option<&Path>,
        oauth: Option<&Path>,
    ) -> Result<Option<Identity>, CommandError> {
        match (login, oauth) {
            (Some(file), _) => Ok(Some(Identity::Password(input::login(file)?))),
            (None, Some(file)) => self.granted(file).map(Identity::Granted).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn granted(&mut self, file: &Path) -> Result<Arc<Grant>, CommandError> {
        let key = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
        if let Some(grant) = self.grants.get(&key) {
            return Ok(Arc::clone(grant));
        }
        let grant = Grant::named(file, Arc::clone(&self.clock));
        let grant =
            grant.map_err(|why| CommandError::wrong(format!("{}: {why}", file.display())))?;
        Ok(Arc::clone(self.grants.entry(key).or_insert(Arc::new(grant))))
    }
}
