//! What must be true of every library before it goes into a package.

use std::collections::BTreeSet;

use crate::targets::{GLIBC, System, Target};
use crate::{Result, inspect};

/// One library, in bytes.
const LIBRARY_LIMIT: usize = 2_000_000;
/// The packed PowerShell module, in bytes.
pub const MODULE_LIMIT: usize = 8_000_000;

/// What an ELF library may load: parts of the C library, nothing else.
const ELF_NEEDS: [&str; 9] = [
    "libc.so.6",
    "libm.so.6",
    "libdl.so.2",
    "libpthread.so.0",
    "librt.so.1",
    "ld-linux-x86-64.so.2",
    "ld-linux-aarch64.so.1",
    "libc.so",
    "libc.musl-x86_64.so.1",
];

/// # Errors
/// A sentence that names the target and what is wrong.
pub fn library(target: &Target, bytes: &[u8], functions: &BTreeSet<String>) -> Result<()> {
    let fail = |what: String| Err(format!("the library for {} is not fit to be packed: {what}", target.rid));
    let architecture = inspect::processor(bytes).or_else(|sentence| fail(sentence).map(|()| ""))?;
    if !target.rid.ends_with(&format!("-{architecture}")) {
        return fail(format!("it is made for {architecture}"));
    }
    if bytes.len() > LIBRARY_LIMIT {
        return fail(format!("it has {} bytes, and {LIBRARY_LIMIT} are allowed", bytes.len()));
    }
    let exports = inspect::exports(bytes)?;
    if exports != *functions {
        let more: Vec<_> = exports.difference(functions).take(5).collect();
        let less: Vec<_> = functions.difference(&exports).collect();
        return fail(format!("it exports {} names; not in the header: {more:?}, missing: {less:?}", exports.len()));
    }
    match target.system {
        System::Linux => {
            let highest = inspect::highest_glibc(bytes)?;
            if highest.is_none_or(|it| it > GLIBC) {
                return fail(format!("it needs glibc {highest:?}, and {GLIBC:?} is allowed"));
            }
            elf(bytes).or_else(fail)
        }
        System::Musl if inspect::highest_glibc(bytes)?.is_some() => fail("it needs glibc".into()),
        System::Musl => elf(bytes).or_else(fail),
        System::Windows | System::MacOs => Ok(()),
    }
}

fn elf(bytes: &[u8]) -> Result<()> {
    let needed = inspect::needed(bytes)?;
    match needed.iter().find(|it| !ELF_NEEDS.contains(&it.as_str())) {
        Some(other) => Err(format!("it loads {other}")),
        None => Ok(()),
    }
}
