//! A Windows to test on: the library cross-built for it, and Wine with a prefix of its own.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use aadaccess_test_support::{find_on_path, refresh, tool_or_skip};

use crate::foreign::{Outcome, project, run, scratch};

const TARGET: &str = "x86_64-pc-windows-gnu";
const NOT_ASKED: &str =
    "set AADACCESS_WINDOWS=1, or name windows in AADACCESS_REQUIRE, to build the DLL and run it in Wine";

/// What is needed, and where it comes from on Debian.
struct Tools {
    /// With the standard library's source, where the present toolchain can't build for Windows.
    rustc: Option<PathBuf>,
    gcc: PathBuf,
    wine: PathBuf,
    pwsh: PathBuf,
}

pub struct Windows {
    tools: Tools,
    prefix: PathBuf,
    pub library: PathBuf,
}

/// `None`, said aloud once: it was not asked for, or a tool is missing.
pub fn windows() -> Option<&'static Windows> {
    static WINDOWS: OnceLock<Option<Windows>> = OnceLock::new();
    let find = || {
        let asked = std::env::var("AADACCESS_WINDOWS").is_ok_and(|it| it == "1");
        let required =
            std::env::var("AADACCESS_REQUIRE").is_ok_and(|it| it.split(',').any(|it| it.trim() == "windows"));
        let tools = if asked || required { Tools::find() } else { Err(NOT_ASKED.to_owned()) };
        let missing = tools.as_ref().err().cloned().unwrap_or_default();
        tool_or_skip("windows", tools.is_ok().then(PathBuf::new), &missing)?;
        tools.ok().map(Windows::prepare)
    };
    WINDOWS.get_or_init(find).as_ref()
}

impl Tools {
    fn find() -> Result<Self, String> {
        let wine = find_on_path("wine64").or_else(|| file("/usr/lib/wine/wine64"));
        let gcc = find_on_path("x86_64-w64-mingw32-gcc");
        let pwsh = find_on_path("pwsh-windows");
        let own = target_library(Path::new(&std::env::var_os("RUSTC").unwrap_or("rustc".into())));
        let debian = file("/usr/bin/rustc").filter(|rustc| standard_library_source(rustc));
        let mut missing = Vec::new();
        for (found, what) in [
            (wine.is_some(), "wine64"),
            (gcc.is_some(), "x86_64-w64-mingw32-gcc (package gcc-mingw-w64-x86-64-win32)"),
            (pwsh.is_some(), "pwsh-windows on PATH, a PowerShell that runs in Wine"),
            (
                own || debian.is_some(),
                "a Rust for x86_64-pc-windows-gnu (rustup target, or packages rustc-web rust-web-src)",
            ),
        ] {
            if !found {
                missing.push(what);
            }
        }
        match (wine, gcc, pwsh) {
            (Some(wine), Some(gcc), Some(pwsh)) if missing.is_empty() => {
                Ok(Self { rustc: debian.filter(|_| !own), gcc, wine, pwsh })
            }
            _ => Err(format!("missing: {}", missing.join("; "))),
        }
    }
}

fn file(path: &str) -> Option<PathBuf> {
    Some(PathBuf::from(path)).filter(|it| it.is_file())
}

fn printed(rustc: &Path, arguments: &[&str]) -> Option<PathBuf> {
    let output = Command::new(rustc).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| PathBuf::from(text.trim()))
}

fn target_library(rustc: &Path) -> bool {
    printed(rustc, &["--print", "target-libdir", "--target", TARGET]).is_some_and(|it| it.is_dir())
}

fn standard_library_source(rustc: &Path) -> bool {
    printed(rustc, &["--print", "sysroot"]).is_some_and(|it| it.join("lib/rustlib/src/rust/library").is_dir())
}

impl Windows {
    fn prepare(tools: Tools) -> Self {
        let folder = scratch("windows");
        let library = build(tools.rustc.as_deref());
        let windows = Self { tools, prefix: folder.join("prefix"), library };
        windows.make_prefix();
        windows
    }

