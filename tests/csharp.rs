//! The C# door: `examples/csharp` and the program in `tests/csharp`, compiled by `mcs` without a warning and run by
//! `mono`, and by .NET where a PowerShell is there to lend it.
#![cfg(unix)]

mod foreign;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use aadaccess_test_support::{Proxy, Reply, built_library, find_on_path, tool_or_skip};
use foreign::{Outcome, Proxied, World, project, run, scratch};

/// Starts the program inside PowerShell's .NET.
const IN_POWERSHELL: &str = "$main = [Reflection.Assembly]::LoadFile($env:TEST_PROGRAM).EntryPoint; \
    $given = [object[]]::new($main.GetParameters().Length); \
    if ($given.Length) { $given[0] = [string[]]@($env:TEST_ARGUMENT) }; \
    exit $main.Invoke($null, $given)";

/// `None`, said aloud: no compiler or no runtime.
fn tools() -> Option<[PathBuf; 2]> {
    let mcs = tool_or_skip("csharp", find_on_path("mcs"), "no C# compiler mcs on PATH")?;
    let mono = tool_or_skip("csharp", find_on_path("mono"), "no mono on PATH")?;
    Some([mcs, mono])
}

/// What lends us a .NET newer than the Framework; without it `mono` alone runs the programs, and that is said once.
fn pwsh() -> Option<PathBuf> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let find = || {
        let named = std::env::var_os("AADACCESS_PWSH").map(PathBuf::from);
        let found = named.or_else(|| find_on_path("pwsh"));
        tool_or_skip("dotnet", found, "no pwsh on PATH to lend its .NET to the C# tests; mono runs them")
    };
    FOUND.get_or_init(find).clone()
}

fn compile(mcs: &Path, name: &str, dialect: &str, sources: &[PathBuf]) -> PathBuf {
    let program = scratch("csharp").join(name);
    let mut command = Command::new(mcs);
    command
        .args(["-warnaserror", "-warn:4", "-nologo", "-debug-"])
        .arg(format!("-langversion:{dialect}"))
        .arg(format!("-out:{}", program.display()))
        .args(sources);
    run(&mut command).good();
    program
}

fn binding() -> PathBuf {
    project("examples/csharp/AadAccess.cs")
}

fn tests_program(mcs: &Path) -> PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let make = || {
        let folder = std::fs::read_dir(project("tests/csharp")).expect("a folder");
        let paths = folder.map(|entry| entry.expect("an entry").path());
        let mut sources: Vec<PathBuf> = paths.collect();
        sources.push(binding());
        compile(mcs, "tests.exe", "6", &sources)
    };
    PROGRAM.get_or_init(make).clone()
}

/// Each runtime with a program and, maybe, an argument; the library is found in `folder`.
fn commands(mono: &Path, program: &Path, argument: &str, folder: &Path) -> Vec<Command> {
    let mut under_mono = Command::new(mono);
    under_mono.arg(program);
    if !argument.is_empty() {
        under_mono.arg(argument);
    }
    let mut all = vec![under_mono];
    if let Some(pwsh) = pwsh() {
        let mut under_net = Command::new(pwsh);
        under_net.args(["-NoProfile", "-NonInteractive", "-Command", IN_POWERSHELL]);
        under_net.env("TEST_PROGRAM", program);
        under_net.env("TEST_ARGUMENT", argument);
        all.push(under_net);
    }
    for command in &mut all {
        command.env("LD_LIBRARY_PATH", folder);
        command.env("DYLD_LIBRARY_PATH", folder);
    }
    all
}

/// Runs one test of the C# program, with each runtime against a world of its own.
fn program(name: &str, prepare: impl Fn(&World, &mut Command), look: impl Fn(&World)) {
    let Some([mcs, mono]) = tools() else { return };
    let library = built_library().expect("cargo builds the library before the tests");
    let folder = library.parent().expect("a folder");
    for mut command in commands(&mono, &tests_program(&mcs), name, folder) {
        let world = World::new();
        world.introduce(&mut command);
        prepare(&world, &mut command);
        assert_eq!(run(&mut command).good(), format!("{name} ok\n"));
        look(&world);
    }
}

fn plain(name: &str) {
    program(name, |_, _| (), |_| ());
}

#[test]
fn a_token_with_all_that_came() {
    plain("token");
}

#[test]
fn a_refresh_token_rotates() {
    plain("refresh");
}

#[test]
fn errors_have_their_parts() {
    plain("errors");
}

