//! A plain folder, such as an unpacked archive or an installed package.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use super::{Fault, Held, store::Store};

/// Reads the files below `top`. Links are not followed; a repository's own folder is no part of it.
pub(super) fn read(top: &Path, mut store: Store) -> Result<Store, Fault> {
    let mut open: Vec<(PathBuf, String)> = vec![(top.to_owned(), String::new())];
    while let Some((folder, prefix)) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let raw = [prefix.as_bytes(), entry.file_name().as_encoded_bytes()].concat();
            let Some(name) = store.name(&raw)? else { continue };
            let kind = entry.file_type()?;
            if kind.is_dir() {
                if name != ".git" {
                    open.push((entry.path(), format!("{name}/")));
                }
            } else if !kind.is_file() {
                store.put(name, Held::Link)?;
            } else if store.wants(&name) {
                let mut file = File::open(entry.path())?;
                let size = file.metadata()?.len();
                store.take(name, &mut file, size)?;
            } else {
                store.put(name, Held::Unasked)?;
            }
        }
    }
    Ok(store)
}
