//! The committed header is what cbindgen makes of the sources.
