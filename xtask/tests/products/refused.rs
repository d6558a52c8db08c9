//! What the package command does not do, and what it says.

use std::fs;
use std::path::Path;
use std::process::Command;

use xtask::options::Options;
use xtask::{Source, package};

use super::made::{Empty, own_rid, own_target, products};

fn options(line: &str, out: &Path) -> Options {
    let mut options = Options::read(line.split_whitespace().map(String::from)).unwrap();
    options.out = out.to_path_buf();
    options
}

#[test]
fn without_a_tool_nothing_is_built_and_the_tool_is_named() {
    let place = Empty::new("no-tools");
    let out = place.0.join("out");
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["package", "--targets", "linux-arm64,linux-musl-x64", "--out"]).arg(&out);
    command.env("PATH", &place.0).env("SOURCE_DATE_EPOCH", "1").env("CARGO_TARGET_DIR", place.0.join("target"));
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for part in [
        "nothing was built",
        "linux-arm64: needs cargo-zigbuild",
        "linux-musl-x64: needs",
        "pip install cargo-zigbuild",
    ] {
        assert!(said.contains(part), "no {part} in {said}");
    }
    assert!(!out.exists() && !place.0.join("target").exists());
}

#[cfg(not(target_os = "macos"))]
#[test]
fn what_only_another_system_builds_is_not_faked() {
    let place = Empty::new("macos");
    let source = Source::here().unwrap();
    let error =
        package(&source, &options(&format!("--targets {},osx-arm64", own_rid()), &place.0.join("out"))).unwrap_err();
    assert!(error.contains("osx-arm64: only macOS builds it"), "{error}");
    assert!(!place.0.join("out").exists());
}

#[test]
fn a_missing_library_fails_when_all_are_required() {
    let Some(products) = products() else { return };
    let place = Empty::new("some");
    let library = place.0.join("libraries").join(own_target().path());
    fs::create_dir_all(library.parent().unwrap()).unwrap();
    fs::write(&library, products.library(own_target())).unwrap();
    let mut options = options("--require-all", &place.0.join("out"));
    options.libraries = Some(place.0.join("libraries"));
    let error = package(&products.source, &options).unwrap_err();
    for target in &xtask::targets::TARGETS {
        assert_eq!(error.contains(&format!(" {}", target.rid)), target.rid != own_rid(), "{error}");
    }
    assert!(!place.0.join("out").exists());
    options.require_all = false;
    package(&products.source, &options).unwrap();
}

#[test]
fn a_library_that_is_none_of_ours_is_refused() {
    let source = Source::here().unwrap();
    let program = fs::read(std::env::current_exe().unwrap()).unwrap();
    for (content, part) in [(program, "bytes, and 2000000 are allowed"), (b"text".to_vec(), "not a library")] {
        let place = Empty::new("foreign");
        let library = place.0.join("libraries").join(own_target().path());
        fs::create_dir_all(library.parent().unwrap()).unwrap();
        fs::write(&library, content).unwrap();
        let mut options = options("", &place.0.join("out"));
        options.libraries = Some(place.0.join("libraries"));
        let error = package(&source, &options).unwrap_err();
        assert!(error.contains(own_rid()) && error.contains(part), "{error}");
        assert!(!place.0.join("out").exists());
    }
}

#[test]
fn another_processors_library_is_refused() {
    let Some(products) = products() else { return };
    let place = Empty::new("processor");
    let other = if cfg!(target_arch = "aarch64") { "linux-x64" } else { "linux-arm64" };
    let library = place.0.join(format!("libraries/runtimes/{other}/native/libaadaccess.so"));
    fs::create_dir_all(library.parent().unwrap()).unwrap();
    fs::write(&library, products.library(own_target())).unwrap();
    let mut options = options("", &place.0.join("out"));
    options.libraries = Some(place.0.join("libraries"));
    let error = package(&products.source, &options).unwrap_err();
    assert!(error.contains(&format!("{other} is not fit to be packed: it is made for ")), "{error}");
}

#[test]
fn another_versions_tag_is_refused() {
    let place = Empty::new("tag");
    let source = Source::here().unwrap();
    let error = package(&source, &options("--tag v9.9.9", &place.0.join("out"))).unwrap_err();
    assert!(error.contains("'v9.9.9'") && error.contains(&format!("'v{}'", source.version)), "{error}");
}
