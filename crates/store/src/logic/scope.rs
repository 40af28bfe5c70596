//! The wall between projects: which streams a scope sees.

use crate::{
    ProjectId, Scope, StoreError, StreamId,
    seal::Vault,
    tables::{Owner, StreamRow, Tables, Tag},
};

pub(crate) fn project_tag(vault: &Vault, project: &ProjectId) -> Tag {
    vault.name("fermata project 1", &[project.as_str().as_bytes()])
}

pub(crate) fn owner(vault: &Vault, stream: &StreamId, project: &ProjectId) -> Owner {
    let project = project_tag(vault, project);
    Owner { project, binding: binding(vault, stream, &project) }
}

fn binding(vault: &Vault, stream: &StreamId, project: &Tag) -> Tag {
    vault.name("fermata owner 1", &[stream.as_str().as_bytes(), project])
}

/// Refuses an owner that the store did not write.
pub(crate) fn check_owner(vault: &Vault, stream: &StreamRow) -> Result<(), StoreError> {
    match &stream.owner {
        Some(owner) if owner.binding != binding(vault, &stream.name, &owner.project) => {
            Err(StoreError::damaged(format!("the owner of {}", stream.name)))
        }
        _ => Ok(()),
    }
}

/// Whether a scope sees a stream.
pub(crate) fn sees(vault: &Vault, scope: &Scope, stream: &StreamRow) -> Result<bool, StoreError> {
    check_owner(vault, stream)?;
    Ok(scope.project.as_ref().is_none_or(|project| {
        stream.owner.is_some_and(|owner| owner.project == project_tag(vault, project))
    }))
}

/// The stream of that name, if the scope sees it.
pub(crate) fn find(
    vault: &Vault,
    tables: &dyn Tables,
    scope: &Scope,
    name: &StreamId,
) -> Result<Option<StreamRow>, StoreError> {
    match tables.stream(name)? {
        Some(stream) if sees(vault, scope, &stream)? => Ok(Some(stream)),
        _ => Ok(None),
    }
}
