//! The module's manifest as it is packed: with every file of the package, the release notes and the project's address.

use crate::Result;

/// # Errors
/// A key that is to be filled in is not there, or a text does not fit into a manifest.
pub fn packed(manifest: &str, files: &[String], notes: &str, project_url: Option<&str>) -> Result<String> {
    let list: Vec<_> = files.iter().map(|path| format!("        '{path}'")).collect();
    let manifest = replaced(manifest, "FileList", &format!("@(\n{}\n    )", list.join(",\n")))?;
    let manifest = replaced(&manifest, "ReleaseNotes", &quoted(notes.trim_end()))?;
    let manifest = match project_url {
        Some(url) => added(&manifest, "ReleaseNotes", &format!("ProjectUri = {}", quoted(url)))?,
        None => manifest,
    };
    match manifest.lines().find(|line| !line.is_ascii()) {
        // Windows PowerShell 5.1 reads it in the machine's code page.
        Some(line) => Err(format!("the module's manifest must be ASCII, release notes included; not so: {line}")),
        None => Ok(manifest),
    }
}

/// The value of a key with one quoted text.
pub fn value(manifest: &str, key: &str) -> Result<String> {
    let (start, end) = span(manifest, key)?;
    let text = manifest[start..end].trim().strip_prefix('\'').and_then(|it| it.strip_suffix('\''));
    Ok(text.ok_or_else(|| format!("the module's manifest has no single text for {key}"))?.replace("''", "'"))
}

/// The texts in a key's array.
pub fn values(manifest: &str, key: &str) -> Result<Vec<String>> {
    let (start, end) = span(manifest, key)?;
    let inner = manifest[start..end].trim().trim_start_matches("@(").trim_end_matches(')');
    Ok(inner.split(',').map(|it| it.trim().trim_matches('\'').to_string()).filter(|it| !it.is_empty()).collect())
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn replaced(manifest: &str, key: &str, value: &str) -> Result<String> {
    let (start, end) = span(manifest, key)?;
    Ok(format!("{} {value}{}", &manifest[..start], &manifest[end..]))
}

fn added(manifest: &str, before: &str, line: &str) -> Result<String> {
    let key = key_at(manifest, before)?;
    let start = manifest[..key].rfind('\n').map_or(0, |it| it + 1);
    let indent = &manifest[start..key];
    Ok(format!("{}{indent}{line}\n{}", &manifest[..start], &manifest[start..]))
}

/// From behind the `=` to the end of the value: a quoted text or an array.
fn span(manifest: &str, key: &str) -> Result<(usize, usize)> {
    let at = key_at(manifest, key)?;
    let missing = || format!("the module's manifest has no value for {key}");
    let start = at + manifest[at..].find('=').ok_or_else(missing)? + 1;
    let value = manifest[start..].trim_start();
    let offset = manifest.len() - value.len();
    if value.starts_with("@(") {
        return Ok((start, offset + value.find(')').ok_or_else(missing)? + 1));
    }
    let quoted = value.strip_prefix('\'').ok_or_else(missing)?;
    let mut rest = quoted;
    loop {
        rest = &rest[rest.find('\'').ok_or_else(missing)? + 1..];
        match rest.strip_prefix('\'') {
            Some(after) => rest = after,
            None => return Ok((start, manifest.len() - rest.len())),
        }
    }
}

fn key_at(manifest: &str, key: &str) -> Result<usize> {
    let mut offset = 0;
    for line in manifest.split_inclusive('\n') {
        let rest = line.trim_start();
        if rest.strip_prefix(key).is_some_and(|it| it.trim_start().starts_with('=')) {
            return Ok(offset + line.len() - rest.len());
        }
        offset += line.len();
    }
    Err(format!("the module's manifest has no {key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "@{\n    Author = 'It''s me'\n    FileList = @(\n        'old'\n    )\n    PrivateData = @{\n        \
                            Tags = @('a', 'b')\n        ReleaseNotes = 'See CHANGELOG.md'\n    }\n}\n";

    #[test]
    fn values_are_read() {
        assert_eq!(value(MANIFEST, "Author").unwrap(), "It's me");
        assert_eq!(values(MANIFEST, "Tags").unwrap(), ["a", "b"]);
        assert!(value(MANIFEST, "Description").unwrap_err().contains("Description"));
    }

    #[test]
    fn files_notes_and_address_are_filled_in() {
        let files = ["x.psd1".to_string(), "runtimes/y.dll".to_string()];
        let packed = packed(MANIFEST, &files, "- it's new\n", Some("https://example.test/p")).unwrap();
        assert_eq!(values(&packed, "FileList").unwrap(), files);
        assert_eq!(value(&packed, "ReleaseNotes").unwrap(), "- it's new");
        assert_eq!(value(&packed, "ProjectUri").unwrap(), "https://example.test/p");
        assert!(!packed.contains("old"));
    }

    #[test]
    fn what_5_1_would_misread_is_refused() {
        assert!(packed(MANIFEST, &[], "caf\u{e9}", None).unwrap_err().contains("ASCII"));
        assert!(packed("@{\n}\n", &[], "x", None).unwrap_err().contains("FileList"));
    }
}
