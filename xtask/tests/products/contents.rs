//! What is in the products.

use std::collections::{BTreeMap, BTreeSet};
use std::env;

use serde_json::Value;
use sha2::{Digest, Sha256};
use xtask::inspect;
use xtask::targets::{GLIBC, System};

use super::made::{Products, products};

#[test]
fn libraries_export_what_the_header_declares_and_nothing_else() {
    let Some(products) = products() else { return };
    let functions = products.source.functions().unwrap();
    assert!(functions.len() > 10, "{functions:?}");
    for target in &products.targets {
        let exports = inspect::exports(&products.library(target)).unwrap();
        assert_eq!(exports, functions, "{}", target.rid);
        assert!(exports.iter().all(|it| it.starts_with("aad_")), "{exports:?}");
    }
}

#[test]
fn linux_libraries_load_on_glibc_2_17() {
    let Some(products) = products() else { return };
    for target in products.targets.iter().filter(|it| it.system == System::Linux) {
        let highest = inspect::highest_glibc(&products.library(target)).unwrap();
        assert!(highest.is_some_and(|it| it <= GLIBC), "{}: {highest:?}", target.rid);
    }
    for target in products.targets.iter().filter(|it| it.system == System::Musl) {
        assert_eq!(inspect::highest_glibc(&products.library(target)).unwrap(), None);
    }
}

#[test]
fn libraries_are_small_and_know_no_path_of_this_machine() {
    let Some(products) = products() else { return };
    let home = env::home_dir().map(|it| it.display().to_string()).filter(|it| it.len() > 3);
    let root = products.source.root.display().to_string();
    let target = products.source.target_dir.display().to_string();
    let cargo = env::var("CARGO_HOME").ok();
    for rid in &products.targets {
        let library = products.library(rid);
        assert!(library.len() <= 2_000_000, "{}: {} bytes", rid.rid, library.len());
        for path in [Some(&root), Some(&target), home.as_ref(), cargo.as_ref()].into_iter().flatten() {
            let found = library.windows(path.len()).position(|it| it == path.as_bytes());
            assert_eq!(found.map(|at| text_around(&library, at)), None, "{} names {path}", rid.rid);
        }
    }
}

fn text_around(bytes: &[u8], at: usize) -> String {
    String::from_utf8_lossy(&bytes[at..(at + 150).min(bytes.len())]).into_owned()
}

fn text(files: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    let bytes = files.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", files.keys()));
    String::from_utf8(bytes.clone()).unwrap()
}

fn assert_envelope(files: &BTreeMap<String, Vec<u8>>, id: &str, version: &str) {
    let nuspec = text(files, &format!("{id}.nuspec"));
    for part in [format!("<id>{id}</id>"), format!("<version>{version}</version>"), "type=\"expression\">MIT<".into()] {
        assert!(nuspec.contains(&part), "{nuspec}");
    }
    assert!(nuspec.contains("<projectUrl>https://project.test/aadaccess</projectUrl>"), "{nuspec}");
    let relations = text(files, "_rels/.rels");
    let targets: Vec<_> = relations.split("Target=\"/").skip(1).filter_map(|it| it.split('"').next()).collect();
    assert_eq!(targets.len(), 2, "{relations}");
    assert!(targets.iter().all(|it| files.contains_key(*it)), "{relations}");
    let types = text(files, "[Content_Types].xml");
    for name in files.keys().filter(|it| *it != "[Content_Types].xml") {
        let file = name.rsplit('/').next().unwrap();
        let known = match file.rsplit_once('.') {
            Some((_, extension)) => types.contains(&format!("Extension=\"{}\"", extension.to_lowercase())),
            None => types.contains(&format!("PartName=\"/{name}\"")),
        };
        assert!(known, "{name} has no type in {types}");
    }
}

#[test]
fn the_gallery_package_is_whole() {
    let Some(products) = products() else { return };
    let files = products.unzipped(&products.module_nupkg());
    assert_envelope(&files, "AzureADApplicationAccess", &products.source.version);
    let nuspec = text(&files, "AzureADApplicationAccess.nuspec");
    for tag in ["PSModule", "PSEdition_Desktop", "PSEdition_Core", "PSFunction_Build-AzureADApplicationAccessHeader"] {
        assert!(nuspec.contains(tag), "no {tag} in {nuspec}");
    }
    let plain = products.unzipped(&products.module_zip());
    let prefix = format!("{}/", products.module_folder());
    let names: BTreeSet<_> = plain.keys().map(|it| it.strip_prefix(&prefix).expect(&prefix)).collect();
    let manifest = text(&files, "AzureADApplicationAccess.psd1");
    assert!(manifest.is_ascii());
    let list = manifest.split_once("FileList").and_then(|(_, rest)| rest.split_once(')')).expect("a FileList").0;
    let listed: BTreeSet<_> = list.split('\'').skip(1).step_by(2).collect();
    assert_eq!(listed, names, "the manifest lists what is there");
    for name in &names {
        assert_eq!(plain[&format!("{prefix}{name}")], files[*name], "{name}");
    }
    assert!(manifest.contains("ProjectUri = 'https://project.test/aadaccess'"), "{manifest}");
    for target in &products.targets {
        assert!(names.contains(target.path().as_str()), "{names:?}");
    }
}

