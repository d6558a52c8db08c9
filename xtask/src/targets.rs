//! The eight systems and how a library for each is built.

/// What the file formats and names depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// PE, `aadaccess.dll`.
    Windows,
    /// ELF with glibc 2.17, `libaadaccess.so`.
    Linux,
    /// ELF with musl.
    Musl,
    /// Mach-O, `libaadaccess.dylib`.
    MacOs,
}

impl System {
    /// The library's file name.
    pub fn library(self) -> &'static str {
        match self {
            System::Windows => "aadaccess.dll",
            System::Linux | System::Musl => "libaadaccess.so",
            System::MacOs => "libaadaccess.dylib",
        }
    }
}

/// What links it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linker {
    /// The tools of the system itself, so only there: its name as in `std::env::consts::OS`.
    Own(&'static str),
    /// cargo-zigbuild; for glibc with the version that it must load on.
    Zig(&'static str),
    /// This GCC of MinGW.
    Mingw(&'static str),
}

/// One way to a library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// Rust's name of the target.
    pub triple: &'static str,
    /// What links it.
    pub linker: Linker,
}

/// One system that packages carry a library for.
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    /// .NET's name of it.
    pub rid: &'static str,
    /// Its family.
    pub system: System,
    /// The ways to build it, best first.
    pub ways: &'static [Way],
}

/// The newest glibc whose symbols a library may ask for.
pub const GLIBC: (u32, u32) = (2, 17);

const fn own(triple: &'static str, os: &'static str) -> Way {
    Way { triple, linker: Linker::Own(os) }
}

const fn zig(triple: &'static str, glibc: &'static str) -> Way {
    Way { triple, linker: Linker::Zig(glibc) }
}

/// All eight, in the order of every list.
pub const TARGETS: [Target; 8] = [
    Target {
        rid: "win-x64",
        system: System::Windows,
        ways: &[
            own("x86_64-pc-windows-msvc", "windows"),
            Way { triple: "x86_64-pc-windows-gnu", linker: Linker::Mingw("x86_64-w64-mingw32-gcc") },
        ],
    },
    Target {
        rid: "win-x86",
        system: System::Windows,
        ways: &[own("i686-pc-windows-msvc", "windows"), zig("i686-pc-windows-gnullvm", "")],
    },
    Target {
        rid: "win-arm64",
        system: System::Windows,
        ways: &[own("aarch64-pc-windows-msvc", "windows"), zig("aarch64-pc-windows-gnullvm", "")],
    },
    Target { rid: "linux-x64", system: System::Linux, ways: &[zig("x86_64-unknown-linux-gnu", ".2.17")] },
    Target { rid: "linux-arm64", system: System::Linux, ways: &[zig("aarch64-unknown-linux-gnu", ".2.17")] },
    Target { rid: "linux-musl-x64", system: System::Musl, ways: &[zig("x86_64-unknown-linux-musl", "")] },
    Target { rid: "osx-x64", system: System::MacOs, ways: &[own("x86_64-apple-darwin", "macos")] },
    Target { rid: "osx-arm64", system: System::MacOs, ways: &[own("aarch64-apple-darwin", "macos")] },
];

/// The one of this name.
///
/// # Errors
/// There is none; the sentence lists the eight.
pub fn find(rid: &str) -> crate::Result<&'static Target> {
    TARGETS.iter().find(|it| it.rid == rid).ok_or_else(|| {
        let all: Vec<_> = TARGETS.iter().map(|it| it.rid).collect();
        format!("there is no target '{rid}'; the targets are {}", all.join(", "))
    })
}

impl Target {
    /// Where its library lies in a package, and below the folder of `--libraries`.
    pub fn path(&self) -> String {
        format!("runtimes/{}/native/{}", self.rid, self.system.library())
    }
}
