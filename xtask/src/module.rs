//! The PowerShell module: for the Gallery and folder repositories, and to unzip into a module path.

use std::fs;
use std::path::Path;

use crate::archive::Entry;
use crate::opc::Nuspec;
use crate::source::Source;
use crate::{Result, manifest};

const NAME: &str = "AzureADApplicationAccess";
const FOLDER: &str = "powershell/AzureADApplicationAccess";

/// The `.nupkg`'s and the plain module's files.
pub fn products(
    source: &Source,
    libraries: &[Entry],
    notes: &str,
    project_url: Option<&str>,
    signed: Option<&Path>,
) -> Result<(Vec<Entry>, Vec<Entry>)> {
    let mut files = scripts(source)?;
    files.extend(libraries.iter().cloned());
    files.push(Entry::new("LICENSE.txt", source.text("LICENSE")?));
    files.push(Entry::new("CHANGELOG.md", source.text("CHANGELOG.md")?));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let paths: Vec<_> = files.iter().map(|it| it.path.clone()).collect();
    let name = format!("{NAME}.psd1");
    let own = files.iter_mut().find(|it| it.path == name).ok_or_else(|| format!("{FOLDER} has no {name}"))?;
    let text = String::from_utf8_lossy(&own.bytes).into_owned();
    own.bytes = manifest::packed(&text, &paths, notes, project_url)?.into_bytes();

    if let Some(folder) = signed {
        take_signed(&mut files, folder)?;
    }

    // The Gallery finds modules by their functions and editions through tags of these forms.
    let mut tags = manifest::values(&text, "Tags")?;
    tags.push("PSModule".into());
    tags.push("PSIncludes_Function".into());
    for function in manifest::values(&text, "FunctionsToExport")? {
        tags.extend([format!("PSFunction_{function}"), format!("PSCommand_{function}")]);
    }
    let nuspec = Nuspec {
        id: NAME,
        version: &source.version,
        authors: &manifest::value(&text, "Author")?,
        copyright: &manifest::value(&text, "Copyright")?,
        description: &manifest::value(&text, "Description")?,
        release_notes: notes,
        tags: &tags.join(" "),
        project_url,
        more: "",
    };
    let folder = format!("{NAME}/{}", source.version);
    Ok((nuspec.envelope(&files), files.iter().map(|it| it.below(&folder)).collect()))
}

/// Takes the scripts with signatures instead: each must be ours up to there.
fn take_signed(files: &mut [Entry], folder: &Path) -> Result<()> {
    for file in
        files.iter_mut().filter(|it| [".ps1", ".psm1", ".psd1", ".ps1xml"].iter().any(|end| it.path.ends_with(end)))
    {
        let path = folder.join(&file.path);
        let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        if !bytes.starts_with(file.bytes.trim_ascii_end()) {
            return Err(format!("{} is not our file with a signature added", path.display()));
        }
        file.bytes = bytes;
    }
    Ok(())
}

/// What lies in the module's folder, but for libraries that somebody has put there to try them.
fn scripts(source: &Source) -> Result<Vec<Entry>> {
    let mut files = Vec::new();
    collect(&source.root.join(FOLDER), "", &mut files)?;
    files.retain(|it| !it.path.starts_with("runtimes/"));
    Ok(files)
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<Entry>) -> Result<()> {
    let fail = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), files)?;
        } else {
            let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            files.push(Entry::new(format!("{prefix}{name}"), text.replace("\r\n", "\n")));
        }
    }
    Ok(())
}
