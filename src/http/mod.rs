//! The only place that names ureq and rustls: agents, TLS, name resolution, proxies, limits, and what errors mean.

mod agent;
mod answer;
mod attempt;
mod certificate;
mod failure;
mod post;
mod proxy;
mod resolver;
mod tls;
mod transport;

pub(crate) use agent::{Agents, Transport};
pub(crate) use answer::{HttpAnswer, Location};
pub(crate) use attempt::Interrupt;
pub(crate) use failure::Failure;
pub(crate) use post::post;
pub(crate) use proxy::ProxySettings;
pub(crate) use ureq::Agent;

/// The library's own `User-Agent`.
pub(crate) const USER_AGENT: &str = concat!("aadaccess/", env!("CARGO_PKG_VERSION"));
