//! The committed header is what cbindgen makes of the sources (feature `header`).

use std::fs;

#[test]
fn the_committed_header_is_up_to_date() {
    let generated = fs::read_to_string(env!("AADACCESS_GENERATED_HEADER")).unwrap();
    let committed = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/include/aadaccess.h")).unwrap_or_default();
    assert_eq!(
        committed.replace("\r\n", "\n"),
        generated,
        "include/aadaccess.h is stale: AADACCESS_WRITE_HEADER=1 cargo build --features header writes it"
    );
}
