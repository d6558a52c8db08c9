//! Linker flags of the shared library, and with the feature `header` the C header.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux" || os == "freebsd") {
        // Once loaded it stays: a worker must never run code that is gone.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libaadaccess.so");
    }
    #[cfg(feature = "header")]
    header::generate();
}

#[cfg(feature = "header")]
mod header {
    use std::env;
    use std::path::PathBuf;

    /// Writes the header for `tests/header.rs`, and into `include` only when asked to by `AADACCESS_WRITE_HEADER`.
    pub fn generate() {
        for input in ["src/ffi", "cbindgen.toml"] {
            println!("cargo::rerun-if-changed={input}");
        }
        println!("cargo::rerun-if-env-changed=AADACCESS_WRITE_HEADER");
        let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
        let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("aadaccess.h");
        let bindings = cbindgen::generate(&root).expect("the C ABI can be described");
        bindings.write_to_file(&out);
        if env::var_os("AADACCESS_WRITE_HEADER").is_some() {
            bindings.write_to_file(root.join("include/aadaccess.h"));
        }
        println!("cargo::rustc-env=AADACCESS_GENERATED_HEADER={}", out.display());
    }
}
