//! The module as a package has it.

use std::fs;
use std::path::Path;

/// Copies the module at `module` to `folder`, with this library in it for the system that .NET calls `rid`.
pub fn install_module(module: &Path, folder: &Path, rid: &str, library: &Path) {
    copy(module, folder);
    let native = folder.join("runtimes").join(rid).join("native");
    fs::create_dir_all(&native).expect("a folder");
    refresh(library, &native.join(library.file_name().expect("a file's name")));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            refresh(&entry.path(), &target);
        }
    }
}

/// Copies unless the copy is there: another test may be running it.
pub fn refresh(from: &Path, to: &Path) {
    let content = fs::read(from).expect("a file");
    if fs::read(to).is_ok_and(|it| it == content) {
        return;
    }
    let unique = to.with_extension(format!("{}.tmp", std::process::id()));
    fs::write(&unique, content).expect("a file");
    fs::rename(unique, to).expect("a file");
}
