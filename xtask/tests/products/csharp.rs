//! The NuGet package for C#: laid out as NuGet does, compiled and run.

use std::path::{Path, PathBuf};
use std::process::Command;

use aadaccess_test_support::{find_on_path, tool_or_skip};

use super::made::{Empty, own_target, products, unpack};
use crate::foreign::{World, run};

fn mono(name: &str) -> Option<PathBuf> {
    if cfg!(windows) {
        return None;
    }
    tool_or_skip("csharp", find_on_path(name), &format!("no {name} on PATH"))
}

const PROGRAM: &str = r#"
using System;
using AadAccess;

internal static class Program
{
    private static void Main()
    {
        var request = new TokenRequest
        {
            TenantId = "contoso.example",
            ClientId = "11111111-2222-3333-4444-555555555555",
            ClientSecret = "s3cret-value-1",
            Authority = Environment.GetEnvironmentVariable("TEST_AUTHORITY"),
            CACertificatePath = Environment.GetEnvironmentVariable("TEST_CA_FILE")
        };
        Console.WriteLine(EntraAccess.LibraryVersion);
        Console.WriteLine(EntraAccess.GetTokenAsync(request).Result.Header);
    }
}
"#;

fn assert_runs(mono: &Path, program: &Path, version: &str) {
    let world = World::new();
    let mut command = Command::new(mono);
    world.introduce(command.arg(program)).env_remove("LD_LIBRARY_PATH").env_remove("DYLD_LIBRARY_PATH");
    let output = run(&mut command).good();
    assert_eq!(output, format!("{version}\nBearer {}\n", world.last_token()));
}

#[test]
fn the_content_compiles_and_finds_the_library() {
    let (Some(products), Some(mcs), Some(mono)) = (products(), mono("mcs"), mono("mono")) else { return };
    let place = Empty::new("csharp");
    let package = place.0.join("packages/AadAccess");
    unpack(&products.unzipped(&products.csharp_nupkg()), &package);
    std::fs::write(place.0.join("Program.cs"), PROGRAM).unwrap();
    let program = place.0.join("program.exe");
    let mut command = Command::new(mcs);
    command.args(["-warnaserror", "-nologo"]).arg(format!("-out:{}", program.display()));
    command.arg(place.0.join("Program.cs")).arg(package.join("contentFiles/cs/any/AadAccess.cs"));
    run(&mut command).good();
    let native = package.join(own_target().path());
    std::fs::copy(&native, place.0.join(native.file_name().unwrap())).unwrap();
    assert_runs(&mono, &program, &products.source.version);
}

const PROJECT: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<Project ToolsVersion="4.0" DefaultTargets="Build" xmlns="http://schemas.microsoft.com/developer/msbuild/2003">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <AssemblyName>program</AssemblyName>
    <TargetFrameworkVersion>v4.5</TargetFrameworkVersion>
    <OutputPath>bin/</OutputPath>
    AADACCESS_PROPERTIES
  </PropertyGroup>
  <ItemGroup>
    <Reference Include="System" />
    <Reference Include="System.Core" />
    <Compile Include="Program.cs" />
    <Compile Include="packages/AadAccess/content/AadAccess.cs" />
  </ItemGroup>
  <Import Project="$(MSBuildToolsPath)/Microsoft.CSharp.targets" />
  <Import Project="packages/AadAccess/build/AadAccess.targets" />
  <Target Name="Show">
    <Message Importance="high" Text="chosen: $(AadAccessRuntimeIdentifier) $(AadAccessNativeLibrary)." />
  </Target>
</Project>
"#;

#[test]
fn the_platform_chooses_the_library() {
    let (Some(products), Some(xbuild)) = (products(), mono("xbuild")) else { return };
    let place = Empty::new("platform");
    unpack(&products.unzipped(&products.csharp_nupkg()), &place.0.join("packages/AadAccess"));
    std::fs::write(place.0.join("program.csproj"), PROJECT.replace("AADACCESS_PROPERTIES", "")).unwrap();
    for (properties, chosen) in [
        ("/p:PlatformTarget=x86", "win-x86 aadaccess.dll"),
        ("/p:PlatformTarget=x64", "win-x64 aadaccess.dll"),
        ("/p:PlatformTarget=x64;Prefer32Bit=true", "win-x64 aadaccess.dll"),
        ("/p:PlatformTarget=ARM64", "win-arm64 aadaccess.dll"),
        ("/p:PlatformTarget=AnyCPU", "win-x64 aadaccess.dll"),
        ("/p:PlatformTarget=AnyCPU;Prefer32Bit=true", "win-x86 aadaccess.dll"),
        ("/p:AadAccessRuntimeIdentifier=win-x86", "win-x86 aadaccess.dll"),
        ("/p:AadAccessRuntimeIdentifier=osx-arm64", "osx-arm64 libaadaccess.dylib"),
    ] {
        let mut command = Command::new(&xbuild);
        command.args(["/nologo", "/t:Show", "/p:OS=Windows_NT", properties, "program.csproj"]).current_dir(&place.0);
        let output = run(&mut command).good();
        assert!(output.contains(&format!("chosen: {chosen}.")), "{properties}: {output}");
    }
}

/// Another build tool than MSBuild itself, but it reads the same files; Debian has it as mono-xbuild, without the reference
/// assemblies: the compiler's own are taken.
#[test]
fn a_net_framework_project_gets_the_library_beside_the_program() {
    let (Some(products), Some(xbuild), Some(mono)) = (products(), mono("xbuild"), mono("mono")) else { return };
    let rid = own_target().rid;
    let copies = ["", "<AadAccessCopyNativeLibrary>false</AadAccessCopyNativeLibrary>"];
    for (properties, copied) in copies.into_iter().zip([true, false]) {
        let place = Empty::new("project");
        unpack(&products.unzipped(&products.csharp_nupkg()), &place.0.join("packages/AadAccess"));
        std::fs::write(place.0.join("Program.cs"), PROGRAM).unwrap();
        let properties = format!("{properties}<AadAccessRuntimeIdentifier>{rid}</AadAccessRuntimeIdentifier>");
        let properties = if rid == "linux-x64" && copied { String::new() } else { properties };
        std::fs::write(place.0.join("program.csproj"), PROJECT.replace("AADACCESS_PROPERTIES", &properties)).unwrap();
        let mut command = Command::new(&xbuild);
        run(command
            .args(["/nologo", "/verbosity:minimal", "/p:NoCompilerStandardLib=false", "program.csproj"])
            .current_dir(&place.0))
        .good();
        assert_eq!(place.0.join("bin").join(own_target().system.library()).is_file(), copied);
        if copied {
            assert_runs(&mono, &place.0.join("bin/program.exe"), &products.source.version);
        }
    }
}
