//! The built library through its C ABI, loaded at run time: what the quickstart and the benches call.

#![allow(dead_code)]

use std::ffi::{CStr, c_char, c_void};
use std::path::Path;
use std::ptr::null_mut;
use std::time::SystemTime;

use libloading::Library;

pub const OK: i32 = 0;

pub const TENANT_ID: i32 = 1;
pub const CLIENT_ID: i32 = 2;
pub const CLIENT_SECRET: i32 = 3;
pub const REFRESH_TOKEN: i32 = 4;
pub const AUTHORITY: i32 = 6;
pub const CA_FILE: i32 = 7;
pub const PROXY: i32 = 8;

pub const HEADER: i32 = 1;
pub const NEXT_REFRESH_TOKEN: i32 = 4;
pub const ERROR_TEXT: i32 = 6;
pub const ERROR_ADVICE: i32 = 7;
pub const OAUTH_ERROR: i32 = 9;
pub const HTTP_STATUS: i32 = 65;

/// The functions as `include/aadaccess.h` declares them.
pub struct Native {
    request_new: unsafe extern "C" fn() -> *mut c_void,
    request_free: unsafe extern "C" fn(*mut c_void),
    request_set_text: unsafe extern "C" fn(*mut c_void, i32, *const c_char, usize) -> i32,
    call_run: unsafe extern "C" fn(*const c_void) -> *mut c_void,
    call_free: unsafe extern "C" fn(*mut c_void),
    call_status: unsafe extern "C" fn(*const c_void) -> i32,
    call_text: unsafe extern "C" fn(*const c_void, i32, *mut usize) -> *const c_char,
    call_int: unsafe extern "C" fn(*const c_void, i32) -> i64,
    status_text: unsafe extern "C" fn(i32) -> *const c_char,
    version: unsafe extern "C" fn() -> *const c_char,
    abi_version: unsafe extern "C" fn() -> u32,
    // Last, so that it is closed after everything else.
    _library: Library,
}

macro_rules! load {
    ($library:ident, $($field:ident = $name:literal),*) => {
        // SAFETY: the types above are those of the header, whose ABI version is checked below.
        Native { $($field: *unsafe { $library.get($name) }.map_err(|error| error.to_string())?,)* _library: $library }
    };
}

impl Native {
    pub fn load(path: &Path) -> Result<Self, String> {
        // SAFETY: loading it runs nothing of ours, and it stays where it is once loaded.
        let library = unsafe { Library::new(path) }.map_err(|error| format!("{}: {error}", path.display()))?;
        let native = load!(
            library,
            request_new = b"aad_request_new",
            request_free = b"aad_request_free",
            request_set_text = b"aad_request_set_text",
            call_run = b"aad_call_run",
            call_free = b"aad_call_free",
            call_status = b"aad_call_status",
            call_text = b"aad_call_text",
            call_int = b"aad_call_int",
            status_text = b"aad_status_text",
            version = b"aad_version",
            abi_version = b"aad_abi_version"
        );
        // SAFETY: no arguments.
        match unsafe { (native.abi_version)() } {
            1 => Ok(native),
            abi => Err(format!("{}: ABI version {abi}, 1 was expected", path.display())),
        }
    }

    pub fn version(&self) -> &str {
        // SAFETY: the text is static, as below.
        unsafe { CStr::from_ptr((self.version)()) }.to_str().unwrap_or_default()
    }

    /// A request with these options.
    pub fn request(&self, options: &[(i32, &str)]) -> Request<'_> {
        // SAFETY: a pointer that the setter checks, and texts with their lengths.
        let handle = unsafe { (self.request_new)() };
        for (option, text) in options {
            unsafe { (self.request_set_text)(handle, *option, text.as_ptr().cast(), text.len()) };
        }
        Request { native: self, handle }
    }

    pub fn status_text(&self, status: i32) -> &str {
        unsafe { CStr::from_ptr((self.status_text)(status)) }.to_str().unwrap_or_default()
    }
}

pub struct Request<'a> {
    native: &'a Native,
    handle: *mut c_void,
}

impl<'a> Request<'a> {
    /// Asks, and waits for the end.
    pub fn run(&self) -> Call<'a> {
        // SAFETY: our own request.
        Call { native: self.native, handle: unsafe { (self.native.call_run)(self.handle) } }
    }
}

impl Drop for Request<'_> {
    fn drop(&mut self) {
        // SAFETY: freed once.
        unsafe { (self.native.request_free)(self.handle) };
    }
}

/// A call that has ended.
pub struct Call<'a> {
    native: &'a Native,
    handle: *mut c_void,
}

impl Call<'_> {
    pub fn status(&self) -> i32 {
        // SAFETY: our own call, here and below.
        unsafe { (self.native.call_status)(self.handle) }
    }

    /// Borrowed from the call.
    pub fn text(&self, field: i32) -> Option<&str> {
        let mut length = 0;
        let text = unsafe { (self.native.call_text)(self.handle, field, &mut length) };
        if text.is_null() {
            return None;
        }
        // SAFETY: so many bytes, which live as long as the call.
        std::str::from_utf8(unsafe { std::slice::from_raw_parts(text.cast(), length) }).ok()
    }

    pub fn int(&self, field: i32) -> i64 {
        unsafe { (self.native.call_int)(self.handle, field) }
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        let handle = std::mem::replace(&mut self.handle, null_mut());
        // SAFETY: freed once.
        unsafe { (self.native.call_free)(handle) };
    }
}

/// Refuses a library that is older than a source it is made from: cargo would have built it anew.
pub fn check_fresh(library: &Path, sources: &Path) -> Result<(), String> {
    let built = modified(library)?;
    let mut open = vec![sources.to_owned()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            open.extend(entries.flatten().map(|entry| entry.path()));
        } else if path.extension().is_some_and(|it| it == "rs") && modified(&path)? > built {
            return Err(format!("{} is older than {}: it is another build", library.display(), path.display()));
        }
    }
    Ok(())
}

fn modified(path: &Path) -> Result<SystemTime, String> {
    path.metadata().and_then(|it| it.modified()).map_err(|error| format!("{}: {error}", path.display()))
}
