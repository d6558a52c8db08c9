//! The PowerShell module, found by its name on a module path.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aadaccess_test_support::{find_on_path, tool_or_skip};

use super::made::{Empty, own_target, products, unpack};
use crate::foreign::{Outcome, World, run};

fn pwsh() -> Option<PathBuf> {
    let named = std::env::var_os("AADACCESS_PWSH").map(PathBuf::from);
    tool_or_skip("powershell", named.or_else(|| find_on_path("pwsh")), "no pwsh on PATH or in AADACCESS_PWSH")
}

/// Runs a script in an empty folder; modules are found on this path.
fn powershell(pwsh: &Path, modules: &Path, world: &World, script: &str) -> Outcome {
    let folder = Empty::new("somewhere");
    let file = folder.0.join("script.ps1");
    fs::write(&file, script).expect("a script");
    let mut command = Command::new(pwsh);
    command.args(["-NoProfile", "-NonInteractive", "-File"]).arg(&file).current_dir(&folder.0);
    world.introduce(&mut command).env("PSModulePath", modules).env_remove("AADACCESS_LIBRARY");
    run(&mut command)
}

const USE: &str = r#"
$ErrorActionPreference = 'Stop'
$settings = @{ Authority = $env:TEST_AUTHORITY; CACertificatePath = $env:TEST_CA_FILE }
Build-AzureADApplicationAccessHeader -tenantid contoso.example -clientid 11111111-2222-3333-4444-555555555555 -clientSecret s3cret-value-1 @settings
$module = (Get-Command Build-AzureADApplicationAccessHeader).Module
[Console]::WriteLine($module.ModuleBase)
[Console]::WriteLine("$($module.Version)")
[Console]::WriteLine($Header.Authorization)
"#;

fn assert_works(pwsh: &Path, modules: &Path, version: &str) {
    for import in ["", "Import-Module AzureADApplicationAccess -DisableNameChecking\n"] {
        let world = World::new();
        let said = powershell(pwsh, modules, &world, &format!("{import}{USE}")).good();
        let lines: Vec<_> = said.lines().collect();
        assert_eq!(lines.len(), 4, "{said}");
        let base = modules.join("AzureADApplicationAccess").join(version);
        assert_eq!(Path::new(lines[1]), base, "{said}");
        assert_eq!(lines[2], version, "{said}");
        assert_eq!(lines[3], format!("Bearer {}", world.last_token()), "{said}");
    }
}

#[test]
fn the_plain_module_is_used_by_name() {
    let (Some(products), Some(pwsh)) = (products(), pwsh()) else { return };
    let modules = Empty::new("modules");
    unpack(&products.unzipped(&products.module_zip()), &modules.0);
    assert_works(&pwsh, &modules.0, &products.source.version);
}

/// What Install-PSResource and Install-Module leave of a package: all but the envelope, in a folder for the version.
fn installed(files: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    let envelope = |name: &str| {
        name.starts_with("_rels/")
            || name.starts_with("package/")
            || name == "[Content_Types].xml"
            || name.ends_with(".nuspec")
    };
    files.into_iter().filter(|(name, _)| !envelope(name)).collect()
}

#[test]
fn the_gallery_package_is_used_by_name() {
    let (Some(products), Some(pwsh)) = (products(), pwsh()) else { return };
    let modules = Empty::new("modules");
    let files = installed(products.unzipped(&products.module_nupkg()));
    unpack(&files, &modules.0.join(products.module_folder()));
    assert_works(&pwsh, &modules.0, &products.source.version);
}

#[test]
fn the_manifest_is_clean() {
    let (Some(products), Some(pwsh)) = (products(), pwsh()) else { return };
    let modules = Empty::new("modules");
    unpack(&products.unzipped(&products.module_zip()), &modules.0);
    let script = format!(
        "$found = Test-ModuleManifest '{}/AzureADApplicationAccess.psd1' -WarningVariable warned\n\
         [Console]::WriteLine(\"$($Error.Count) $($warned.Count)\")\n\
         [Console]::WriteLine(($found.ExportedFunctions.Keys -join ' '))\n[Console]::WriteLine($found.ProjectUri)\n\
         [Console]::WriteLine($found.LicenseUri)\n[Console]::WriteLine($found.CompatiblePSEditions -join ' ')\n\
         [Console]::WriteLine($found.ReleaseNotes.Length -gt 50)\n[Console]::WriteLine(@($found.FileList).Count)\n\
         $nuspec = [xml][System.IO.File]::ReadAllText($env:TEST_NUSPEC)\n[Console]::WriteLine($nuspec.package.metadata.id)\n",
        modules.0.join(products.module_folder()).display()
    );
    let nuspec = modules.0.join("read.nuspec");
    fs::write(&nuspec, &products.unzipped(&products.module_nupkg())["AzureADApplicationAccess.nuspec"]).unwrap();
    let script = script.replace("$env:TEST_NUSPEC", &format!("'{}'", nuspec.display()));
    let said = powershell(&pwsh, &modules.0, &World::new(), &script).good();
    let count = products.unzipped(&products.module_zip()).len();
    let expected = format!(
        "0 0\nBuild-AzureADApplicationAccessHeader Get-AzureADApplicationAccessToken\nhttps://project.test/aadaccess\n\
         https://licenses.nuget.org/MIT\nDesktop Core\nTrue\n{count}\nAzureADApplicationAccess\n"
    );
    assert_eq!(said.replace("\r\n", "\n"), expected);
}

#[test]
fn without_a_library_for_this_system_it_imports_and_the_first_call_says_what_is_missing() {
    let (Some(products), Some(pwsh)) = (products(), pwsh()) else { return };
    let modules = Empty::new("modules");
    let own = own_target();
    let mut files = products.unzipped(&products.module_zip());
    let native = format!("{}/{}", products.module_folder(), own.path());
    let library = files.remove(&native).expect("the library");
    for other in ["osx-arm64", "win-arm64", "linux-arm64"].into_iter().filter(|it| *it != own.rid) {
        files.insert(
            format!("{}/runtimes/{other}/native/{}", products.module_folder(), own.system.library()),
            library.clone(),
        );
    }
    unpack(&files, &modules.0);
    let script = "Import-Module AzureADApplicationAccess -DisableNameChecking\n[Console]::WriteLine('imported')\n\
                  try { Get-AzureADApplicationAccessToken contoso.example app s3cret-value-1 -ErrorAction SilentlyContinue }\n\
                  catch { [Console]::WriteLine($_.FullyQualifiedErrorId); [Console]::WriteLine($_.Exception.Message) }\n";
    let said = powershell(&pwsh, &modules.0, &World::new(), script).good();
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines[..1], ["imported"], "{said}");
    assert!(lines[1].starts_with("AadAccess.LibraryNotFound"), "{said}");
    assert!(lines[2].contains(&format!("The native library for {} is missing", own.rid)), "{said}");
    for part in
        ["osx-arm64", "win-arm64", "Install-PSResource AzureADApplicationAccess", "release page", "AADACCESS_LIBRARY"]
    {
        assert!(lines[2].contains(part), "no {part} in {said}");
    }
    let listed = lines[2].split(" has libraries for ").nth(1).and_then(|it| it.split(" only.").next()).expect(&said);
    assert_eq!(listed.split(", ").collect::<Vec<_>>(), systems(&files), "{said}");
}

/// Those with a folder below `runtimes`, sorted.
fn systems(files: &BTreeMap<String, Vec<u8>>) -> Vec<&str> {
    let names = files.keys().filter_map(|name| name.split("/runtimes/").nth(1)?.split('/').next());
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}
