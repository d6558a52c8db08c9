//! The scripted loopback token endpoint that tests, benches and the quickstart share.
