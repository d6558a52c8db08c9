//! Windows, really run: the DLL cross-built, and the C programs, the C# program and the PowerShell module with it, in
//! Wine. Needs `AADACCESS_WINDOWS=1` or `windows` in `AADACCESS_REQUIRE`, and the tools that `windows/wine.rs` names.
#![cfg(unix)]

#[path = "windows/dll.rs"]
mod dll;
mod foreign;
#[path = "windows/languages.rs"]
mod languages;
#[path = "windows/module.rs"]
mod module;
#[path = "windows/wine.rs"]
mod wine;
