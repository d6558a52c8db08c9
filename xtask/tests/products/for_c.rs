//! The archive for C: unpacked, found by pkg-config, linked, run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aadaccess_test_support::{find_on_path, tool_or_skip};
use xtask::targets::System;

use super::made::{Empty, Products, own_target, products, unpack};
use crate::foreign::{World, run};

fn tools() -> Option<[PathBuf; 2]> {
    let cc = tool_or_skip("c", find_on_path("cc"), "no C compiler cc on PATH")?;
    let pkg_config = tool_or_skip("c", find_on_path("pkg-config"), "no pkg-config on PATH")?;
    Some([cc, pkg_config])
}

/// Unpacks this machine's archive; returns its one folder.
fn unpacked(products: &Products, place: &Path) -> PathBuf {
    let name = format!("aadaccess-{}-{}", products.source.version, own_target().rid);
    let bytes = products.read(&format!("{name}.tar.gz"));
    tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice())).unpack(place).expect("it can be unpacked");
    place.join(name)
}

fn said(pkg_config: &Path, folder: &Path, arguments: &[&str]) -> Vec<String> {
    let mut command = Command::new(pkg_config);
    command.args(arguments).arg("aadaccess").env("PKG_CONFIG_PATH", folder.join("lib/pkgconfig"));
    run(&mut command).good().split_whitespace().map(String::from).collect()
}

#[test]
fn a_program_is_built_with_pkg_config_wherever_the_archive_lies() {
    let (Some(products), Some([cc, pkg_config])) = (products(), tools()) else { return };
    let first = Empty::new("unpacked");
    let moved = Empty::new("moved");
    let folder = moved.0.join("anywhere");
    fs::rename(unpacked(products, &first.0), &folder).expect("it can be moved");

    assert_eq!(said(&pkg_config, &folder, &["--modversion"]), [products.source.version.as_str()]);
    let program = moved.0.join("header");
    let mut command = Command::new(cc);
    command.args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]).arg(folder.join("examples/request.c"));
    command.args(said(&pkg_config, &folder, &["--cflags", "--libs"])).arg("-o").arg(&program);
    run(command.current_dir("/")).good();

    let world = World::new();
    let mut command = Command::new(&program);
    world.introduce(&mut command);
    command.env("AZURE_TENANT_ID", "contoso.example").env("AZURE_CLIENT_ID", "11111111-2222-3333-4444-555555555555");
    command.env("AZURE_CLIENT_SECRET", "s3cret-value-1").env_remove("AZURE_REFRESH_TOKEN");
    command.env("AZURE_AUTHORITY_HOST", world.endpoint.authority()).env("AADACCESS_CA_FILE", world.ca.pem_file());
    command.env("LD_LIBRARY_PATH", folder.join("lib")).env("DYLD_LIBRARY_PATH", folder.join("lib"));
    let output = run(&mut command).good();
    assert!(output.starts_with(&format!("Authorization: Bearer {}\n", world.last_token())), "{output}");
}

#[test]
fn windows_import_libraries_link() {
    let Some(products) = products() else { return };
    for target in products.targets.iter().filter(|it| it.system == System::Windows) {
        let name = format!("aadaccess-{}-{}", products.source.version, target.rid);
        let place = Empty::new("windows");
        let files = products.unzipped(&format!("{name}.zip"));
        unpack(&files, &place.0);
        let folder = place.0.join(&name);
        for part in ["bin/aadaccess.dll", "lib/aadaccess.def", "lib/aadaccess.lib", "lib/libaadaccess.dll.a"] {
            assert!(folder.join(part).is_file(), "{part}");
        }
        let definition = fs::read_to_string(folder.join("lib/aadaccess.def")).unwrap();
        let listed = definition.lines().skip(2).map(|it| it.trim().to_string()).collect();
        assert_eq!(products.source.functions().unwrap(), listed);
        let Some(gcc) = mingw(target.rid) else { continue };
        for library in ["lib/aadaccess.lib", "lib/libaadaccess.dll.a"] {
            let program = place.0.join("header.exe");
            let mut command = Command::new(&gcc[0]);
            command.args(&gcc[1..]).arg(folder.join("examples/header.c")).arg("-I").arg(folder.join("include"));
            run(command.arg(folder.join(library)).arg("-o").arg(&program)).good();
            let bytes = fs::read(&program).expect("a program");
            assert!(bytes.windows(13).any(|it| it == b"aadaccess.dll"), "{library}");
            fs::remove_file(&program).expect("it is there");
        }
    }
}

/// What compiles C for it here: MinGW's GCC, or zig, which is what linked the library.
fn mingw(rid: &str) -> Option<Vec<String>> {
    let zig = |triple: &str| ["cargo-zigbuild", "zig", "cc", "--", "-target", triple].map(String::from).to_vec();
    match rid {
        "win-x64" => {
            let gcc = find_on_path("x86_64-w64-mingw32-gcc");
            let gcc = tool_or_skip("packages", gcc, "no x86_64-w64-mingw32-gcc on PATH")?;
            Some(vec![gcc.display().to_string()])
        }
        "win-x86" => Some(zig("x86-windows-gnu")),
        _ => Some(zig("aarch64-windows-gnu")),
    }
}
