//! Compiles the contracts of `proto/` without `protoc`.

use std::env;
use std::error::Error;
use std::path::Path;

const FILES: [&str; 7] = [
    "stores/tenants/v1/events.proto",
    "stores/catalog/v1/events.proto",
    "stores/orders/v1/events.proto",
    "stores/payments/v1/events.proto",
    "stores/invoicing/v1/events.proto",
    "stores/mail/v1/events.proto",
    "stores/migration/v1/events.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    println!("cargo:rerun-if-changed={}", root.join("stores").display());
    let descriptors = protox::compile(FILES, [&root])?;
    prost_build::Config::new()
        .btree_map(["."])
        .compile_fds(descriptors)?;
    Ok(())
}
