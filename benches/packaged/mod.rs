//! The library as it is packaged: built by `cargo rustc --release --lib --crate-type cdylib` into a target folder of its
//! own, for beside an rlib cargo leaves link-time optimization out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aadaccess_test_support::install_module;

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

/// The module with this library in it, as it is installed, and answers its folder.
#[allow(dead_code, reason = "one of the benches measures no module")]
pub fn module(library: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("powershell/AzureADApplicationAccess");
    let module = folder().join("AzureADApplicationAccess");
    let architecture = if cfg!(target_arch = "x86_64") { "x64" } else { "arm64" };
    let system = if cfg!(windows) {
        "win"
    } else if cfg!(target_os = "macos") {
        "osx"
    } else if cfg!(target_env = "musl") {
        "linux-musl"
    } else {
        "linux"
    };
    if module.exists() {
        fs::remove_dir_all(&module).expect("the last one can be removed");
    }
    install_module(&source, &module, &format!("{system}-{architecture}"), library);
    module
}
