//! Builds the native libraries of the eight systems and makes every product of a release from them, the same bytes
//! each time. `cargo xtask` is the program; the tests call what is here.
#![deny(unsafe_code, missing_docs)]

pub mod archive;
mod build;
mod c_archive;
mod check;
pub mod inspect;
mod manifest;
mod module;
mod notes;
mod nuget;
mod opc;
pub mod options;
mod package;
mod sbom;
mod source;
pub mod targets;
mod tools;
pub mod versions;

pub use build::libraries;
pub use package::{package, products};
pub use source::Source;

/// What goes wrong is told in a sentence.
pub type Result<T> = std::result::Result<T, String>;
