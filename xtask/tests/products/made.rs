//! The products of this run, and how they are unpacked.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use aadaccess_test_support::tool_or_skip;
use xtask::Source;
use xtask::options::Options;
use xtask::targets::{Target, find};

/// What `cargo xtask package` has written.
pub struct Products {
    pub folder: PathBuf,
    pub targets: Vec<&'static Target>,
    pub source: Source,
}

impl Products {
    /// A product's bytes.
    #[track_caller]
    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// A library as it was packed.
    pub fn library(&self, target: &Target) -> Vec<u8> {
        let plain = self.module_zip();
        self.unzipped(&plain)
            .remove(&format!("{}/{}", self.module_folder(), target.path()))
            .expect("it is in the module")
    }

    pub fn module_zip(&self) -> String {
        format!("AzureADApplicationAccess-{}.zip", self.source.version)
    }

    pub fn module_nupkg(&self) -> String {
        format!("AzureADApplicationAccess.{}.nupkg", self.source.version)
    }

    pub fn csharp_nupkg(&self) -> String {
        format!("AadAccess.{}.nupkg", self.source.version)
    }

    pub fn module_folder(&self) -> String {
        format!("AzureADApplicationAccess/{}", self.source.version)
    }

    /// Name and content of every file in a zip file.
    pub fn unzipped(&self, name: &str) -> BTreeMap<String, Vec<u8>> {
        unzipped(&self.read(name))
    }
}

/// Name and content of every file in a zip file.
pub fn unzipped(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a zip file");
    let mut files = BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).expect("an entry");
        let mut content = Vec::new();
        file.read_to_end(&mut content).expect("it can be unpacked");
        files.insert(file.name().expect("a name").into_owned(), content);
    }
    files
}

/// Writes files below a new empty folder.
pub fn unpack(files: &BTreeMap<String, Vec<u8>>, folder: &Path) {
    for (name, content) in files {
        let place = folder.join(name);
        fs::create_dir_all(place.parent().expect("a folder")).expect("a folder can be made");
        fs::write(place, content).expect("a file can be written");
    }
}

/// An empty folder that is removed when this is dropped.
pub struct Empty(pub PathBuf);

impl Empty {
    pub fn new(name: &str) -> Self {
        let folder = aadaccess_test_support::temp_path(name, "");
        fs::create_dir_all(&folder).expect("a folder can be made");
        // macOS' folder for temporary files is a link.
        Self(if cfg!(unix) { folder.canonicalize().expect("it is there") } else { folder })
    }
}

impl Drop for Empty {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// .NET's name of the system that this runs on.
pub fn own_rid() -> &'static str {
    match (env::consts::OS, env::consts::ARCH) {
        ("windows", "x86") => "win-x86",
        ("windows", "aarch64") => "win-arm64",
        ("windows", _) => "win-x64",
        ("macos", "aarch64") => "osx-arm64",
        ("macos", _) => "osx-x64",
        (_, "aarch64") => "linux-arm64",
        _ if cfg!(target_env = "musl") => "linux-musl-x64",
        _ => "linux-x64",
    }
}

/// Made once for all tests; `None`, said aloud: a tool is missing.
pub fn products() -> Option<&'static Products> {
    static MADE: OnceLock<Option<Products>> = OnceLock::new();
    MADE.get_or_init(make).as_ref()
}

fn make() -> Option<Products> {
    let source = Source::here().expect("the project's files agree");
    let more = env::var("AADACCESS_PACKAGE_TARGETS").unwrap_or_default();
    let mut rids: Vec<&str> = more.split(',').map(str::trim).filter(|it| !it.is_empty()).collect();
    rids.push(own_rid());
    let line = ["--targets".to_string(), rids.join(",")];
    let mut options = Options::read(line).expect("targets");
    options.out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("products");
    options.project_url = Some("https://project.test/aadaccess".into());
    let _ = fs::remove_dir_all(&options.out);
    if let Err(sentence) = xtask::package(&source, &options) {
        assert!(sentence.starts_with("nothing was built"), "{sentence}");
        tool_or_skip("packages", None, &sentence.replace('\n', " "));
        return None;
    }
    Some(Products { folder: options.out, targets: options.targets, source })
}

/// The one that this machine can load.
pub fn own_target() -> &'static Target {
    find(own_rid()).expect("one of the eight")
}
