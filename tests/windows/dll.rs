//! What the file says of itself, before anything runs it.

use std::collections::BTreeSet;

use object::LittleEndian as LE;
use object::pe::{
    IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE, IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA, IMAGE_DLLCHARACTERISTICS_NX_COMPAT,
};
use object::read::pe::{ImageOptionalHeader, PeFile64};

use crate::foreign::{project, run};
use crate::wine::{text, windows, windows_path};

/// Each is part of every Windows that Rust supports.
const SYSTEM: [&str; 8] = [
    "advapi32.dll",
    "api-ms-win-core-synch-l1-2-0.dll",
    "bcrypt.dll",
    "bcryptprimitives.dll",
    "crypt32.dll",
    "kernel32.dll",
    "msvcrt.dll",
    "ntdll.dll",
];

#[test]
fn the_dll_needs_the_system_alone_and_exports_the_header() {
    let Some(windows) = windows() else { return };
    let content = std::fs::read(&windows.library).expect("a file");
    assert!(content.len() <= 2_000_000, "{} bytes", content.len());
    let file = PeFile64::parse(&*content).expect("a 64-bit DLL");

    let imports = file.import_table().expect("readable").expect("a table");
    let mut descriptors = imports.descriptors().expect("readable");
    let mut functions = BTreeSet::new();
    while let Some(descriptor) = descriptors.next().expect("readable") {
        let library = imports.name(descriptor.name.get(LE)).expect("a name");
        let library = String::from_utf8_lossy(library).to_ascii_lowercase();
        assert!(SYSTEM.contains(&library.as_str()) || library == "ws2_32.dll", "{library}");
        let mut thunks = imports.thunks(descriptor.original_first_thunk.get(LE)).expect("readable");
        while let Some(thunk) = thunks.next::<object::pe::ImageNtHeaders64>().expect("readable") {
            if let Ok((_, name)) = imports.hint_name(thunk.0.get(LE) as u32) {
                functions.insert(String::from_utf8_lossy(name).into_owned());
            }
        }
    }
    // Nothing that would show a window, a console or a dialog.
    for name in ["AllocConsole", "AttachConsole", "MessageBoxA", "MessageBoxW", "SetErrorMode"] {
        assert!(!functions.contains(name), "{name}");
    }
    assert!(functions.contains("GetModuleHandleExW"), "what pins the library: {functions:?}");

    let exports = file.export_table().expect("readable").expect("a table");
    let names = exports.name_iter().map(|(at, _)| exports.name_from_pointer(at).expect("a name"));
    let names: BTreeSet<String> = names.map(|it| String::from_utf8_lossy(it).into_owned()).collect();
    assert_eq!(names, in_header());

    let flags = file.nt_headers().optional_header.dll_characteristics();
    for (flag, name) in [
        (IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE, "DYNAMIC_BASE"),
        (IMAGE_DLLCHARACTERISTICS_NX_COMPAT, "NX_COMPAT"),
        (IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA, "HIGH_ENTROPY_VA"),
    ] {
        assert!(flags & flag == flag, "{name} is not set: {flags:?}");
    }
    assert!(file.data_directories().get(object::pe::IMAGE_DIRECTORY_ENTRY_BASERELOC).is_some());
}

fn in_header() -> BTreeSet<String> {
    let header = std::fs::read_to_string(project("include/aadaccess.h")).expect("the header");
    let code = header.lines().filter(|line| !line.trim_start().starts_with(['/', '*', '#']));
    let declared = code.filter_map(|line| line.split_once('(')).map(|(before, _)| before);
    let names = declared.filter_map(|before| before.rsplit([' ', '*']).next());
    let names: BTreeSet<String> = names.filter(|it| it.starts_with("aad_")).map(ToOwned::to_owned).collect();
    assert!(names.len() >= 16, "{names:?}");
    names
}

#[test]
fn the_dll_has_a_version_resource() {
    let Some(windows) = windows() else { return };
    let mut command = windows.pwsh();
    let script = "$info = [Diagnostics.FileVersionInfo]::GetVersionInfo($env:TEST_DLL); \
        $info.ProductName, $info.FileVersion, $info.ProductVersion, $info.LegalCopyright, $info.OriginalFilename, \
        $info.FileDescription, $info.FileMajorPart, $info.FileMinorPart, $info.FileBuildPart -join '|'";
    command.args(["-Command", script]).env("TEST_DLL", windows_path(&windows.library));
    let version = env!("CARGO_PKG_VERSION");
    let parts = version.replace('.', "|");
    let expected = format!(
        "aadaccess|{version}|{version}|(c) The aadaccess authors. MIT License.|aadaccess.dll|\
         Microsoft Entra ID access tokens (aadaccess)|{parts}\n"
    );
    assert_eq!(text(run(&mut command)), expected);
}
