//! The package command: from libraries to everything that a release page shows.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::archive::{self, Entry};
use crate::opc::hex;
use crate::options::Options;
use crate::source::Source;
use crate::targets::{TARGETS, Target};
use crate::{Result, build, c_archive, check, module, notes, nuget, sbom};

/// Builds or takes the libraries, makes the products and says how big they are.
///
/// # Errors
/// A sentence; nothing is written to the output folder then.
pub fn package(source: &Source, options: &Options) -> Result<()> {
    if let Some(tag) = &options.tag {
        notes::fit_for_release(source, tag)?;
    }
    let mut left_out = Vec::new();
    let folder = match &options.libraries {
        Some(folder) => folder.clone(),
        None => {
            let fresh = source.target_dir.join("libraries");
            clear(&fresh)?;
            let (folder, lacking) = build::libraries(source, &Options { out: fresh, ..options.clone() })?;
            left_out = lacking;
            folder
        }
    };
    let libraries = collect(source, &folder)?;
    let missing: Vec<_> = TARGETS.iter().filter(|it| !libraries.iter().any(|found| found.0 == *it)).collect();
    let names: Vec<_> = missing.iter().map(|it| it.rid).collect();
    if options.require_all && !missing.is_empty() {
        return Err(format!("missing of the eight libraries in {}: {}", folder.display(), names.join(", ")));
    }
    if libraries.is_empty() {
        return Err(format!("no library in {}: they lie in runtimes/<rid>/native/ there", folder.display()));
    }
    let products = products(source, &libraries, options)?;
    fs::create_dir_all(&options.out).map_err(|error| format!("{}: {error}", options.out.display()))?;
    println!();
    for product in &products {
        let place = options.out.join(&product.path);
        fs::write(&place, &product.bytes).map_err(|error| format!("{}: {error}", place.display()))?;
        println!("{:>9} bytes  {}", product.bytes.len(), product.path);
    }
    println!("\n{} of 8 targets, version {}, in {}", libraries.len(), source.version, options.out.display());
    if !missing.is_empty() {
        println!("NOT in these packages: {}", names.join(", "));
    }
    for sentence in left_out {
        println!("  {sentence}");
    }
    Ok(())
}

/// Every product, checksums last.
///
/// # Errors
/// A sentence.
pub fn products(source: &Source, libraries: &[(&Target, Vec<u8>)], options: &Options) -> Result<Vec<Entry>> {
    let url = match &options.project_url {
        Some(url) => Some(url.clone()),
        None => source.repository()?,
    };
    if url.is_none() {
        println!("left out: the project's address in the packages, for neither --project-url nor Cargo.toml names one");
    }
    let release_notes = notes::of(source)?;
    let entries: Vec<_> = libraries.iter().map(|(target, bytes)| Entry::new(target.path(), bytes.clone())).collect();
    let version = &source.version;

    let (gallery, plain) =
        module::products(source, &entries, &release_notes, url.as_deref(), options.module_files.as_deref())?;
    let mut products = vec![
        Entry::new(format!("AzureADApplicationAccess.{version}.nupkg"), archive::zip(&gallery, source.time)?),
        Entry::new(format!("AzureADApplicationAccess-{version}.zip"), archive::zip(&plain, source.time)?),
    ];
    for product in &products {
        if product.bytes.len() > check::MODULE_LIMIT {
            let sizes = (product.bytes.len(), check::MODULE_LIMIT);
            return Err(format!("{} has {} bytes, and {} are allowed", product.path, sizes.0, sizes.1));
        }
    }
    let for_csharp = nuget::product(source, &entries, &release_notes, url.as_deref())?;
    products.push(Entry::new(format!("AadAccess.{version}.nupkg"), archive::zip(&for_csharp, source.time)?));
    for (target, bytes) in libraries {
        let (name, bytes) = c_archive::product(source, target, bytes)?;
        products.push(Entry::new(name, bytes));
    }
    products.push(Entry::new(format!("aadaccess-{version}.cdx.json"), sbom::document(source)?));
    products.push(Entry::new("RELEASE-NOTES.md", release_notes));
    products.sort_by(|a, b| a.path.cmp(&b.path));
    let line = |it: &Entry| format!("{}  {}\n", hex(&Sha256::digest(&it.bytes)), it.path);
    let sums: String = products.iter().map(line).collect();
    products.push(Entry::new("SHA256SUMS", sums));
    Ok(products)
}

/// Those of the eight that are there, each checked again: they may come from elsewhere.
fn collect(source: &Source, folder: &Path) -> Result<Vec<(&'static Target, Vec<u8>)>> {
    let functions = source.functions()?;
    let mut found = Vec::new();
    for target in &TARGETS {
        let place = folder.join(target.path());
        if !place.exists() {
            continue;
        }
        let bytes = fs::read(&place).map_err(|error| format!("{}: {error}", place.display()))?;
        check::library(target, &bytes, &functions)?;
        found.push((target, bytes));
    }
    Ok(found)
}

fn clear(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(format!("{}: {error}", folder.display())),
        _ => Ok(()),
    }
}