#[test]
fn the_sources_manifest_lists_each_of_its_files() {
    let root = xtask::Source::here().unwrap().root.join("powershell/AzureADApplicationAccess");
    let manifest = std::fs::read_to_string(root.join("AzureADApplicationAccess.psd1")).unwrap();
    let list = manifest.split_once("FileList").and_then(|(_, rest)| rest.split_once(')')).expect("a FileList").0;
    let listed: BTreeSet<String> = list.split('\'').skip(1).step_by(2).map(String::from).collect();
    let mut there = BTreeSet::new();
    for folder in ["", "private"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap().map(|it| it.unwrap()) {
            if entry.path().is_file() {
                let name = entry.file_name().into_string().unwrap();
                there.insert(if folder.is_empty() { name } else { format!("{folder}/{name}") });
            }
        }
    }
    assert_eq!(listed, there);
}

#[test]
fn the_nuget_package_is_whole() {
    let Some(products) = products() else { return };
    let files = products.unzipped(&products.csharp_nupkg());
    assert_envelope(&files, "AadAccess", &products.source.version);
    assert!(
        text(&files, "AadAccess.nuspec").contains("<files include=\"cs/any/AadAccess.cs\" buildAction=\"Compile\" />")
    );
    for name in ["contentFiles/cs/any/AadAccess.cs", "build/AadAccess.targets", "lib/netstandard2.0/_._", "README.md"] {
        assert!(files.contains_key(name), "{:?}", files.keys());
    }
    for target in &products.targets {
        assert_eq!(files[&target.path()], products.library(target));
    }
}

#[test]
fn sums_are_right_and_name_every_product() {
    let Some(products) = products() else { return };
    let sums = String::from_utf8(products.read("SHA256SUMS")).unwrap();
    let mut named = BTreeSet::new();
    for line in sums.lines() {
        let (sum, name) = line.split_once("  ").expect("two blanks");
        let digest: String = Sha256::digest(products.read(name)).iter().map(|it| format!("{it:02x}")).collect();
        assert_eq!(sum, digest, "{name}");
        named.insert(name.to_string());
    }
    named.insert("SHA256SUMS".into());
    let there = std::fs::read_dir(&products.folder).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
    assert_eq!(named, there.collect());
}

#[test]
fn the_bill_of_materials_lists_what_is_compiled_in() {
    let Some(products) = products() else { return };
    let name = format!("aadaccess-{}.cdx.json", products.source.version);
    let document: Value = serde_json::from_slice(&products.read(&name)).unwrap();
    assert_eq!(document["bomFormat"], "CycloneDX");
    assert_eq!(document["metadata"]["component"]["version"], products.source.version);
    let parts = document["components"].as_array().unwrap();
    let names: BTreeSet<_> = parts.iter().map(|it| it["name"].as_str().unwrap()).collect();
    for part in ["ureq", "rustls", "ring", "serde_json", "security-framework", "windows-sys", "libc"] {
        assert!(names.contains(part), "no {part} in {names:?}");
    }
    for part in ["cbindgen", "rcgen", "syn", "serde_derive", "cc", "zip", "aadaccess"] {
        assert!(!names.contains(part), "{part} is not compiled in");
    }
    let references: BTreeSet<_> = parts.iter().map(|it| it["bom-ref"].as_str().unwrap()).collect();
    for part in parts {
        assert_eq!(part["hashes"][0]["content"].as_str().map(str::len), Some(64), "{part}");
        assert!(!part["licenses"][0]["expression"].as_str().unwrap().is_empty(), "{part}");
    }
    for entry in document["dependencies"].as_array().unwrap() {
        for on in entry["dependsOn"].as_array().unwrap() {
            assert!(references.contains(on.as_str().unwrap()), "{on}");
        }
    }
}

#[test]
fn the_release_notes_are_the_changelogs() {
    let Some(products) = products() else { return };
    let notes = String::from_utf8(products.read("RELEASE-NOTES.md")).unwrap();
    let changelog = products.source.text("CHANGELOG.md").unwrap();
    assert!(notes.len() > 50 && changelog.contains(notes.trim()), "{notes}");
    assert!(!notes.contains("\n## "), "{notes}");
}

/// For whoever looks at the log of the tests.
#[test]
fn sizes_are_within_their_limits() {
    let Some(products) = products() else { return };
    let size = |products: &Products, name: &str| products.read(name).len();
    assert!(size(products, &products.module_nupkg()) <= 8_000_000);
    assert!(size(products, &products.module_zip()) <= 8_000_000);
}
