//! The C and the C# door: the programs of `tests/c` and `tests/csharp`. Left out: `fork`, `reload` and `sigpipe`, which
//! are about POSIX (`unload` stands for `reload`), and C#'s `header` test, which needs a trust store named by a variable.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use aadaccess_test_support::{Reply, find_on_path, refresh, tool_or_skip};

use crate::foreign::{Outcome, Proxied, World, project, run, scratch};
use crate::wine::{Windows, text, windows, windows_path};

fn c_program(name: &str, folder: &str, linked: bool, prepare: impl FnOnce(&Windows, &mut Command)) -> Option<World> {
    let windows = windows()?;
    let library = windows.import_library();
    let more: &[&OsStr] = if linked { &[library.as_os_str()] } else { &[] };
    let program = windows.compile(&format!("{folder}/{name}.c"), more);
    let world = World::new();
    let mut command = windows.program(&program);
    world.introduce(&mut command);
    prepare(windows, &mut command);
    assert_eq!(text(run(&mut command)), format!("{name} ok\n"));
    Some(world)
}

#[test]
fn c_inputs() {
    c_program("inputs", "tests/c", true, |_, _| ());
}

#[test]
fn c_results() {
    c_program("results", "tests/c", true, |_, _| ());
}

#[test]
fn c_utf16() {
    if let Some(world) = c_program("utf16", "tests/c", true, |_, _| ()) {
        world.check_utf16();
    }
}

#[test]
fn c_threads() {
    c_program("threads", "tests/c", true, |_, _| ());
}

#[test]
fn c_unload_under_a_call() {
    c_program("unload", "tests/windows", false, |windows, command| {
        command.arg(windows_path(&windows.library));
    });
}

#[test]
fn the_long_c_example_prints_all_that_came() {
    let Some(windows) = windows() else { return };
    let program = windows.compile("examples/c/request.c", &[windows.import_library().as_os_str()]);
    let world = World::new();
    let mut command = windows.program(&program);
    world.introduce(&mut command);
    command
        .env("AZURE_TENANT_ID", "contoso.example")
        .env("AZURE_CLIENT_ID", "11111111-2222-3333-4444-555555555555")
        .env("AZURE_CLIENT_SECRET", "s3cret-value-1")
        .env("AZURE_REFRESH_TOKEN", "refresh-token-1")
        .env("AZURE_AUTHORITY_HOST", world.endpoint.authority())
        .env("AADACCESS_CA_FILE", world.ca.pem_file());
    let said = text(run(&mut command));
    assert!(said.starts_with(&format!("Authorization: Bearer {}\n", world.last_token())), "{said}");
    assert!(said.ends_with("New refresh token: refresh-token-2\n"), "{said}");
    let Outcome { code, stderr, .. } = run(command.env("AZURE_CLIENT_SECRET", "not-the-secret"));
    assert_eq!(code, Some(1));
    assert!(stderr.contains("AADSTS7000215"), "{stderr}");
}

/// On the .NET that PowerShell brings along. The DLL lies beside the program, and nowhere else.
const IN_POWERSHELL: &str = "$program = [Reflection.Assembly]::LoadFile($env:TEST_PROGRAM); \
    exit $program.EntryPoint.Invoke($null, [object[]]@(, [string[]]@($env:TEST_ARGUMENT)))";

fn csharp(windows: &Windows, name: &str, library: Option<&Path>) -> Option<Command> {
    let mcs = tool_or_skip("csharp", find_on_path("mcs"), "no C# compiler mcs on PATH")?;
    let folder = scratch("windows").join("csharp").join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    let program = folder.join("tests.exe");
    let sources = std::fs::read_dir(project("tests/csharp")).expect("a folder");
    let sources = sources.map(|entry| entry.expect("an entry").path());
    let mut compiler = Command::new(mcs);
    compiler.args(["-nologo", "-debug-", "-langversion:6"]).arg(format!("-out:{}", program.display()));
    run(compiler.args(sources).arg(project("examples/csharp/AadAccess.cs"))).good();
    if let Some(library) = library {
        refresh(library, &folder.join("aadaccess.dll"));
    }
    let mut command = windows.pwsh();
    command.args(["-Command", IN_POWERSHELL]).env("TEST_PROGRAM", windows_path(&program)).env("TEST_ARGUMENT", name);
    Some(command)
}

fn csharp_program(name: &str, prepare: impl FnOnce(&World, &mut Command), look: impl FnOnce(&World)) {
    let Some(windows) = windows() else { return };
    let Some(mut command) = csharp(windows, name, Some(&windows.library)) else { return };
    let world = World::new();
    world.introduce(&mut command);
    prepare(&world, &mut command);
    assert_eq!(text(run(&mut command)), format!("{name} ok\n"));
    look(&world);
}

macro_rules! plain {
    ($($test:ident $name:literal),*) => { $(
        #[test]
        fn $test() {
            csharp_program($name, |_, _| (), |_| ());
        }
    )* };
}

plain!(
    csharp_token "token", csharp_refresh "refresh", csharp_errors "errors", csharp_cancel "cancel",
    csharp_parallel "parallel", csharp_threads "threads", csharp_handles "handles"
);

#[test]
fn csharp_secrets_arrive_bit_for_bit() {
    let any = |world: &World, _: &mut Command| world.endpoint.script("any.test.example", [Reply::token()]);
    csharp_program("secrets", any, World::check_secrets);
}

#[test]
fn csharp_proxies_of_the_running_process() {
    let proxied = Proxied::new();
    csharp_program("proxy", |_, command| proxied.introduce(command), |_| proxied.check());
}

#[test]
fn csharp_refuses_another_abi_and_a_missing_library() {
    let Some(windows) = windows() else { return };
    let folder: PathBuf = scratch("windows").join("other-abi");
    std::fs::create_dir_all(&folder).expect("a folder");
    let other = folder.join("aadaccess.dll");
    let source = "__declspec(dllexport) unsigned int aad_abi_version(void) { return 2; }\n";
    windows.other_library(&other, source, &[]);
    for (name, library) in [("abi", Some(other.as_path())), ("missing", None)] {
        let Some(mut command) = csharp(windows, name, library) else { return };
        assert_eq!(text(run(&mut command)), format!("{name} ok\n"));
    }
}
