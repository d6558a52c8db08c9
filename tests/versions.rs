//! One version everywhere: Cargo.toml, the lock file, the module's manifest, CHANGELOG.md, the built library; one ABI number
//! in the library's source, the header, the C# binding and the module.

#[path = "../xtask/src/versions.rs"]
mod versions;

use std::ffi::{CStr, c_char};
use std::fs;
use std::path::{Path, PathBuf};

use aadaccess_test_support::{built_library, temp_path};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn all_files_agree() {
    assert_eq!(versions::agreed(root()).as_deref(), Ok(env!("CARGO_PKG_VERSION")));
}

#[test]
#[allow(unsafe_code)]
fn the_built_library_agrees() {
    let library = built_library().expect("cargo builds the library before the tests");
    // SAFETY: the functions have these types in include/aadaccess.h, and the text is static.
    let (version, abi) = unsafe {
        let library = libloading::Library::new(library).expect("it loads");
        let version: libloading::Symbol<unsafe extern "C" fn() -> *const c_char> = library.get(b"aad_version").unwrap();
        let abi: libloading::Symbol<unsafe extern "C" fn() -> u32> = library.get(b"aad_abi_version").unwrap();
        (CStr::from_ptr(version()).to_str().unwrap().to_string(), abi())
    };
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
    for (file, number) in versions::abi_numbers(root()).unwrap() {
        assert_eq!(number, abi.to_string(), "{file}");
    }
}

/// A copy of the files that name versions.
struct Copy(PathBuf);

impl Copy {
    fn new() -> Self {
        let copy = temp_path("versions", "");
        let files = [versions::versions(root()).unwrap(), versions::abi_numbers(root()).unwrap()].concat();
        for (file, _) in files {
            let place = copy.join(&file);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::copy(root().join(&file), place).unwrap();
        }
        Self(copy)
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.0.join(file)).unwrap();
        assert!(text.contains(from), "{file}: {from}");
        fs::write(self.0.join(file), text.replacen(from, to, 1)).unwrap();
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_two_that_differ_are_named() {
    let version = env!("CARGO_PKG_VERSION");
    let manifest = "powershell/AzureADApplicationAccess/AzureADApplicationAccess.psd1";
    let native = "powershell/AzureADApplicationAccess/private/Native.ps1";
    for (file, from, to, other) in [
        (manifest, &format!("'{version}'"), "'9.9.9'", "Cargo.toml"),
        ("CHANGELOG.md", &format!("## {version}"), "## 9.9.9", "Cargo.toml"),
        (
            "Cargo.lock",
            &format!("name = \"aadaccess\"\nversion = \"{version}\""),
            "name = \"aadaccess\"\nversion = \"9.9.9\"",
            "Cargo.toml",
        ),
        ("include/aadaccess.h", &"AAD_ABI_VERSION 1".into(), "AAD_ABI_VERSION 999", "src/ffi/version.rs"),
        ("examples/csharp/AadAccess.cs", &"AbiVersion = 1".into(), "AbiVersion = 999", "src/ffi/version.rs"),
        (native, &"AbiVersion = 1".into(), "AbiVersion = 999", "src/ffi/version.rs"),
    ] {
        let copy = Copy::new();
        copy.edit(file, from, to);
        let sentence = versions::agreed(&copy.0).unwrap_err();
        let named = sentence.contains(&format!("{file} says 9")) && sentence.contains(&format!("{other} says"));
        assert!(named, "{sentence}");
    }
}

#[test]
fn a_file_without_a_version_is_named() {
    let copy = Copy::new();
    copy.edit("CHANGELOG.md", "## ", "");
    let sentence = versions::agreed(&copy.0).unwrap_err();
    assert!(sentence.starts_with("CHANGELOG.md "), "{sentence}");
}
