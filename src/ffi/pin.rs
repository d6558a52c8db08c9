//! Keeps the library loaded: a worker must never run code that is gone.
//!
//! On ELF systems the linker flag `-z nodelete` does it (`build.rs`).

#[cfg(windows)]
pub(super) fn pin() {
    use std::ffi::c_void;
    use std::ptr;
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

    static PINNED: AtomicBool = AtomicBool::new(false);
    if PINNED.swap(true, Relaxed) {
        return;
    }

    const FROM_ADDRESS: u32 = 0x4;
    const PIN: u32 = 0x1;

    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn GetModuleHandleExW(flags: u32, address: *const c_void, module: *mut *mut c_void) -> i32;
    }

    let mut module = ptr::null_mut();
    // SAFETY: the address lies in this module, and `module` can be written. Nothing is to be done about a failure.
    unsafe { GetModuleHandleExW(PIN | FROM_ADDRESS, pin as *const c_void, &mut module) };
}

#[cfg(not(windows))]
pub(super) fn pin() {}