    fn make_prefix(&self) {
        let complete = self.prefix.join("complete");
        if !complete.is_file() {
            let _ = std::fs::remove_dir_all(&self.prefix);
            std::fs::create_dir_all(&self.prefix).expect("a folder");
            // Without the offer to install Mono and Gecko.
            run(self.wine().args(["wineboot", "-i"]).env("WINEDLLOVERRIDES", "mscoree,mshtml=")).good();
        }
        let shim = scratch("windows").join("bcryptprimitives.dll");
        let source = project("tests/windows/bcryptprimitives.c");
        let mut command = self.compiler();
        command.args(["-shared", "-D_WIN32_WINNT=0x0601", "-o"]).arg(&shim).arg(source);
        run(command.args(["-ladvapi32", "-lcrypt32"])).good();
        std::fs::copy(&shim, self.prefix.join("drive_c/windows/system32/bcryptprimitives.dll")).expect("a copy");
        std::fs::write(complete, "").expect("a file");
    }

    /// What a program of Windows, or PowerShell, needs to find itself in our prefix.
    pub fn place<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("WINEPREFIX", &self.prefix)
            .env("WINEARCH", "win64")
            .env("WINEDEBUG", "-all")
            // Names of files are UTF-8.
            .env("LC_ALL", "C.UTF-8")
            // .NET's collector dies in Wine when code pages are mapped twice.
            .env("DOTNET_EnableWriteXorExecute", "0")
            .env_remove("AADACCESS_LIBRARY")
    }

    fn wine(&self) -> Command {
        let mut command = Command::new(&self.tools.wine);
        self.place(&mut command);
        command
    }

    pub fn program(&self, program: &Path) -> Command {
        let mut command = self.wine();
        command.arg(program);
        command
    }

    pub fn pwsh_path(&self) -> &Path {
        &self.tools.pwsh
    }

    pub fn pwsh(&self) -> Command {
        let mut command = Command::new(&self.tools.pwsh);
        command.args(["-NoProfile", "-NonInteractive"]);
        self.place(&mut command);
        command
    }

    pub fn compiler_path(&self) -> &Path {
        &self.tools.gcc
    }

    fn compiler(&self) -> Command {
        let mut command = Command::new(&self.tools.gcc);
        command.args(["-std=c99", "-Wall", "-Wextra", "-Werror"]);
        command
    }

    /// Compiles a source of the project as a program, linked as `more` says, with the library beside it.
    pub fn compile(&self, source: &str, more: &[&OsStr]) -> PathBuf {
        let folder = scratch("windows").join("c");
        std::fs::create_dir_all(&folder).expect("a folder");
        refresh(&self.library, &folder.join("aadaccess.dll"));
        let program = folder.join(source.replace(['/', '.'], "-") + ".exe");
        let mut command = self.compiler();
        command.arg("-pedantic").arg("-I").arg(project("include")).arg("-I").arg(project("tests/c"));
        run(command.arg("-o").arg(&program).arg(project(source)).args(more).args(["-static", "-lpthread"])).good();
        program
    }

    /// A DLL from a line of C, for tests that want another one than ours.
    pub fn other_library(&self, path: &Path, source: &str, more: &[&OsStr]) {
        let file = path.with_extension("c");
        std::fs::write(&file, source).expect("a file");
        run(self.compiler().args(["-shared", "-o"]).arg(path).arg(&file).args(more)).good();
    }

    pub fn import_library(&self) -> PathBuf {
        self.library.with_file_name("libaadaccess.dll.a")
    }
}

/// As Windows, inside Wine, calls a path of this machine.
pub fn windows_path(path: &Path) -> String {
    format!("Z:{}", path.display()).replace('/', "\\")
}

/// What it wrote, with the line ends of this machine.
pub fn text(outcome: Outcome) -> String {
    outcome.good().replace("\r\n", "\n")
}

/// The library as it is packaged, in a target folder of its own.
fn build(rustc: Option<&Path>) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("a folder").join("windows");
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    command
        .args(["rustc", "--quiet", "--release", "--lib", "--crate-type", "cdylib", "--target", TARGET, "--target-dir"])
        .arg(&target)
        .current_dir(project(""))
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    if let Some(rustc) = rustc {
        command.args(["-Z", "build-std=std,panic_unwind"]).env("RUSTC", rustc).env("RUSTC_BOOTSTRAP", "1");
    }
    // Minutes, when cold.
    let output = command.output().expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    target.join(TARGET).join("release/aadaccess.dll")
}
