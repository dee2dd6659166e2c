//! The files of a theme on top of those that all themes share.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use super::ThemeFault;

const FILES_MAX: usize = 400;
const FILE_BYTES_MAX: u64 = 2 << 20;
const DEPTH_MAX: usize = 4;

/// Content by path inside the theme, such as `templates/product.html`.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Reads a folder and what is below it.
pub fn read(root: &Path) -> Result<Files, ThemeFault> {
    let mut files = Files::new();
    walk(root, "", 0, &mut |name, path, length| {
        if files.len() >= FILES_MAX {
            return Err(ThemeFault::new(
                name,
                None,
                format!("a theme has at most {FILES_MAX} files"),
            ));
        }
        if length > FILE_BYTES_MAX {
            return Err(ThemeFault::new(
                name,
                None,
                format!("a file has at most {FILE_BYTES_MAX} bytes"),
            ));
        }
        let content = fs::read(path).map_err(|error| ThemeFault::new(name, None, error))?;
        files.insert(name.to_owned(), content);
        Ok(())
    })?;
    Ok(files)
}

/// Changes whenever a file of the folder does: names, lengths and times.
pub fn fingerprint(root: &Path) -> Result<[u8; 32], ThemeFault> {
    let mut digest = Sha256::new();
    walk(root, "", 0, &mut |name, path, length| {
        let modified = fs::metadata(path).and_then(|data| data.modified()).ok();
        let age = modified.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        digest.update(format!("{name} {length} {age:?}\n"));
        Ok(())
    })?;
    Ok(digest.finalize().into())
}

/// The theme's files over the shared ones.
pub fn overlay(shared: &Files, own: Files) -> Files {
    let mut files = shared.clone();
    files.extend(own);
    files
}

type Visit<'v> = dyn FnMut(&str, &Path, u64) -> Result<(), ThemeFault> + 'v;

fn walk(root: &Path, inside: &str, depth: usize, visit: &mut Visit<'_>) -> Result<(), ThemeFault> {
    let fault = |error: std::io::Error| {
        ThemeFault::new(root.join(inside).display().to_string(), None, error)
    };
    let mut entries = fs::read_dir(root.join(inside))
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(fault)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        let path = if inside.is_empty() {
            name
        } else {
            format!("{inside}/{name}")
        };
        let kind = entry.file_type().map_err(fault)?;
        // A link could lead out of the theme.
        if kind.is_dir() && depth < DEPTH_MAX {
            walk(root, &path, depth + 1, visit)?;
        } else if kind.is_file() {
            let length = entry.metadata().map_err(fault)?.len();
            visit(&path, &entry.path(), length)?;
        }
    }
    Ok(())
}
