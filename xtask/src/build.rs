//! Builds the library for one target after the other.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::options::Options;
use crate::source::Source;
use crate::targets::{Linker, System, TARGETS, Target};
use crate::tools::{self, Kit};
use crate::{Result, c_archive, check};

/// Builds, checks and lays out the libraries; returns the folder and those of the eight that were left out, with the
/// reason. Nothing is built unless the tools for all targets asked for are there.
///
/// # Errors
/// A missing tool and how to install it; what the compiler said; what is wrong with a library.
pub fn libraries(source: &Source, options: &Options) -> Result<(PathBuf, Vec<String>)> {
    let wanted: Vec<&Target> =
        if options.targets.is_empty() { TARGETS.iter().collect() } else { options.targets.clone() };
    let mut kits = Vec::new();
    let mut lacking = Vec::new();
    for target in wanted {
        match tools::kit(target) {
            Ok(kit) => kits.push((target, kit)),
            Err(sentence) => lacking.push(sentence),
        }
    }
    if !lacking.is_empty() && (options.require_all || !options.targets.is_empty()) {
        return Err(format!("nothing was built, for these can't be built here:\n  {}", lacking.join("\n  ")));
    }
    if kits.is_empty() {
        return Err(format!("no target can be built here:\n  {}", lacking.join("\n  ")));
    }
    for sentence in &lacking {
        println!("left out: {sentence}");
    }
    let functions = source.functions()?;
    let folder = options.out.clone();
    for (target, kit) in &kits {
        let library = build(source, kit)?;
        let bytes = fs::read(&library).map_err(|error| format!("{}: {error}", library.display()))?;
        check::library(target, &bytes, &functions)?;
        let place = folder.join(target.path());
        fs::create_dir_all(place.parent().unwrap_or(&folder))
            .map_err(|error| format!("{}: {error}", place.display()))?;
        fs::write(&place, &bytes).map_err(|error| format!("{}: {error}", place.display()))?;
        println!(
            "{:16} {:>9} bytes  {}, {}",
            target.rid,
            bytes.len(),
            kit.way.triple,
            tools::rustc_version(&kit.compiler)
        );
    }
    Ok((folder, lacking))
}

fn build(source: &Source, kit: &Kit) -> Result<PathBuf> {
    let way = kit.way;
    let mut command = match way.linker {
        Linker::Zig(_) => Command::new("cargo-zigbuild"),
        _ => Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into())),
    };
    let suffix = if let Linker::Zig(glibc) = way.linker { glibc } else { "" };
    // Not beside the rlib: cargo leaves out link-time optimization then.
    command.current_dir(&source.root);
    command.args(["rustc", "--locked", "--release", "--package", "aadaccess", "--lib", "--crate-type", "cdylib"]);
    command.args(["--target", &format!("{}{suffix}", way.triple)]);
    command.arg("--target-dir").arg(&source.target_dir);
    if kit.build_std {
        command.args(["-Z", "build-std=std,panic_unwind"]).env("RUSTC_BOOTSTRAP", "1");
    }
    command.arg("--").args(last_flags(source, kit)?);
    command.env("RUSTC", &kit.compiler.rustc);
    command.env("CARGO_ENCODED_RUSTFLAGS", flags(source, kit).join("\u{1f}"));
    command.env("SOURCE_DATE_EPOCH", source.time.to_string());
    command.env("MACOSX_DEPLOYMENT_TARGET", if way.triple.starts_with("aarch64") { "11.0" } else { "10.13" });
    // What cargo told this program about itself is not meant for the one it starts.
    for (name, _) in env::vars_os() {
        if is_cargos(&name) {
            command.env_remove(name);
        }
    }
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if !status.success() {
        return Err(format!("the library for {} could not be built ({status})", way.triple));
    }
    let system = TARGETS.iter().find(|it| it.ways.contains(&way)).map_or(System::Linux, |it| it.system);
    Ok(source.target_dir.join(way.triple).join("release").join(system.library()))
}

fn is_cargos(name: &OsString) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "RUSTFLAGS"
}

fn flags(source: &Source, kit: &Kit) -> Vec<String> {
    let mut flags = Vec::new();
    let mut map = |from: &Path, to: &str| flags.push(format!("--remap-path-prefix={}={to}", from.display()));
    map(&kit.compiler.sysroot.join("lib/rustlib/src/rust"), "/rust");
    if let Some(cargo) = cargo_home() {
        for registry in folders(&cargo.join("registry").join("src")) {
            map(&registry, "/crates");
        }
    }
    map(&source.target_dir, "/target");
    map(&source.root, "/aadaccess");
    let more: &[&str] = match kit.way.triple {
        triple if triple.ends_with("-musl") => &["-Ctarget-feature=-crt-static"],
        // The C runtime goes in, so that the DLL needs nothing but what every Windows has.
        triple if triple.ends_with("-msvc") => &["-Ctarget-feature=+crt-static", "-Ccontrol-flow-guard=yes"],
        _ => &[],
    };
    flags.extend(more.iter().map(ToString::to_string));
    flags
}

/// For the library alone, not for what it is made of.
fn last_flags(source: &Source, kit: &Kit) -> Result<Vec<String>> {
    let triple = kit.way.triple;
    Ok(match kit.way.linker {
        Linker::Own("macos") => vec![],
        Linker::Own(_) => vec!["-Clink-arg=/Brepro".into()],
        Linker::Mingw(gcc) => vec![format!("-Clinker={gcc}"), "-Clink-arg=-Wl,--no-insert-timestamp".into()],
        // zig doesn't understand the list that rustc hands over, and would export all of the C runtime.
        Linker::Zig(_) if triple.contains("-windows-") => vec![format!("-Clink-arg={}", definition(source)?.display())],
        Linker::Zig(_) => vec![],
    })
}

fn definition(source: &Source) -> Result<PathBuf> {
    let file = source.target_dir.join("aadaccess.def");
    let text = c_archive::definition(&source.functions()?);
    let written = fs::create_dir_all(&source.target_dir).and_then(|()| fs::write(&file, text));
    written.map(|()| file.clone()).map_err(|error| format!("{}: {error}", file.display()))
}

fn cargo_home() -> Option<PathBuf> {
    let home = || env::home_dir().map(|it| it.join(".cargo"));
    env::var_os("CARGO_HOME").map(PathBuf::from).or_else(home)
}

fn folders(parent: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().filter_map(|it| it.ok());
    let mut folders: Vec<_> = entries.map(|it| it.path()).filter(|it| it.is_dir()).collect();
    folders.sort();
    folders
}
