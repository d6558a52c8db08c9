//! What is in the libraries, as CycloneDX: the crates that are compiled in on any of the eight targets, by `cargo tree`,
//! with the checksums of Cargo.lock. Build-time crates and procedural macros are not in them.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::process::Command;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::Result;
use crate::archive::timestamp;
use crate::opc::hex;
use crate::source::Source;
use crate::targets::TARGETS;

/// Name and version.
type Package = (String, String);

struct Crate {
    license: String,
    needs: BTreeSet<Package>,
}

/// The document as JSON text.
pub fn document(source: &Source) -> Result<String> {
    let mut crates = BTreeMap::new();
    for target in &TARGETS {
        read_tree(&tree(source, target.ways[0].triple)?, &mut crates)?;
    }
    let checksums = checksums(&source.text("Cargo.lock")?);
    let own = ("aadaccess".to_string(), source.version.clone());
    let component = |(package, it): (&Package, &Crate)| {
        let mut value = json!({
            "type": "library",
            "bom-ref": purl(package),
            "name": package.0,
            "version": package.1,
            "purl": purl(package),
            "licenses": [{"expression": it.license}],
        });
        if let Some(checksum) = checksums.get(package) {
            value["hashes"] = json!([{"alg": "SHA-256", "content": checksum}]);
        }
        value
    };
    let (own_part, parts): (Vec<_>, Vec<_>) = crates.iter().partition(|it| *it.0 == own);
    let own_part = own_part.into_iter().next().ok_or("cargo tree doesn't name aadaccess")?;
    let depends = |(package, it): (&Package, &Crate)| {
        let on: Vec<_> = it.needs.iter().map(purl).collect();
        json!({"ref": purl(package), "dependsOn": on})
    };
    let mut document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"timestamp": timestamp(source.time), "component": component(own_part)},
        "components": parts.into_iter().map(component).collect::<Vec<_>>(),
        "dependencies": crates.iter().map(depends).collect::<Vec<_>>(),
    });
    document["serialNumber"] = serial_number(&document).into();
    let text = serde_json::to_string_pretty(&document).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

fn purl((name, version): &Package) -> String {
    format!("pkg:cargo/{name}@{version}")
}

/// A UUID of what is in it.
fn serial_number(document: &Value) -> String {
    let mut bytes = Sha256::digest(document.to_string());
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hex(&bytes);
    format!("urn:uuid:{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..32])
}

fn tree(source: &Source, triple: &str) -> Result<String> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(&source.root);
    command.args(["tree", "--locked", "--package", "aadaccess", "--edges", "normal,no-proc-macro"]);
    command.args(["--target", triple, "--prefix", "depth", "--no-dedupe", "--format", "\t{p}\t{l}"]);
    let output = command.output().map_err(|error| format!("cargo tree: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo tree failed: {}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Lines of depth, package and licence, each below the one that needs it.
fn read_tree(text: &str, crates: &mut BTreeMap<Package, Crate>) -> Result<()> {
    let mut above: Vec<Package> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let fail = || format!("cargo tree says '{line}'");
        let mut parts = line.split('\t');
        let mut part = || parts.next().ok_or_else(fail);
        let depth: usize = part()?.parse().map_err(|_| fail())?;
        let (name, rest) = part()?.split_once(" v").ok_or_else(fail)?;
        let package = (name.to_string(), rest.split(' ').next().unwrap_or(rest).to_string());
        let license = part()?.replace('/', " OR ");
        above.truncate(depth);
        if let Some(parent) = above.last() {
            crates.get_mut(parent).ok_or_else(fail)?.needs.insert(package.clone());
        }
        crates.entry(package.clone()).or_insert(Crate { license, needs: BTreeSet::new() });
        above.push(package);
    }
    Ok(())
}

fn checksums(lock: &str) -> BTreeMap<Package, String> {
    let value = |part: &str, key: &str| {
        let start = part.find(&format!("\n{key} = \""))? + key.len() + 5;
        part[start..].split('"').next().map(String::from)
    };
    let parts = lock.split("[[package]]").skip(1);
    parts.filter_map(|it| Some(((value(it, "name")?, value(it, "version")?), value(it, "checksum")?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_becomes_crates_and_needs() {
        let mut crates = BTreeMap::new();
        read_tree(
            "0\ta v1.0.0 (/x/a)\tMIT\n1\tb v2.0.0\tMIT/Apache-2.0\n2\tc v3.0.0\tISC\n1\tc v3.0.0\tISC\n",
            &mut crates,
        )
        .unwrap();
        let of = |name: &str, version: &str| (name.to_string(), version.to_string());
        assert_eq!(crates[&of("b", "2.0.0")].license, "MIT OR Apache-2.0");
        assert_eq!(crates[&of("a", "1.0.0")].needs, BTreeSet::from([of("b", "2.0.0"), of("c", "3.0.0")]));
        assert!(read_tree("warning: x", &mut crates).is_err());
    }

    #[test]
    fn checksums_are_those_of_the_lock_file() {
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"b\"\nversion = \
                    \"2.0.0\"\nsource = \"x\"\nchecksum = \"abc\"\n";
        let found = checksums(lock);
        assert_eq!(found.len(), 1);
        assert_eq!(found[&("b".to_string(), "2.0.0".to_string())], "abc");
    }
}
