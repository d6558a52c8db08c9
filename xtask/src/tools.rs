//! What the machine has for building, and what it lacks.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::Result;
use crate::targets::{Linker, Target, Way};

/// One way with all its tools.
#[derive(Clone, Debug)]
pub struct Kit {
    pub way: Way,
    pub compiler: Compiler,
    /// The standard library is compiled, too: there is none for the target, but its source is there.
    pub build_std: bool,
}

/// A rustc and where its files are.
#[derive(Clone, Debug)]
pub struct Compiler {
    pub rustc: PathBuf,
    pub sysroot: PathBuf,
}

/// The first way to this target whose tools are all there.
///
/// # Errors
/// What is missing and how to install it.
pub fn kit(target: &Target) -> Result<Kit> {
    let mut missing = Vec::new();
    for &way in target.ways {
        let linker = linker(way);
        let standard_library = standard_library(way);
        match (linker, standard_library) {
            (Ok(()), Ok((compiler, build_std))) => return Ok(Kit { way, compiler, build_std }),
            (linker, library) => {
                let parts: Vec<_> = [linker.err(), library.err()].into_iter().flatten().collect();
                missing.push(parts.join(", and "));
            }
        }
    }
    Err(format!("{}: {}", target.rid, missing.join("; or ")))
}

fn linker(way: Way) -> Result<()> {
    match way.linker {
        Linker::Own(os) if env::consts::OS == os => Ok(()),
        Linker::Own("macos") => Err("only macOS builds it, as the release workflow does".into()),
        Linker::Own(os) => Err(format!("needs {os} with its own linker for {}", way.triple)),
        Linker::Zig(_) if zig() => Ok(()),
        Linker::Zig(_) => {
            Err("needs cargo-zigbuild and zig: pip install cargo-zigbuild==0.24.0 ziglang==0.17.1, in a venv on PATH"
                .into())
        }
        Linker::Mingw(gcc) if runs(Command::new(gcc).arg("--version")) => Ok(()),
        Linker::Mingw(gcc) => Err(format!("needs {gcc}: on Debian apt-get install gcc-mingw-w64-x86-64-win32")),
    }
}

fn zig() -> bool {
    static ZIG: OnceLock<bool> = OnceLock::new();
    *ZIG.get_or_init(|| runs(Command::new("cargo-zigbuild").args(["zig", "cc", "--", "--version"])))
}

fn standard_library(way: Way) -> Result<(Compiler, bool)> {
    let compilers = compilers();
    let has = |part: &str| {
        let part = part.to_string();
        compilers.iter().find(|it| it.sysroot.join("lib/rustlib").join(&part).is_dir())
    };
    if let Some(compiler) = has(&format!("{}/lib", way.triple)) {
        return Ok((compiler.clone(), false));
    }
    if let Some(compiler) = has("src/rust/library/std") {
        return Ok((compiler.clone(), true));
    }
    Err(format!(
        "needs Rust's standard library for {0}: rustup target add {0}, or its source: rustup component add rust-src, \
         on Debian apt-get install rustc-web rust-web-src",
        way.triple
    ))
}

/// The one in use, then the system's, which may come with the source of the standard library.
fn compilers() -> &'static [Compiler] {
    static COMPILERS: OnceLock<Vec<Compiler>> = OnceLock::new();
    COMPILERS.get_or_init(|| {
        let first = env::var_os("RUSTC").map_or_else(|| "rustc".into(), PathBuf::from);
        let all = [first, PathBuf::from("/usr/bin/rustc")];
        all.into_iter().filter_map(|rustc| sysroot(&rustc).map(|sysroot| Compiler { rustc, sysroot })).collect()
    })
}

fn sysroot(rustc: &Path) -> Option<PathBuf> {
    let output = Command::new(rustc).args(["--print", "sysroot"]).output().ok().filter(|it| it.status.success())?;
    Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()))
}

fn runs(command: &mut Command) -> bool {
    command.output().is_ok_and(|it| it.status.success())
}

/// The program's version line, for what is printed.
pub fn rustc_version(compiler: &Compiler) -> String {
    let output = Command::new(&compiler.rustc).arg("--version").output();
    output.map_or_else(|_| "rustc".into(), |it| String::from_utf8_lossy(&it.stdout).trim().to_string())
}
