//! The command line.

use std::path::PathBuf;

use crate::Result;
use crate::targets::{self, TARGETS, Target};

/// What `cargo xtask` can do.
pub const USAGE: &str = "\
cargo xtask package [--targets a,b] [--out DIR]    builds the libraries and makes every product of them
cargo xtask package --libraries DIR [--require-all] [--out DIR]
                                                   makes the products of libraries that were built elsewhere
cargo xtask libraries [--targets a,b] [--out DIR]  builds the libraries only: DIR/runtimes/<rid>/native/

--targets a,b        win-x64 win-x86 win-arm64 linux-x64 linux-arm64 linux-musl-x64 osx-x64 osx-arm64;
                     without it all that this machine can build, and the others are named
--out DIR            default: dist
--require-all        fail when one of the eight is missing
--tag TAG            fail unless TAG is v<version> and CHANGELOG.md has a date for that version
--project-url URL    the project's address in the packages; default: `repository` in Cargo.toml
--module-files DIR   the scripts of an unpacked module with signatures added: they are packed as they are";

/// The command line, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Asked for by name; empty: all that can be built.
    pub targets: Vec<&'static Target>,
    /// Where the products go.
    pub out: PathBuf,
    /// Libraries that were built elsewhere.
    pub libraries: Option<PathBuf>,
    /// None of the eight may be missing.
    pub require_all: bool,
    /// The tag that is released.
    pub tag: Option<String>,
    /// The project's address.
    pub project_url: Option<String>,
    /// The packed module's scripts, signed.
    pub module_files: Option<PathBuf>,
}

impl Options {
    /// Reads what follows the command.
    ///
    /// # Errors
    /// A sentence that names the argument.
    pub fn read(arguments: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut options = Options { out: "dist".into(), ..Options::default() };
        let mut arguments = arguments.into_iter();
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{name} needs a value"));
            match name.as_str() {
                "--targets" => {
                    for rid in value()?.split(',').map(str::trim) {
                        options.targets.push(targets::find(rid)?);
                    }
                    options.targets.sort_by_key(|it| TARGETS.iter().position(|other| other == *it));
                    options.targets.dedup();
                }
                "--out" => options.out = value()?.into(),
                "--libraries" => options.libraries = Some(value()?.into()),
                "--require-all" => options.require_all = true,
                "--tag" => options.tag = Some(value()?),
                "--project-url" => options.project_url = Some(value()?),
                "--module-files" => options.module_files = Some(value()?.into()),
                _ => return Err(format!("unknown argument '{name}'\n\n{USAGE}")),
            }
        }
        if options.libraries.is_some() && !options.targets.is_empty() {
            return Err("--targets says what to build, and with --libraries nothing is built: give one of them".into());
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Options> {
        Options::read(line.split_whitespace().map(String::from))
    }

    #[test]
    fn targets_are_known_sorted_and_named_once() {
        let options = read("--targets osx-x64,win-x64,osx-x64").unwrap();
        assert_eq!(options.targets.iter().map(|it| it.rid).collect::<Vec<_>>(), ["win-x64", "osx-x64"]);
        let error = read("--targets linux-x86").unwrap_err();
        assert!(error.contains("'linux-x86'") && error.contains("linux-musl-x64"), "{error}");
    }

    #[test]
    fn what_cannot_be_is_refused() {
        assert!(read("--out").unwrap_err().contains("--out needs a value"));
        assert!(read("--outt x").unwrap_err().contains("'--outt'"));
        assert!(read("--libraries x --targets win-x64").unwrap_err().contains("one of them"));
        assert_eq!(read("").unwrap().out, PathBuf::from("dist"));
    }
}
