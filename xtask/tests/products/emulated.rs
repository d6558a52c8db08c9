//! Linux libraries of other systems than this one, where they can be run: arm64 by QEMU, musl by its own loader. zig, which
//! linked the libraries, compiles the program.

use std::path::{Path, PathBuf};
use std::process::Command;

use aadaccess_test_support::{find_on_path, tool_or_skip};

use super::made::{Empty, Products, own_rid, products};
use crate::foreign::{World, run};

/// The long C example of the archive, linked to the library beside it, or nothing when that target was not built.
fn program(products: &Products, rid: &str, triple: &str, place: &Path) -> Option<PathBuf> {
    products.targets.iter().find(|it| it.rid == rid && it.rid != own_rid())?;
    let name = format!("aadaccess-{}-{rid}", products.source.version);
    let bytes = products.read(&format!("{name}.tar.gz"));
    tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice())).unpack(place).expect("it can be unpacked");
    let folder = place.join(name);
    let program = folder.join("request");
    let mut command = Command::new("cargo-zigbuild");
    command.args(["zig", "cc", "--", "-target", triple, "-dynamic"]).arg(folder.join("examples/request.c"));
    command.arg("-I").arg(folder.join("include")).arg(folder.join("lib/libaadaccess.so")).arg("-o").arg(&program);
    run(&mut command).good();
    Some(program)
}

fn assert_gets_a_token(mut command: Command, program: &Path) {
    let world = World::new();
    world.introduce(command.arg(program));
    command.env("AZURE_TENANT_ID", "contoso.example").env("AZURE_CLIENT_ID", "11111111-2222-3333-4444-555555555555");
    command.env("AZURE_CLIENT_SECRET", "s3cret-value-1").env_remove("AZURE_REFRESH_TOKEN");
    command.env("AZURE_AUTHORITY_HOST", world.endpoint.authority()).env("AADACCESS_CA_FILE", world.ca.pem_file());
    command.env("LD_LIBRARY_PATH", program.parent().expect("a folder").join("lib"));
    let output = run(&mut command).good();
    assert!(output.starts_with(&format!("Authorization: Bearer {}\n", world.last_token())), "{output}");
}

#[test]
fn arm64_gets_a_token() {
    let Some(products) = products() else { return };
    let place = Empty::new("arm64");
    let Some(program) = program(products, "linux-arm64", "aarch64-linux-gnu.2.17", &place.0) else { return };
    let libraries = "/usr/aarch64-linux-gnu";
    let qemu = find_on_path("qemu-aarch64-static").filter(|_| Path::new(libraries).is_dir());
    let missing = "no qemu-aarch64-static with /usr/aarch64-linux-gnu: qemu-user-static and libc6-arm64-cross";
    let Some(qemu) = tool_or_skip("qemu", qemu, missing) else { return };
    let mut command = Command::new(qemu);
    command.args(["-L", libraries]);
    assert_gets_a_token(command, &program);
}

#[test]
fn musl_gets_a_token() {
    let Some(products) = products() else { return };
    let place = Empty::new("musl");
    let Some(program) = program(products, "linux-musl-x64", "x86_64-linux-musl", &place.0) else { return };
    let loader = PathBuf::from("/lib/ld-musl-x86_64.so.1");
    // Rust's standard library wants statx, which musl has since 1.2.5.
    let version = Command::new(&loader).output().ok().map(|it| String::from_utf8_lossy(&it.stderr).into_owned());
    let number = version.as_deref().and_then(|it| it.split("Version ").nth(1)).and_then(|it| it.lines().next());
    let new = number.is_some_and(|it| it.split('.').filter_map(|it| it.parse::<u32>().ok()).ge([1, 2, 5]));
    let missing = format!("musl 1.2.5 or later is needed, and there is {}", number.unwrap_or("none"));
    let Some(loader) = tool_or_skip("musl", Some(loader).filter(|_| new), &missing) else { return };
    assert_gets_a_token(Command::new(loader), &program);
}
