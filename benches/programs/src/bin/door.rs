//! A token by the packaged library, through its C ABI. `AADACCESS_LIBRARY` says where it is.

#[path = "../../../../examples/native/mod.rs"]
mod native;

use std::path::PathBuf;

use aadaccess_bench_programs::{CLIENT, SECRET, TENANT, arguments, run};
use native::Native;

fn main() {
    let (authority, mode) = arguments();
    let path = PathBuf::from(std::env::var_os("AADACCESS_LIBRARY").expect("AADACCESS_LIBRARY"));
    let native = Native::load(&path).expect("the library");
    run(&mode, || {
        let request = native.request(&[
            (native::TENANT_ID, TENANT),
            (native::CLIENT_ID, CLIENT),
            (native::CLIENT_SECRET, SECRET),
            (native::AUTHORITY, &authority),
            (native::PROXY, ""),
        ]);
        let call = request.run();
        call.text(native::HEADER).unwrap_or_else(|| panic!("{:?}", call.text(native::ERROR_TEXT))).to_owned()
    });
}
