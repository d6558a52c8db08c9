//! The archive for C and C++ programmers, one for each target.

use std::collections::BTreeSet;
use std::io::Cursor;

use ar_archive_writer::{COFFShortExport, MachineTypes, write_import_library};

use crate::Result;
use crate::archive::{self, Entry};
use crate::source::Source;
use crate::targets::{System, Target};

/// File name and bytes.
pub fn product(source: &Source, target: &Target, library: &[u8]) -> Result<(String, Vec<u8>)> {
    let files = files(source, target, library)?;
    let folder = format!("aadaccess-{}-{}", source.version, target.rid);
    let files: Vec<_> = files.iter().map(|it| it.below(&folder)).collect();
    if target.system == System::Windows {
        return Ok((format!("{folder}.zip"), archive::zip(&files, source.time)?));
    }
    Ok((format!("{folder}.tar.gz"), archive::tar_gz(&files, source.time)?))
}

fn files(source: &Source, target: &Target, library: &[u8]) -> Result<Vec<Entry>> {
    let mut files = vec![
        Entry::new("include/aadaccess.h", source.text("include/aadaccess.h")?),
        Entry::new("lib/pkgconfig/aadaccess.pc", pkg_config(&source.version)),
        Entry::new("LICENSE.txt", source.text("LICENSE")?),
        Entry::new("README.md", include_str!("../templates/README-c.md")),
        Entry::new("examples/header.c", source.text("examples/c/header.c")?),
        Entry::new("examples/request.c", source.text("examples/c/request.c")?),
    ];
    if target.system != System::Windows {
        files.push(Entry::new(format!("lib/{}", target.system.library()), library));
        return Ok(files);
    }
    let functions = source.functions()?;
    files.extend([
        Entry::new("bin/aadaccess.dll", library),
        Entry::new("lib/aadaccess.def", definition(&functions)),
        Entry::new("lib/aadaccess.lib", import_library(target, &functions, false)?),
        Entry::new("lib/libaadaccess.dll.a", import_library(target, &functions, true)?),
    ]);
    Ok(files)
}

fn pkg_config(version: &str) -> String {
    format!(
        "prefix=${{pcfiledir}}/../..\nincludedir=${{prefix}}/include\nlibdir=${{prefix}}/lib\n\nName: aadaccess\n\
         Description: Microsoft Entra ID access tokens and Authorization headers for unattended programs\n\
         Version: {version}\nCflags: -I${{includedir}}\nLibs: -L${{libdir}} -laadaccess\n"
    )
}

/// The text of the `.def` file.
pub fn definition(functions: &BTreeSet<String>) -> String {
    let lines: String = functions.iter().map(|it| format!("    {it}\n")).collect();
    format!("LIBRARY aadaccess.dll\nEXPORTS\n{lines}")
}

/// What `lib /def:` or `dlltool` would make of the definition, the same bytes on each machine.
fn import_library(target: &Target, functions: &BTreeSet<String>, mingw: bool) -> Result<Vec<u8>> {
    let (machine, prefix) = match target.rid {
        "win-x86" => (MachineTypes::I386, "_"),
        "win-arm64" => (MachineTypes::ARM64, ""),
        _ => (MachineTypes::AMD64, ""),
    };
    let export = |name: &String| COFFShortExport {
        name: format!("{prefix}{name}"),
        ext_name: None,
        symbol_name: None,
        import_name: None,
        export_as: None,
        ordinal: 0,
        noname: false,
        data: false,
        private: false,
        constant: false,
    };
    let exports: Vec<_> = functions.iter().map(export).collect();
    let mut bytes = Cursor::new(Vec::new());
    write_import_library(&mut bytes, "aadaccess.dll", &exports, machine, mingw, false, &[])
        .map_err(|error| format!("the import library for {}: {error}", target.rid))?;
    Ok(bytes.into_inner())
}
