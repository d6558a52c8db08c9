//! The same commit in another folder, built from nothing, is the same bytes.

use std::fs;
use std::path::Path;
use std::process::Command;

use xtask::options::Options;
use xtask::{Source, libraries, package};

use super::made::{Empty, own_rid, own_target, products, unpack};
use crate::foreign::run;

/// The files that git would commit now.
fn copy_project(from: &Path, to: &Path) {
    let mut command = Command::new("git");
    command.arg("-C").arg(from).args(["ls-files", "--cached", "--others", "--exclude-standard"]);
    for name in run(&mut command).good().lines() {
        let place = to.join(name);
        if from.join(name).is_file() {
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::copy(from.join(name), place).unwrap();
        }
    }
}

#[test]
fn another_folder_makes_the_same_bytes() {
    let Some(products) = products() else { return };
    let place = Empty::new("another-folder");
    let copy = place.0.join("the copy");
    copy_project(&products.source.root, &copy);
    let source = Source {
        root: copy,
        target_dir: place.0.join("built"),
        version: products.source.version.clone(),
        time: products.source.time,
    };
    let mut options = Options::read(["--targets".to_string(), own_rid().to_string()]).unwrap();
    options.out = place.0.join("libraries");
    libraries(&source, &options).unwrap();
    let fresh = fs::read(options.out.join(own_target().path())).unwrap();
    assert!(fresh == products.library(own_target()), "the two libraries differ");

    // The libraries of other systems as they are: building them twice would take too long.
    let folder = format!("{}/", products.module_folder());
    let others = products.unzipped(&products.module_zip()).into_iter().filter_map(|(name, content)| {
        let name = name.strip_prefix(&folder)?.to_string();
        (name.starts_with("runtimes/") && name != own_target().path()).then_some((name, content))
    });
    unpack(&others.collect(), &options.out);
    let again = Options {
        libraries: Some(options.out),
        out: place.0.join("again"),
        project_url: Some("https://project.test/aadaccess".into()),
        ..Options::default()
    };
    package(&source, &again).unwrap();
    let names = |folder: &Path| {
        let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&products.folder), names(&again.out));
    for name in names(&products.folder) {
        let (one, two) = (products.folder.join(&name), again.out.join(&name));
        assert!(fs::read(one).unwrap() == fs::read(two).unwrap(), "{name:?} differs");
    }
}
