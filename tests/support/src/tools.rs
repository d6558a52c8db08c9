//! What tests need of the machine: the freshly built library, compilers, `pwsh`.

use std::env;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The library's file name on this system.
const LIBRARY: &str = if cfg!(windows) {
    "aadaccess.dll"
} else if cfg!(target_os = "macos") {
    "libaadaccess.dylib"
} else {
    "libaadaccess.so"
};

/// The cdylib that this cargo run built.
///
/// `cargo test`, `cargo bench` and `cargo run --example` leave it in `target/<profile>/deps` only:
/// beside the running test program or in the folder next to the running example. What lies in
/// `target/<profile>` itself may be an older build and is never taken.
///
/// # Errors
/// A sentence with every path tried.
pub fn built_library() -> Result<PathBuf, String> {
    let program = env::current_exe().map_err(|error| format!("no path of this program: {error}"))?;
    library_beside(&program)
}

fn library_beside(program: &Path) -> Result<PathBuf, String> {
    let folder = program.parent().unwrap_or(Path::new("."));
    let candidates =
        [folder.join(LIBRARY), folder.join("deps").join(LIBRARY), folder.join("..").join("deps").join(LIBRARY)];
    if let Some(found) = candidates.iter().find(|path| path.is_file()) {
        return found.canonicalize().map_err(|error| format!("{}: {error}", found.display()));
    }
    let tried: Vec<String> = candidates.iter().map(|it| it.display().to_string()).collect();
    Err(format!("the built library was not found; tried {}", tried.join(", ")))
}

/// The first program of this name on `PATH` (on Windows also with `.exe` or `.cmd`).
pub fn find_on_path(name: &str) -> Option<PathBuf> {
    find_in(&env::var_os("PATH")?, name)
}

fn find_in(path: &OsStr, name: &str) -> Option<PathBuf> {
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ""] } else { &[""] };
    env::split_paths(path)
        .flat_map(|folder| endings.iter().map(move |it| folder.join(format!("{name}{it}"))))
        .find(|candidate| is_program(candidate))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// Lets a test go on with the tool it needs, or be skipped aloud.
///
/// `language` is `c`, `cpp`, `csharp` or `powershell`. When nothing was found, one line
/// `SKIPPED: <language>: <missing>` goes to the real standard error, past the capture of test output.
///
/// # Panics
/// When nothing was found and `AADACCESS_REQUIRE` (a list with commas) names the language.
pub fn tool_or_skip(language: &str, found: Option<PathBuf>, missing: &str) -> Option<PathBuf> {
    if found.is_none() {
        let required = env::var("AADACCESS_REQUIRE").unwrap_or_default();
        assert!(!is_required(&required, language), "{language}: {missing}, and AADACCESS_REQUIRE names it");
        let line = format!("SKIPPED: {language}: {missing}\n");
        // Not eprintln: the test harness would swallow it.
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
    found
}

fn is_required(list: &str, language: &str) -> bool {
    list.split(',').any(|it| it.trim().eq_ignore_ascii_case(language))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temp_path;

    #[test]
    fn a_missing_library_names_every_path() {
        let program = temp_path("nowhere", "").join("examples").join("quickstart");
        let error = library_beside(&program).unwrap_err();
        assert_eq!(error.matches(LIBRARY).count(), 3, "{error}");
    }

    #[test]
    fn the_library_is_found_beside_tests_and_examples() {
        let profile = temp_path("profile", "");
        for folder in ["deps", "examples"] {
            std::fs::create_dir_all(profile.join(folder)).unwrap();
        }
        std::fs::write(profile.join("deps").join(LIBRARY), "x").unwrap();
        let expected = profile.join("deps").join(LIBRARY).canonicalize().unwrap();
        for program in ["deps/test-1", "examples/quickstart", "tool"] {
            assert_eq!(library_beside(&profile.join(program)), Ok(expected.clone()));
        }
        std::fs::remove_dir_all(profile).unwrap();
    }

    #[test]
    fn requirements_are_a_list() {
        assert!(is_required("c,cpp, PowerShell", "powershell"));
        assert!(!is_required("cpp", "c"));
        assert!(!is_required("", "c"));
    }

    #[test]
    fn programs_are_found_on_a_path() {
        let own = env::current_exe().unwrap();
        let name = own.file_name().unwrap().to_str().unwrap();
        let folder = own.parent().unwrap();
        assert_eq!(find_in(folder.as_os_str(), name), Some(own.clone()));
        assert_eq!(find_in(folder.as_os_str(), "no-such-program"), None);
    }
}
