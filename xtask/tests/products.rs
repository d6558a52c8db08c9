//! Makes the products as a release does, looks into them, installs each into an empty place and uses it as a stranger would.
//!
//! The target of this machine is built, and those that `AADACCESS_PACKAGE_TARGETS` names (a list with commas). A missing tool
//! skips the tests aloud, unless `AADACCESS_REQUIRE` names `packages`.

#[path = "../../tests/foreign/mod.rs"]
mod foreign;
mod products {
    pub mod contents;
    pub mod csharp;
    #[cfg(target_os = "linux")]
    pub mod emulated;
    #[cfg(unix)]
    pub mod for_c;
    pub mod made;
    pub mod module;
    pub mod refused;
    pub mod same_bytes;
}
