//! Temporary files with names that nobody else uses.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A path in the system's folder for temporary files that no other test uses; nothing is made there.
pub fn temp_path(stem: &str, suffix: &str) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
    let name =
        format!("aadaccess-{stem}-{}-{}-{nanos}{suffix}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    std::env::temp_dir().join(name)
}

/// A file that is removed when this is dropped.
#[derive(Debug)]
pub struct TempFile(PathBuf);

impl TempFile {
    /// Writes a new file `aadaccess-<stem>-<unique><suffix>`.
    pub fn new(stem: &str, suffix: &str, content: &[u8]) -> Self {
        let path = temp_path(stem, suffix);
        let mut file =
            std::fs::File::create_new(&path).unwrap_or_else(|error| panic!("cannot make {}: {error}", path.display()));
        file.write_all(content).expect("the file can be written");
        Self(path)
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
