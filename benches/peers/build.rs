//! Compiles numbalsoda's LSODA, at the optimisation its own build uses, where its source is given.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(lsoda)");
    println!("cargo::rerun-if-env-changed=NUMBALSODA_SOURCE");
    let Ok(source) = std::env::var("NUMBALSODA_SOURCE") else { return };
    cc::Build::new()
        .cpp(true)
        .opt_level(3)
        .warnings(false)
        .file(format!("{source}/src/LSODA.cpp"))
        .file(format!("{source}/src/wrapper.cpp"))
        .compile("lsoda");
    println!("cargo::rustc-cfg=lsoda");
}
