//! Do all files name the same version? Used by the package command and by `tests/versions.rs`.

use std::fs;
use std::path::Path;

/// Who names a version or an ABI number, and which.
pub type Named = (String, String);

/// The version, when all agree.
///
/// # Errors
/// The two that differ, or the file that names none.
pub fn agreed(root: &Path) -> Result<String, String> {
    for named in [abi_numbers(root)?, versions(root)?] {
        if let Some(sentence) = disagreement(&named) {
            return Err(sentence);
        }
    }
    Ok(versions(root)?.remove(0).1)
}

/// Names the first two that differ.
pub fn disagreement(named: &[Named]) -> Option<String> {
    let (first, value) = named.first()?;
    let (other, different) = named.iter().find(|it| it.1 != *value)?;
    Some(format!("{first} says {value}, and {other} says {different}: make them agree"))
}

/// Who names the project's version.
///
/// # Errors
/// The file that names none.
pub fn versions(root: &Path) -> Result<Vec<Named>, String> {
    let module = "powershell/AzureADApplicationAccess/AzureADApplicationAccess.psd1";
    Ok(vec![
        ("Cargo.toml".into(), between(root, "Cargo.toml", "\nversion = \"", "\"")?),
        ("Cargo.lock".into(), between(root, "Cargo.lock", "name = \"aadaccess\"\nversion = \"", "\"")?),
        (module.into(), after_key(root, module, "ModuleVersion")?),
        ("CHANGELOG.md".into(), between(root, "CHANGELOG.md", "\n## ", " ")?),
    ])
}

/// Who names the ABI's number.
///
/// # Errors
/// The file that names none.
pub fn abi_numbers(root: &Path) -> Result<Vec<Named>, String> {
    let binding = "examples/csharp/AadAccess.cs";
    let module = "powershell/AzureADApplicationAccess/private/Native.ps1";
    let rust = "src/ffi/version.rs";
    Ok(vec![
        (rust.into(), between(root, rust, "AAD_ABI_VERSION: u32 = ", ";")?),
        ("include/aadaccess.h".into(), between(root, "include/aadaccess.h", "#define AAD_ABI_VERSION ", "\n")?),
        (binding.into(), between(root, binding, "uint AbiVersion = ", ";")?),
        (module.into(), between(root, module, "$script:AbiVersion = ", "\n")?),
    ])
}

fn read(root: &Path, file: &str) -> Result<String, String> {
    let text = fs::read_to_string(root.join(file)).map_err(|error| format!("{file}: {error}"))?;
    Ok(text.replace("\r\n", "\n"))
}

fn between(root: &Path, file: &str, before: &str, after: &str) -> Result<String, String> {
    let text = read(root, file)?;
    let found = text.split_once(before).and_then(|(_, rest)| rest.split_once(after));
    let (value, _) = found.ok_or_else(|| format!("{file} names no version: there is no '{}'", before.trim()))?;
    Ok(value.trim().to_string())
}

fn after_key(root: &Path, file: &str, key: &str) -> Result<String, String> {
    let text = read(root, file)?;
    let line = text.lines().find(|line| line.trim_start().starts_with(key));
    let value = line.and_then(|it| it.split('\'').nth(1));
    Ok(value.ok_or_else(|| format!("{file} names no version: there is no '{key}'"))?.to_string())
}
