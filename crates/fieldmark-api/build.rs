//! Says where the pages' islands are missing: the pages serve without them.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=islands");
    println!("cargo:rerun-if-changed=fonts");
    if !Path::new("islands/graph.js").exists() {
        println!(
            "cargo:warning=the pages are built without their scripts; with Node.js, `cargo xtask web` makes them"
        );
    }
}
