//! List rows: sealed with their stream's key, found by keyed hashes.

use crate::{
    Row, RowPage, RowQuery, Scope, StoreError, StoredRow,
    seal::{Slot, Vault},
    tables::{ListRange, ListRow, StreamRow, Tables, Tag},
};

use super::scope;

const ROW: &str = "fermata row 1";

pub(crate) fn list_tag(vault: &Vault, list: &str) -> Tag {
    vault.name("fermata list 1", &[list.as_bytes()])
}

pub(crate) fn key_tag(vault: &Vault, list: &str, key: &str) -> Tag {
    vault.name("fermata row key 1", &[list.as_bytes(), key.as_bytes()])
}

fn bound<'a>(row: &'a ListRow, sort: &'a [u8; 8]) -> [&'a [u8]; 4] {
    let owner: &[u8] = row.owner.as_ref().map_or(&[], |owner| owner);
    [&row.list, &row.key, owner, sort]
}

pub(crate) fn seal(vault: &Vault, row: &Row, stream: &StreamRow) -> Result<ListRow, StoreError> {
    let mut sealed = ListRow {
        list: list_tag(vault, &row.list),
        key: key_tag(vault, &row.list, &row.key),
        owner: stream.owner.map(|owner| owner.project),
        stream: row.stream.clone(),
        sort: row.sort,
        sealed: Vec::new(),
    };
    let sort = row.sort.to_le_bytes();
    let key = (&row.stream, Slot::Content);
    sealed.sealed = vault.seal(ROW, key, &bound(&sealed, &sort), row.body.as_bytes())?;
    Ok(sealed)
}

pub(crate) fn open(vault: &Vault, row: ListRow) -> Result<StoredRow, StoreError> {
    let sort = row.sort.to_le_bytes();
    let key = (&row.stream, Slot::Content);
    let body = vault.open(ROW, key, &bound(&row, &sort), &row.sealed)?;
    Ok(StoredRow { sort: row.sort, body, stream: row.stream })
}

pub(crate) fn page(
    vault: &Vault,
    tables: &dyn Tables,
    scope: &Scope,
    query: &RowQuery,
) -> Result<RowPage, StoreError> {
    let range = ListRange {
        list: list_tag(vault, &query.list),
        owner: scope.project.as_ref().map(|project| scope::project_tag(vault, project)),
        direction: query.direction,
        after: query.after,
        limit: query.limit,
    };
    let found = tables.rows(&range)?;
    let full = found.len() >= query.limit;
    let next = found.last().filter(|_| full).map(|(cursor, _)| *cursor);
    let rows = found.into_iter().map(|(_, row)| open(vault, row)).collect::<Result<_, _>>()?;
    Ok(RowPage { rows, next })
}

pub(crate) fn one(
    vault: &Vault,
    tables: &dyn Tables,
    scope: &Scope,
    list: &str,
    key: &str,
) -> Result<Option<StoredRow>, StoreError> {
    let found = tables.row(&list_tag(vault, list), &key_tag(vault, list, key))?;
    let owner = scope.project.as_ref().map(|project| scope::project_tag(vault, project));
    found
        .filter(|row| owner.is_none() || row.owner == owner)
        .map(|row| open(vault, row))
        .transpose()
}
