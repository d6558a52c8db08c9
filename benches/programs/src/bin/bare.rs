//! A token by ureq alone, with the settings of the library's own agent: what any program would write.

use std::time::Duration;

use aadaccess_bench_programs::{CLIENT, SECRET, TENANT, arguments, run};
use ureq::Agent;
use ureq::config::AutoHeaderValue;
use ureq::tls::{RootCerts, TlsConfig};

fn main() {
    let (authority, mode) = arguments();
    // As in src/http/agent.rs and post.rs, the deadline of the whole call included. For that one, ureq starts a thread
    // for each name it resolves, so it is measured without, too.
    let deadline = (mode != "serve-without-deadline").then_some(Duration::from_secs(100));
    let agent: Agent = Agent::config_builder()
        .proxy(None)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent("aadaccess/0.1.0")
        .accept("application/json")
        .accept_encoding(AutoHeaderValue::None)
        .max_response_header_size(32 * 1024)
        .input_buffer_size(64 * 1024)
        .output_buffer_size(16 * 1024)
        .max_idle_connections(16)
        .max_idle_connections_per_host(16)
        .max_idle_age(Duration::from_secs(60))
        .timeout_connect(Some(Duration::from_secs(20)))
        .timeout_global(deadline)
        .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
        .build()
        .into();
    let url = format!("{authority}/{TENANT}/oauth2/v2.0/token");
    run(&mode, || {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", CLIENT),
            ("scope", "https://graph.microsoft.com/.default"),
            ("client_secret", SECRET),
        ];
        let mut answer = agent
            .post(&url)
            .header("client-request-id", "c0ffee00-1111-4222-8333-444455556666")
            .header("return-client-request-id", "true")
            .send_form(form)
            .expect("an answer");
        let body = answer.body_mut().read_to_vec().expect("a body");
        let json: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        let token = json["access_token"].as_str().expect("a token");
        format!("Bearer {token}")
    });
}
