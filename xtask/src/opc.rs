//! The envelope of a `.nupkg`: a zip file by the Open Packaging Conventions.

use std::collections::BTreeSet;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::archive::Entry;

/// What a `.nuspec` says.
pub struct Nuspec<'a> {
    pub id: &'a str,
    pub version: &'a str,
    pub authors: &'a str,
    pub copyright: &'a str,
    pub description: &'a str,
    pub release_notes: &'a str,
    pub tags: &'a str,
    pub project_url: Option<&'a str>,
    /// More elements of `<metadata>`.
    pub more: &'a str,
}

impl Nuspec<'_> {
    fn xml(&self) -> String {
        let project = self.project_url.map_or_else(String::new, |url| {
            format!("    <projectUrl>{0}</projectUrl>\n    <repository type=\"git\" url=\"{0}\" />\n", escaped(url))
        });
        // NuGet itself writes both, license and licenseUrl, for readers that know only the latter.
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
             <package xmlns=\"http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd\">\n  <metadata>\n    \
             <id>{}</id>\n    <version>{}</version>\n    <authors>{}</authors>\n    <owners>{2}</owners>\n    \
             <requireLicenseAcceptance>false</requireLicenseAcceptance>\n    \
             <license type=\"expression\">MIT</license>\n    <licenseUrl>https://licenses.nuget.org/MIT</licenseUrl>\n\
             {project}    <description>{}</description>\n    <releaseNotes>{}</releaseNotes>\n    \
             <copyright>{}</copyright>\n    <tags>{}</tags>\n{}  </metadata>\n</package>\n",
            self.id,
            self.version,
            escaped(self.authors),
            escaped(self.description),
            escaped(self.release_notes),
            escaped(self.copyright),
            escaped(self.tags),
            self.more,
        )
    }

    /// The whole package: these files and what the envelope needs.
    pub fn envelope(&self, files: &[Entry]) -> Vec<Entry> {
        let specification = Entry::new(format!("{}.nuspec", self.id), self.xml());
        let core = Entry::new(
            format!("package/services/metadata/core-properties/{}.psmdcp", self.name_of(files)),
            self.core(),
        );
        let relations = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
             <Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\n  \
             <Relationship Type=\"http://schemas.microsoft.com/packaging/2010/07/manifest\" Target=\"/{}\" Id=\"R1\" />\n  \
             <Relationship Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" \
             Target=\"/{}\" Id=\"R2\" />\n</Relationships>\n",
            specification.path, core.path
        );
        let mut all = files.to_vec();
        all.extend([specification, core, Entry::new("_rels/.rels", relations)]);
        all.push(Entry::new("[Content_Types].xml", content_types(&all)));
        all
    }

    fn core(&self) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
             <coreProperties xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
             xmlns=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\">\n  \
             <dc:creator>{}</dc:creator>\n  <dc:description>{}</dc:description>\n  <dc:identifier>{}</dc:identifier>\n  \
             <version>{}</version>\n  <keywords>{}</keywords>\n</coreProperties>\n",
            escaped(self.authors),
            escaped(self.description),
            self.id,
            self.version,
            escaped(self.tags)
        )
    }

    /// NuGet draws a random name; this one comes from what is in the package.
    fn name_of(&self, files: &[Entry]) -> String {
        let mut hash = Sha256::new();
        hash.update(self.xml());
        for file in files {
            hash.update(&file.path);
            hash.update(&file.bytes);
        }
        hex(&hash.finalize())[..32].to_string()
    }
}

/// As lower-case digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// For element text and attributes.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn content_types(files: &[Entry]) -> String {
    let mut extensions = BTreeSet::new();
    let mut names = Vec::new();
    for file in files {
        let name = file.path.rsplit('/').next().unwrap_or(&file.path);
        match name.rsplit_once('.') {
            Some((_, extension)) => _ = extensions.insert(extension.to_ascii_lowercase()),
            None => names.push(file.path.as_str()),
        }
    }
    let kind = |extension: &str| match extension {
        "rels" => "application/vnd.openxmlformats-package.relationships+xml",
        "psmdcp" => "application/vnd.openxmlformats-package.core-properties+xml",
        _ => "application/octet",
    };
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\n",
    );
    for extension in extensions {
        let _ = writeln!(xml, "  <Default Extension=\"{extension}\" ContentType=\"{}\" />", kind(&extension));
    }
    for name in names {
        let _ = writeln!(xml, "  <Override PartName=\"/{name}\" ContentType=\"application/octet\" />");
    }
    xml + "</Types>\n"
}
