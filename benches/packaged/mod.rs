//! The library as it is packaged: built by `cargo rustc --release --lib --crate-type cdylib` into a target folder of its
//! own, for beside an rlib cargo leaves link-time optimization out.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the packaged library and the programs of the benches are built.
pub fn folder() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or("target".into());
    Path::new(env!("CARGO_MANIFEST_DIR")).join(target).join("packaged")
}

/// Builds the library and answers its path.
pub fn library() -> PathBuf {
    cargo(&["rustc", "--release", "--lib", "--crate-type", "cdylib"]);
    let name = format!("{}aadaccess{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    folder().join("release").join(name)
}

/// Runs cargo with [`folder`] as target folder.
pub fn cargo(arguments: &[&str]) {
    let status = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .arg("--target-dir")
        .arg(folder())
        .status();
    assert!(status.expect("cargo starts").success(), "cargo {arguments:?} failed");
}
