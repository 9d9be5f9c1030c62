//! Compiles numbalsoda's LSODA, at the optimisation its own build uses, where its source is given.

use std::path::{Path, PathBuf};

/// Where the commands in `README.md` put it.
const HERE: &str = "numbalsoda-0.3.4";

fn main() {
    println!("cargo::rustc-check-cfg=cfg(lsoda)");
    println!("cargo::rerun-if-env-changed=NUMBALSODA_SOURCE");
    println!("cargo::rerun-if-changed={HERE}");
    println!("cargo::rerun-if-changed=build.rs");
    let given = std::env::var_os("NUMBALSODA_SOURCE").map(PathBuf::from);
    let source = given.unwrap_or_else(|| PathBuf::from(HERE));
    let files = ["LSODA.cpp", "wrapper.cpp"].map(|name| source.join("src").join(name));
    if let Some(missing) = files.iter().find(|file| !Path::is_file(file)) {
        println!("cargo::warning=numbalsoda is left out: there is no {}", missing.display());
        println!("cargo::warning=README.md says how to get it");
        return;
    }
    cc::Build::new().cpp(true).opt_level(3).warnings(false).files(files).compile("lsoda");
    println!("cargo::rustc-cfg=lsoda");
}
