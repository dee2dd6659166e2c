//! The demo store's pictures become part of the program, which knows no folder of sources where it runs.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=demo/pictures");
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo says where the package is");
    let folder = Path::new(&root).join("demo/pictures");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("the pictures are there")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "webp"))
        .collect();
    files.sort();
    let mut list = format!("static PICTURES: [(&str, &[u8]); {}] = [\n", files.len());
    for file in &files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        // Not the folder's own address: what was written here may be read where the sources lie elsewhere.
        let path = format!("/demo/pictures/{name}.webp");
        writeln!(
            list,
            "({name:?}, include_bytes!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?}))),"
        )
        .expect("a text takes what is written");
    }
    list.push_str("];\n");
    let out = env::var("OUT_DIR").expect("cargo says where to write");
    fs::write(Path::new(&out).join("pictures.rs"), list).expect("cargo's folder can be written");
}
