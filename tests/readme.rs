//! The README's own programs, word by word: compiled, and run against a loopback endpoint that a proxy puts in the place of
//! login.microsoftonline.com. Linux only, for `SSL_CERT_FILE` names the trust store there.
#![cfg(target_os = "linux")]

mod foreign;

use std::path::PathBuf;
use std::process::Command;

use aadaccess_test_support::{Proxy, Reply, built_library, find_on_path, tool_or_skip};
use foreign::{Outcome, World, project, run, scratch};

/// The first block in `language`, in a file of that name.
fn block(language: &str, file: &str) -> PathBuf {
    let readme = std::fs::read_to_string(project("README.md")).expect("the README");
    let (_, after) = readme.split_once(&format!("```{language}\n")).expect("a block in this language");
    let (code, _) = after.split_once("```").expect("the end of the block");
    let path = scratch("readme").join(file);
    std::fs::write(&path, code).expect("the scratch folder can be written");
    path
}

fn library_folder() -> PathBuf {
    let library = built_library().expect("cargo builds the library before the tests");
    library.parent().expect("a folder").to_owned()
}

/// Runs it as the README says, against a tenant that hands out a token.
fn prints_a_header(command: &mut Command) {
    let world = World::new();
    world.endpoint.script("contoso.onmicrosoft.com", [Reply::token()]);
    let proxy = Proxy::new().route("login.microsoftonline.com:443", world.endpoint.address());
    world.introduce(command);
    command
        .env("CLIENT_SECRET", "s3cret-value-1")
        .env("LD_LIBRARY_PATH", library_folder())
        .env("HTTPS_PROXY", proxy.url())
        .env("SSL_CERT_FILE", world.ca.pem_file())
        .env_remove("SSL_CERT_DIR");
    let Outcome { code, stdout, stderr } = run(command);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
    assert_eq!(stdout, format!("Bearer {}\n", world.last_token()));
    let requests = world.endpoint.requests("contoso.onmicrosoft.com");
    assert_eq!(requests[0].field("client_id"), Some("00001111-aaaa-2222-bbbb-3333cccc4444"));
}

#[test]
fn the_c_program() {
    let Some(cc) = tool_or_skip("c", find_on_path("cc"), "no C compiler cc on PATH") else { return };
    let program = scratch("readme").join("main");
    let mut command = Command::new(cc);
    command.args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]).arg("-I").arg(project("include"));
    command.arg(block("c", "main.c")).arg("-L").arg(library_folder()).args(["-laadaccess", "-o"]).arg(&program);
    run(&mut command).good();
    prints_a_header(&mut Command::new(program));
}

#[test]
fn the_csharp_program() {
    let Some(mcs) = tool_or_skip("csharp", find_on_path("mcs"), "no C# compiler mcs on PATH") else { return };
    let Some(mono) = tool_or_skip("csharp", find_on_path("mono"), "no mono on PATH") else { return };
    let program = scratch("readme").join("program.exe");
    let mut command = Command::new(mcs);
    command.args(["-warnaserror", "-nologo"]).arg(format!("-out:{}", program.display()));
    command.arg(block("csharp", "Program.cs")).arg(project("examples/csharp/AadAccess.cs"));
    run(&mut command).good();
    prints_a_header(Command::new(mono).arg(&program));
}

#[test]
fn the_powershell_parameters_that_it_names_exist() {
    let readme = std::fs::read_to_string(project("README.md")).expect("the README");
    let module = project("powershell/AzureADApplicationAccess/AzureADApplicationAccess.psm1");
    let functions = std::fs::read_to_string(module).expect("the module");
    let named: Vec<&str> = readme.split('`').filter_map(parameter).collect();
    assert!(named.contains(&"tenantid") && named.contains(&"CACertificatePath"), "{named:?}");
    for name in named {
        let known = functions.contains(&format!("${name},")) || functions.contains(&format!("${name}\n"));
        assert!(known || ["ErrorAction", "Verbose", "DisableNameChecking"].contains(&name), "-{name}");
    }
}

/// The name in `-Name` alone; the one-letter abbreviations aside.
fn parameter(code: &str) -> Option<&str> {
    code.strip_prefix('-').filter(|name| name.len() > 1 && name.chars().all(|c| c.is_ascii_alphanumeric()))
}