#[test]
fn cancellation_ends_at_once() {
    plain("cancel");
}

#[test]
fn many_at_once() {
    plain("parallel");
}

#[test]
fn waiting_occupies_no_thread() {
    plain("threads");
}

#[test]
fn handles_survive_collector_and_double_dispose() {
    plain("handles");
}

/// What the endpoint got is compared here, not in the program that sent it.
#[test]
fn secrets_arrive_bit_for_bit() {
    let any = |world: &World, _: &mut Command| world.endpoint.script("any.test.example", [Reply::token()]);
    program("secrets", any, World::check_secrets);
}

/// The binding reads the variables, for native code doesn't see those that were set in the process.
#[test]
fn proxies_of_the_running_process() {
    let Some(_) = tools() else { return };
    let proxied = Proxied::new();
    program("proxy", |_, command| proxied.introduce(command), |_| proxied.check());
}

/// Four values only: to the real authority's name, over a proxy that leads to our endpoint, with our trust store.
#[cfg(target_os = "linux")]
#[test]
fn a_header_from_four_values() {
    let Some(_) = tools() else { return };
    let host = World::new();
    let proxy = Proxy::new().route("login.microsoftonline.com:443", host.endpoint.address());
    let prepare = |_: &World, command: &mut Command| {
        command.env("HTTPS_PROXY", proxy.url());
        command.env("SSL_CERT_FILE", host.ca.pem_file());
        command.env_remove("SSL_CERT_DIR");
    };
    program("header", prepare, |_| ());
    assert!(host.endpoint.count("contoso.example") >= 3);
}

#[test]
fn another_abi_is_refused_in_a_sentence() {
    let Some([mcs, mono]) = tools() else { return };
    let missing = "no C compiler cc on PATH, for a library with another ABI version";
    let Some(cc) = tool_or_skip("c", find_on_path("cc"), missing) else {
        return;
    };
    let folder = scratch("csharp-other-abi");
    let source = folder.join("other.c");
    std::fs::write(&source, "unsigned int aad_abi_version(void) { return 2; }\n").expect("a file");
    let name = if cfg!(target_os = "macos") { "libaadaccess.dylib" } else { "libaadaccess.so" };
    let mut command = Command::new(cc);
    command.args(["-shared", "-fPIC", "-o"]).arg(folder.join(name)).arg(&source);
    run(&mut command).good();
    for mut command in commands(&mono, &tests_program(&mcs), "abi", &folder) {
        assert_eq!(run(&mut command).good(), "abi ok\n");
    }
}

#[test]
fn a_missing_library_is_refused_in_a_sentence() {
    let Some([mcs, mono]) = tools() else { return };
    for mut command in commands(&mono, &tests_program(&mcs), "missing", &scratch("csharp-empty")) {
        assert_eq!(run(&mut command).good(), "missing ok\n");
    }
}

/// C# 5 is what the compiler knows that .NET Framework itself brings along.
#[test]
fn the_example_prints_a_header_or_the_error() {
    let Some([mcs, mono]) = tools() else { return };
    let sources = [project("examples/csharp/Program.cs"), binding()];
    let program = compile(&mcs, "example.exe", "5", &sources);
    let library = built_library().expect("cargo builds the library before the tests");
    for mut command in commands(&mono, &program, "", library.parent().expect("a folder")) {
        let world = World::new();
        world.introduce(&mut command);
        command
            .env("AZURE_TENANT_ID", "contoso.example")
            .env("AZURE_CLIENT_ID", "11111111-2222-3333-4444-555555555555")
            .env("AZURE_CLIENT_SECRET", "s3cret-value-1")
            .env("AZURE_REFRESH_TOKEN", "")
            .env("AZURE_AUTHORITY_HOST", world.endpoint.authority())
            .env("AADACCESS_CA_FILE", world.ca.pem_file());
        let said = run(&mut command).good();
        assert_eq!(said, format!("Authorization: Bearer {}\n", world.last_token()));

        let Outcome { code, stdout, stderr } = run(command.env("AZURE_CLIENT_SECRET", "not-the-secret"));
        assert_eq!((code, stdout.as_str()), (Some(1), ""));
        assert!(stderr.starts_with("OAuth: ") && stderr.contains("AADSTS7000215"), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");

        run(command.env("AZURE_CLIENT_SECRET", "").env("AZURE_REFRESH_TOKEN", "refresh-token-1"));
        assert_eq!(world.endpoint.requests("contoso.example").len(), 3);
    }
}
