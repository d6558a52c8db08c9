//! Microsoft Entra ID (Azure AD) access tokens and `Authorization` headers for unattended scripts and programs.
//!
//! The crate is what the C ABI (`include/aadaccess.h`), the C# binding and the PowerShell module stand on, and a Rust
//! library of its own:
//!
//! ```no_run
//! let token = aadaccess::Request::new()
//!     .tenant_id("contoso.onmicrosoft.com")
//!     .client_id("00001111-aaaa-2222-bbbb-3333cccc4444")
//!     .client_secret(std::env::var("CLIENT_SECRET").unwrap_or_default())
//!     .acquire()?;
//! println!("the token expires at {:?}", token.expires_on());
//! let header = token.authorization_header(); // "Bearer eyJ0..."
//! # Ok::<(), aadaccess::Error>(())
//! ```
//!
//! A call blocks, keeps one deadline over everything, retries what may pass, follows no redirect, and trusts what the
//! operating system trusts. No secret or token is in any error or `Debug` output.
//!
//! Data flows one way: [`Request`] -> `acquire` -> `http` -> `wire` -> [`Token`]; a [`Call`] is one attempt on a worker.

#![deny(unsafe_code, missing_docs)]

mod acquire;
mod advice;
mod call;
mod control;
mod endpoint;
mod error;
mod ffi;
mod field;
mod http;
mod lock;
mod outcome;
mod process;
mod redact;
mod request;
mod retry;
mod secret;
mod token;
mod wire;
mod worker;

pub use call::Call;
pub use control::WaitReason;
pub use error::{Error, ErrorDetails, ErrorKind};
pub use request::Request;
pub use secret::Secret;
pub use token::Token;
