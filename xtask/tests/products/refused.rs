//! What the package command does not do, and what it says.

use std::fs;
use std::path::Path;
use std::process::Command;

use xtask::options::Options;
use xtask::{Source, package};

use super::made::{Empty, own_rid, own_target, products};
#[cfg(target_os = "linux")]
use crate::foreign::run;

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

/// Made by zig for systems whose libraries this machine may not be able to build, so that their checks are tried, too.
#[cfg(target_os = "linux")]
#[test]
fn a_library_that_exports_something_else_is_refused() {
    let Some(_) = products() else { return };
    let source = Source::here().unwrap();
    let functions = source.functions().unwrap();
    let code: String = functions.iter().map(|it| format!("EXPORT int {it}(void) {{ return 1; }}\n")).collect();
    let code = format!("{code}#ifdef MORE\nEXPORT int ring_core_1(void) {{ return 1; }}\n#endif\n");
    let visible = "-DEXPORT=__attribute__((visibility(\"default\")))";
    for (rid, triple, export) in [
        ("osx-x64", "x86_64-macos", visible),
        ("osx-arm64", "aarch64-macos", visible),
        ("linux-arm64", "aarch64-linux-gnu.2.17", visible),
        ("win-x64", "x86_64-windows-gnu", "-DEXPORT=__declspec(dllexport)"),
        ("win-x86", "x86-windows-gnu", "-DEXPORT=__declspec(dllexport)"),
    ] {
        let place = Empty::new("exports");
        let library = place.0.join("libraries").join(xtask::targets::find(rid).unwrap().path());
        fs::create_dir_all(library.parent().unwrap()).unwrap();
        fs::write(place.0.join("code.c"), &code).unwrap();
        for more in ["-DNOTHING", "-DMORE"] {
            let mut command = Command::new("cargo-zigbuild");
            command.args(["zig", "cc", "--", "-target", triple, "-shared", "-s", "-O1", more, export]);
            run(command.arg(place.0.join("code.c")).arg("-o").arg(&library)).good();
            // zig's linker for macOS adds two names of its own; Apple's doesn't.
            let zigs: &[&str] = if rid.starts_with("osx") { &["__dso_handle", "_mh_dylib_header"] } else { &[] };
            let mut exports = xtask::inspect::exports(&fs::read(&library).unwrap()).unwrap();
            assert!(zigs.iter().all(|it| exports.remove(*it)), "{rid}: {exports:?}");
            assert_eq!(exports.remove("ring_core_1"), more == "-DMORE", "{rid}: {exports:?}");
            assert_eq!(exports, functions, "{rid}");
            let mut options = options("", &place.0.join("out"));
            options.libraries = Some(place.0.join("libraries"));
            let outcome = package(&source, &options);
            if more == "-DMORE" || !zigs.is_empty() {
                let error = outcome.unwrap_err();
                assert!(error.contains(&format!("library for {rid} is not fit to be packed: it exports")), "{error}");
                assert_eq!(error.contains("\"ring_core_1\""), more == "-DMORE", "{error}");
            } else if rid.starts_with("linux") {
                // It asks glibc for nothing: not one of ours either.
                assert!(outcome.unwrap_err().contains("glibc"));
            } else {
                outcome.unwrap();
            }
        }
    }
}
