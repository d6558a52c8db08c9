//! The PowerShell door: the whole suite of `tests/powershell.rs`, and what only Windows has (`tests/windows/*.ps1`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aadaccess_test_support::{Endpoint, Proxy, Reply, ServerCert, TestCa, install_module};

use crate::foreign::{PROXY_VARIABLES, project, run, scratch};
use crate::wine::{Windows, text, windows, windows_path};

const NAME: &str = "AzureADApplicationAccess";

/// The module as a package has it, with the one library of this system.
fn install(windows: &Windows, folder: &Path) {
    install_module(&project("powershell").join(NAME), folder, "win-x64", &windows.library);
}

/// A folder on the module path with the module in it.
fn modules(windows: &Windows, name: &str) -> PathBuf {
    let folder = scratch("windows").join("modules").join(name);
    install(windows, &folder.join(NAME));
    folder
}

fn command(windows: &Windows, script: &str, folder: &Path, authority: &str) -> Command {
    let mut command = windows.pwsh();
    for name in PROXY_VARIABLES {
        command.env_remove(name);
    }
    command
        .arg("-File")
        .arg(project("tests/windows").join(script))
        .env("TEST_AUTHORITY", authority)
        .env("TEST_FOLDER", windows_path(folder))
        .env("TEST_LIBRARY", windows_path(&windows.library))
        .env("PSModulePath", windows_path(folder))
        .env("TEST_MODULE", NAME);
    command
}

/// A script of assertions: it ends with 0 and has written no error beside them.
#[track_caller]
fn passes(command: &mut Command) {
    let outcome = run(command);
    let stderr = outcome.stderr.clone();
    let stdout = text(outcome);
    assert!(stdout.contains(" checks passed"), "{stdout}{stderr}");
    assert_eq!(stderr, "", "{stdout}");
}

