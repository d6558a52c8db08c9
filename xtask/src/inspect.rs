//! Looks into a built library.

use std::collections::BTreeSet;

use object::read::elf::{ElfFile64, FileHeader};
use object::{Object, ObjectSymbol};

use crate::Result;

/// The names that others can link to.
///
/// # Errors
/// It is no library.
pub fn exports(library: &[u8]) -> Result<BTreeSet<String>> {
    let file = object::File::parse(library).map_err(|error| format!("not a library: {error}"))?;
    let name = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if file.format() == object::BinaryFormat::Elf {
        // object's own list leaves out nothing but what is undefined; sections and files have no name.
        let defined = file.dynamic_symbols().filter(|it| it.is_definition() && it.is_global());
        return Ok(defined.filter_map(|it| it.name_bytes().ok().map(name)).filter(|it| !it.is_empty()).collect());
    }
    let fail = |error: object::Error| format!("the export table can't be read: {error}");
    let mut names = BTreeSet::new();
    for export in file.exports().map_err(fail)? {
        let text = match export.map_err(fail)?.name() {
            object::NameOrOrdinal::Name(bytes) => name(bytes),
            object::NameOrOrdinal::Ordinal(number) => format!("#{number}"),
        };
        // Mach-O puts an underscore before each C name.
        let plain = if file.format() == object::BinaryFormat::MachO { text.strip_prefix('_') } else { None };
        names.insert(plain.map_or_else(|| text.clone(), String::from));
    }
    Ok(names)
}

/// The processor it runs on, by the name in its RID.
///
/// # Errors
/// It is no library, or one for another processor than ours.
pub fn processor(library: &[u8]) -> Result<&'static str> {
    let file = object::File::parse(library).map_err(|error| format!("not a library: {error}"))?;
    match file.architecture() {
        object::Architecture::X86_64 => Ok("x64"),
        object::Architecture::I386 => Ok("x86"),
        object::Architecture::Aarch64 => Ok("arm64"),
        other => Err(format!("a library for {other:?}")),
    }
}

/// The highest glibc version that one of its symbols asks for; `None` when it asks for none.
///
/// # Errors
/// It is no 64-bit ELF library.
pub fn highest_glibc(library: &[u8]) -> Result<Option<(u32, u32)>> {
    Ok(needed_versions(library)?.iter().filter_map(|it| glibc_version(it)).max())
}

fn needed_versions(library: &[u8]) -> Result<Vec<String>> {
    let fail = |error: object::Error| format!("the library's symbol versions can't be read: {error}");
    let file = ElfFile64::<object::Endianness>::parse(library).map_err(fail)?;
    let endian = file.endian();
    let sections = file.elf_header().sections(endian, library).map_err(fail)?;
    let Some((mut needs, strings)) = sections.gnu_verneed(endian, library).map_err(fail)? else { return Ok(vec![]) };
    let strings = sections.strings(endian, library, strings).map_err(fail)?;
    let mut versions = Vec::new();
    while let Some((_, mut of_file)) = needs.next().map_err(fail)? {
        while let Some(version) = of_file.next().map_err(fail)? {
            let name = version.name(endian, strings).map_err(fail)?;
            versions.push(String::from_utf8_lossy(name).into_owned());
        }
    }
    Ok(versions)
}

fn glibc_version(name: &str) -> Option<(u32, u32)> {
    let (major, rest) = name.strip_prefix("GLIBC_")?.split_once('.')?;
    let minor = rest.split('.').next()?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// The libraries that an ELF file loads.
///
/// # Errors
/// It is no 64-bit ELF library.
pub fn needed(library: &[u8]) -> Result<Vec<String>> {
    let fail = |error: object::Error| format!("the library's dynamic section can't be read: {error}");
    let file = ElfFile64::<object::Endianness>::parse(library).map_err(fail)?;
    let table = file.elf_dynamic_table().map_err(fail)?;
    let mut names = Vec::new();
    for entry in table.iter().filter(|it| it.tag == object::elf::DT_NEEDED) {
        let name = table.string(entry).map_err(fail)?;
        names.push(String::from_utf8_lossy(name).into_owned());
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(glibc_version("GLIBC_2.2.5"), Some((2, 2)));
        assert_eq!(glibc_version("GLIBC_2.34"), Some((2, 34)));
        assert!(glibc_version("GLIBC_2.4") < glibc_version("GLIBC_2.17"));
        assert_eq!(glibc_version("GCC_3.0"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_program_asks_for_this_machines_glibc() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        assert!(highest_glibc(&own).unwrap() > Some((2, 17)));
        assert!(needed(&own).unwrap().iter().any(|it| it == "libc.so.6"));
        assert!(exports(b"text").is_err());
    }
}
