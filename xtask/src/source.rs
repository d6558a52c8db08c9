//! What the project's own files say.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;

/// The project at one commit.
#[derive(Debug)]
pub struct Source {
    /// Its folder.
    pub root: PathBuf,
    /// Where cargo puts what it builds.
    pub target_dir: PathBuf,
    /// The version that everything agrees on.
    pub version: String,
    /// The time in every archive, in seconds since 1970: `SOURCE_DATE_EPOCH`, or the commit's.
    pub time: u64,
}

impl Source {
    /// The project that this program belongs to.
    ///
    /// # Errors
    /// See [`Source::at`].
    pub fn here() -> Result<Self> {
        let own = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = own.parent().ok_or("xtask lies in no folder")?.to_path_buf();
        let target_dir = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        Self::at(&root, &target_dir.join("package"))
    }

    /// The project in a folder.
    ///
    /// # Errors
    /// Its versions disagree, or its time is not known.
    pub fn at(root: &Path, target_dir: &Path) -> Result<Self> {
        let version = crate::versions::agreed(root)?;
        let time = match env::var("SOURCE_DATE_EPOCH") {
            Ok(text) => text.parse().map_err(|_| format!("SOURCE_DATE_EPOCH is '{text}', not a number of seconds"))?,
            Err(_) => commit_time(root)?,
        };
        let absolute = |path: &Path| std::path::absolute(path).map_err(|error| format!("{}: {error}", path.display()));
        Ok(Self { root: absolute(root)?, target_dir: absolute(target_dir)?, version, time })
    }

    /// A file's text, with line feeds only.
    ///
    /// # Errors
    /// It can't be read.
    pub fn text(&self, path: &str) -> Result<String> {
        let file = self.root.join(path);
        let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(text.replace("\r\n", "\n"))
    }

    /// The functions that `include/aadaccess.h` declares: what a library exports, no more and no less.
    ///
    /// # Errors
    /// It can't be read.
    pub fn functions(&self) -> Result<BTreeSet<String>> {
        Ok(declared(&self.text("include/aadaccess.h")?))
    }

    /// Cargo.toml's `repository`, when there is one.
    ///
    /// # Errors
    /// It can't be read.
    pub fn repository(&self) -> Result<Option<String>> {
        let manifest = self.text("Cargo.toml")?;
        let line = manifest.lines().find_map(|line| line.strip_prefix("repository = \""));
        Ok(line.map(|rest| rest.trim_end().trim_end_matches('"').to_string()))
    }
}

fn commit_time(root: &Path) -> Result<u64> {
    let output = Command::new("git").arg("-C").arg(root).args(["log", "-1", "--format=%ct"]).output();
    let text = output.ok().filter(|it| it.status.success()).and_then(|it| String::from_utf8(it.stdout).ok());
    text.and_then(|it| it.trim().parse().ok()).ok_or_else(|| {
        "the commit's time is not known: use git in a clone of the project, or set SOURCE_DATE_EPOCH".into()
    })
}

fn declared(header: &str) -> BTreeSet<String> {
    let code = header.lines().filter(|line| !line.trim_start().starts_with("//"));
    let calls = code.flat_map(|line| line.match_indices("aad_").map(move |(at, _)| &line[at..]));
    let names = calls.filter_map(|rest| {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?;
        rest[end..].starts_with('(').then(|| rest[..end].to_string())
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_found_and_types_and_comments_are_not() {
        let header = "// see aad_x()\ntypedef struct aad_call aad_call;\nstruct aad_call *aad_call_run(const struct \
                      aad_request *request);\nvoid aad_call_free(struct aad_call *call);\n";
        assert_eq!(declared(header).into_iter().collect::<Vec<_>>(), ["aad_call_free", "aad_call_run"]);
    }

    #[test]
    fn the_real_header_has_what_everything_begins_with() {
        let functions = Source::here().unwrap().functions().unwrap();
        for name in ["aad_abi_version", "aad_access_header", "aad_call_begin", "aad_request_set_text"] {
            assert!(functions.contains(name), "{functions:?}");
        }
    }
}