#[test]
fn the_whole_powershell_suite() {
    let Some(windows) = windows() else { return };
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    // Module logging goes to syslog elsewhere, and here to an event log that Wine has not.
    command.args(["test", "--quiet", "--test", "powershell", "--", "--skip", "module_logging_holds_no_secret"]);
    command.current_dir(project(""));
    windows
        .place(&mut command)
        .env("AADACCESS_PWSH", windows.pwsh_path())
        .env("AADACCESS_PWSH_LIBRARY", windows_path(&windows.library))
        .env("AADACCESS_PWSH_CC", windows.compiler_path())
        .env("AADACCESS_REQUIRE", "c,powershell");
    let output = command.output().expect("cargo starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("test result: ok. ") && !said.contains("ok. 0 passed"), "{said}");
}

#[test]
fn folders_of_every_kind() {
    let Some(windows) = windows() else { return };
    let long =
        format!("{0}/{0}/{0}/{0}", "a folder with a name of seventy-seven characters, which four times is too long");
    let names = [
        "with blanks in it",
        "[brackets] [a-z]",
        "Uml\u{e4}ute \u{c4}\u{d6}\u{dc}\u{df}",
        "\u{4e2d}\u{6587}\u{6a21}\u{5757}",
        &long,
    ];
    for name in names {
        let endpoint = Endpoint::http().with_catalogue();
        let folder = modules(windows, name);
        assert!(name != long || windows_path(&folder).len() > 300);
        let mut command = command(windows, "folder.ps1", &folder, &endpoint.authority());
        if name.contains('[') {
            // In a module path the engine itself takes brackets for a pattern and finds nothing there by name.
            let path = windows_path(&folder.join(NAME).join(NAME)).replace('[', "`[").replace(']', "`]");
            command.env("TEST_MODULE", path + ".psd1");
        }
        passes(&mut command);
    }
}

#[test]
fn two_versions_in_one_process_and_an_update_meanwhile() {
    let Some(windows) = windows() else { return };
    let endpoint = Endpoint::http().with_catalogue();
    let folder = scratch("windows").join("modules/versions");
    let _ = fs::remove_dir_all(&folder);
    for version in ["0.1.0", "0.2.0", "0.3.0"] {
        // The last is installed by the script, while the others are in use.
        let parent = if version == "0.3.0" { folder.join("new") } else { folder.clone() };
        let module = parent.join(NAME).join(version);
        install(windows, &module);
        let manifest = module.join(format!("{NAME}.psd1"));
        let content = fs::read_to_string(&manifest).expect("a manifest");
        let line = format!("ModuleVersion        = '{version}'");
        let own = format!("ModuleVersion        = '{}'", env!("CARGO_PKG_VERSION"));
        assert!(content.contains(&own), "{content}");
        fs::write(manifest, content.replace(&own, &line)).expect("a file");
    }
    passes(&mut command(windows, "versions.ps1", &folder, &endpoint.authority()));
}

#[test]
fn files_that_cannot_be_loaded() {
    let Some(windows) = windows() else { return };
    let endpoint = Endpoint::http().with_catalogue();
    let folder = modules(windows, "refusals");
    let files = scratch("windows").join("refusals");
    let elsewhere = files.join("elsewhere");
    fs::create_dir_all(&elsewhere).expect("a folder");
    // A library that needs another one, which lies in the current folder and in PATH, but not beside it.
    let mark = files.join("loaded.txt");
    let _ = fs::remove_file(&mark);
    let needed = elsewhere.join("needed.dll");
    let path = windows_path(&mark).replace('\\', "\\\\");
    let main = format!(
        "#include <stdio.h>\n#include <windows.h>\n__declspec(dllexport) int needed(void) {{ return 1; }}\n\
         BOOL WINAPI DllMain(HINSTANCE a, DWORD b, void *c) {{ (void)a; (void)b; (void)c; \
         FILE *file = fopen(\"{path}\", \"w\"); if (file) fclose(file); return TRUE; }}\n"
    );
    windows.other_library(&needed, &main, &[]);
    let source =
        "int needed(void);\n__declspec(dllexport) unsigned aad_abi_version(void) { return (unsigned)needed(); }\n";
    windows.other_library(&files.join("needs.dll"), source, &[needed.as_os_str()]);
    windows.other_library(&files.join("other.dll"), "__declspec(dllexport) int other(void) { return 1; }\n", &[]);
    let abi = "__declspec(dllexport) unsigned aad_abi_version(void) { return 2; }\n";
    windows.other_library(&files.join("abi.dll"), abi, &[]);

    let mut command = command(windows, "refusals.ps1", &folder, &endpoint.authority());
    command
        .current_dir(&elsewhere)
        .env("WINEPATH", windows_path(&elsewhere))
        .env("TEST_FILES", windows_path(&files))
        .env("TEST_ELF", aadaccess_test_support::built_library().expect("built before the tests"));
    passes(&mut command);
    assert!(!mark.exists(), "a library was taken from the current folder or from PATH");
}

#[test]
fn trust_comes_from_the_certificate_store_and_refusals_are_named() {
    let Some(windows) = windows() else { return };
    let folder = modules(windows, "trust");
    let ca = TestCa::named("Pr\u{fc}fstelle \u{6e2c}\u{8a66}");
    let unusual = scratch("windows").join("Zertifikate \u{8a3c}\u{660e}\u{66f8}");
    fs::create_dir_all(&unusual).expect("a folder");
    fs::write(unusual.join("root [1].pem"), ca.pem()).expect("a file");
    let good = Endpoint::https(&ca).with_catalogue();
    let mut command = command(windows, "trust.ps1", &folder, &good.authority());
    command.env("TEST_CA_FILE", ca.pem_file()).env("TEST_UNUSUAL", windows_path(&unusual));
    let kinds = [
        ("EXPIRED", ServerCert::Expired),
        ("NOT_YET", ServerCert::NotYetValid),
        ("HOST", ServerCert::WrongHost),
        ("ISSUER", ServerCert::OtherIssuer),
    ];
    let bad = kinds.map(|(name, kind)| (name, Endpoint::https_with(&ca, kind)));
    for (name, endpoint) in &bad {
        command.env(format!("TEST_{name}"), endpoint.authority());
    }
    passes(&mut command);

    let step = |name: &str| {
        let mut command = self::command(windows, "store.ps1", &folder, &good.authority());
        passes(command.env("TEST_CA_FILE", ca.pem_file()).env("TEST_STEP", name));
    };
    step("add");
    step("trust");
    // Wine keeps what is removed from a store.
    let roots = r"HKCU\Software\Microsoft\SystemCertificates\Root\Certificates";
    run(windows.program(Path::new("reg")).args(["delete", roots, "/f"])).good();
    step("distrust");
}

#[test]
fn the_proxy_of_the_system() {
    let Some(windows) = windows() else { return };
    let ca = TestCa::new();
    let host = Endpoint::https(&ca).with_catalogue();
    let proxy = Proxy::new().route("login.test.example:443", host.address());
    let endpoint = Endpoint::http().with_catalogue();
    let mut command = command(windows, "proxy.ps1", &modules(windows, "proxy"), &endpoint.authority());
    passes(command.env("TEST_PROXY", proxy.url()).env("TEST_CA_FILE", ca.pem_file()));
    assert!(!proxy.connects().is_empty());
    assert!(proxy.connects().iter().all(|it| it.target == "login.test.example:443"), "{:?}", proxy.connects());
}

#[test]
fn texts_are_utf_8_whatever_the_code_page() {
    let Some(windows) = windows() else { return };
    let endpoint = Endpoint::http().with_catalogue();
    // tests/windows/texts.ps1 has the same text.
    let said = "Zugriff verweigert: Schl\u{fc}ssel abgelaufen \u{671f}\u{9650}\u{5207}\u{308c} \u{20ac}";
    let answer = serde_json::json!({"error": "access_denied", "error_description": said});
    endpoint.script("words.example", (0..4).map(|_| Reply::json(400, answer.clone())));
    passes(&mut command(windows, "texts.ps1", &modules(windows, "texts"), &endpoint.authority()));
}
