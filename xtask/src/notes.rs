//! The release notes: one section of CHANGELOG.md.

use crate::Result;
use crate::source::Source;

/// The text below the heading of this version.
///
/// # Errors
/// There is no such section, or nothing in it.
pub fn of(source: &Source) -> Result<String> {
    section(&source.text("CHANGELOG.md")?, &source.version).map(|(_, text)| text)
}

/// For a release: the tag is the version, and the section has a date.
///
/// # Errors
/// They don't fit together.
pub fn fit_for_release(source: &Source, tag: &str) -> Result<()> {
    if tag != format!("v{}", source.version) {
        return Err(format!("the tag is '{tag}', and Cargo.toml's version {} wants 'v{0}'", source.version));
    }
    let (heading, _) = section(&source.text("CHANGELOG.md")?, &source.version)?;
    let date = heading.rsplit(' ').next().unwrap_or_default();
    let is_date = date.len() == 10
        && date
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    if is_date { Ok(()) } else { Err(format!("CHANGELOG.md has no date for {}: '{heading}'", source.version)) }
}

fn section(changelog: &str, version: &str) -> Result<(String, String)> {
    let begins = |line: &str| line == format!("## {version}") || line.starts_with(&format!("## {version} "));
    let mut lines = changelog.lines().skip_while(|line| !begins(line));
    let heading = lines.next().ok_or_else(|| format!("CHANGELOG.md has no section '## {version}'"))?;
    let text: Vec<_> = lines.take_while(|line| !line.starts_with("## ")).collect();
    let text = text.join("\n").trim().to_string();
    if text.is_empty() {
        return Err(format!("CHANGELOG.md's section '{heading}' is empty"));
    }
    Ok((heading.to_string(), text + "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "# Changelog\n\n## 1.2.0 - unreleased\n\n### Added\n\n- b\n\n## 1.1.0 - 2026-01-02\n\n- a\n";

    #[test]
    fn a_section_ends_where_the_next_begins() {
        assert_eq!(section(LOG, "1.2.0").unwrap().1, "### Added\n\n- b\n");
        assert_eq!(section(LOG, "1.1.0").unwrap().1, "- a\n");
        assert!(section(LOG, "1.1").unwrap_err().contains("'## 1.1'"));
        assert!(section("## 1.0.0\n\n## 0.9.0\n- x\n", "1.0.0").unwrap_err().contains("empty"));
    }
}
