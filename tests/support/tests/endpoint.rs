//! The endpoint and the proxy do what they say; asked over raw sockets.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use aadaccess_test_support::{Endpoint, Proxy, Reply, ServerCert, TestCa, closed_port};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::Value;

const FORM: &str =
    "grant_type=client_credentials&client_id=app-1&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&client_secret=";

fn connect(address: SocketAddr) -> TcpStream {
    let socket = TcpStream::connect(address).unwrap();
    let patience = Some(Duration::from_secs(10));
    socket.set_read_timeout(patience).unwrap();
    socket
}

fn post(tenant: &str, body: &str) -> String {
    format!(
        "POST /{tenant}/oauth2/v2.0/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Sends one request and reads head and body by its Content-Length.
fn ask(stream: &mut (impl Read + Write), request: &str) -> (u16, String, String) {
    stream.write_all(request.as_bytes()).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head.lines().find_map(|it| it.strip_prefix("Content-Length: "));
    let mut body = vec![0; length.map_or(0, |it| it.parse().unwrap())];
    stream.read_exact(&mut body).unwrap();
    (head[9..12].parse().unwrap(), head, String::from_utf8(body).unwrap())
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn contoso_checks_the_form_and_rotates_refresh_tokens() {
    let endpoint = Endpoint::http().with_catalogue();
    let mut socket = connect(endpoint.address());
    let (status, _, body) = ask(&mut socket, &post("contoso.example", &format!("{FORM}s3cret-value-1")));
    assert_eq!(status, 200);
    assert_eq!(json(&body)["access_token"], endpoint.issued()[0]);
    let (status, _, body) = ask(&mut socket, &post("contoso.example", &format!("{FORM}wrong")));
    assert_eq!((status, &json(&body)["error_codes"][0]), (401, &Value::from(7000215)));
    assert!(json(&body)["error_description"].as_str().unwrap().contains("\r\nTrace ID: "));
    let refresh = "grant_type=refresh_token&refresh_token=refresh-token-1";
    let (status, _, body) = ask(&mut socket, &post("a.contoso.example", refresh));
    assert_eq!((status, &json(&body)["refresh_token"]), (200, &Value::from("refresh-token-2")));
    let (status, _, _) = ask(&mut socket, &post("needs-client.example", refresh));
    assert_eq!(status, 400);
    let recorded = endpoint.requests("contoso.example");
    assert_eq!(recorded.len(), 2);
    assert_eq!(recorded[1].field("client_secret"), Some("wrong"));
    assert_eq!((recorded[1].connection, recorded[1].nth_on_connection), (1, 2));
    assert_eq!(endpoint.count("a.contoso.example"), 1);
    assert_eq!(endpoint.connections(), 1);
}

#[test]
fn scripts_run_in_order_and_the_record_is_served() {
    let endpoint = Endpoint::http();
    endpoint.script("mine", [Reply::status(503), Reply::token().chunked(), Reply::html(502)]);
    let mut socket = connect(endpoint.address());
    let (status, _, _) = ask(&mut socket, &post("mine", "a=1%262"));
    assert_eq!(status, 503);
    let (_, _, record) = ask(&mut socket, "GET /_requests/mine HTTP/1.1\r\n\r\n");
    let record = json(&record);
    assert_eq!((record["count"].as_u64(), &record["requests"][0]["form"][0][1]), (Some(1), &"1&2".into()));
    let (status, _, _) = ask(&mut socket, "DELETE /_requests/mine HTTP/1.1\r\n\r\n");
    assert_eq!((status, endpoint.count("mine")), (204, 0));
    assert_eq!(ask(&mut socket, &post("mine", "")).0, 503);
    assert!(ask(&mut socket, &post("mine", "")).1.contains("chunked"));
    let mut socket = connect(endpoint.address());
    assert_eq!(ask(&mut socket, &post("mine", "")).0, 502);
    assert_eq!(ask(&mut socket, &post("mine", "")).0, 502);
}

#[test]
fn faults_break_the_connection_where_they_say() {
    let endpoint = Endpoint::http();
    let rest = |reply: Reply| {
        endpoint.script("t", [reply]);
        let mut socket = connect(endpoint.address());
        socket.write_all(post("t", "").as_bytes()).unwrap();
        let mut text = Vec::new();
        socket.read_to_end(&mut text).unwrap();
        String::from_utf8(text).unwrap()
    };
    assert_eq!(rest(Reply::die()), "");
    assert!(rest(Reply::token().die_in_body(5)).ends_with("\r\n\r\n{\"acc"));
    assert!(rest(Reply::status(200).body("ab").content_length(9)).contains("Content-Length: 9\r\n"));
    assert_eq!(rest(Reply::raw("nonsense")), "nonsense");
    assert!(rest(Reply::status(200).body("ab").close()).ends_with("\r\n\r\nab"));
}

#[test]
fn reused_connections_can_be_killed_and_idle_ones_closed() {
    let endpoint = Endpoint::http();
    let mut socket = connect(endpoint.address());
    assert_eq!(ask(&mut socket, &post("t", "")).0, 200);
    endpoint.kill_reused(1);
    socket.write_all(post("t", "").as_bytes()).unwrap();
    assert_eq!(socket.read(&mut [0; 9]).unwrap(), 0);
    let mut socket = connect(endpoint.address());
    assert_eq!(ask(&mut socket, &post("t", "")).0, 200);
    assert_eq!(endpoint.close_idle(), 1);
    assert_eq!(socket.read(&mut [0; 9]).unwrap(), 0);
    assert_eq!((endpoint.count("t"), endpoint.connections()), (3, 2));
}

#[test]
fn slow_answers_are_slow_and_end_with_the_endpoint() {
    let endpoint = Endpoint::http().with_catalogue();
    let mut socket = connect(endpoint.address());
    socket.write_all(post("drip.example", "").as_bytes()).unwrap();
    let (start, mut got) = (Instant::now(), [0; 4096]);
    let mut received = 0;
    while start.elapsed() < Duration::from_secs(1) {
        received += socket.read(&mut got).unwrap();
    }
    assert!(received < 250, "{received} bytes in a second");
    drop(endpoint);
    while socket.read(&mut got).is_ok_and(|read| read > 0) {}
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[test]
fn certificates_are_what_they_are_called() {
    let ca = TestCa::new();
    for (kind, expected) in [
        (ServerCert::Good, ""),
        (ServerCert::Expired, "expired"),
        (ServerCert::NotYetValid, "not valid yet"),
        (ServerCert::WrongHost, "not valid for"),
        (ServerCert::OtherIssuer, "UnknownIssuer"),
    ] {
        let endpoint = Endpoint::https_with(&ca, kind);
        let mut tls = tls(&ca, connect(endpoint.address()));
        let outcome = tls.write_all(post("t", "").as_bytes());
        let error = outcome.err().map_or(String::new(), |error| error.to_string());
        assert!(error.contains(expected), "{kind:?}: {error}");
        assert_eq!(error.is_empty(), kind == ServerCert::Good);
    }
}

fn tls(ca: &TestCa, socket: TcpStream) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(ca.der().to_vec().into()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("login.test.example").unwrap();
    StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), socket)
}

#[test]
fn the_proxy_leads_to_the_endpoint_and_records() {
    let ca = TestCa::new();
    let endpoint = Endpoint::https(&ca);
    let proxy = Proxy::new().route("login.test.example:443", endpoint.address()).credentials(r"DOMAIN\u:@/%", "p:w");
    let mut socket = connect(proxy.address());
    let request = "CONNECT login.test.example:443 HTTP/1.1\r\nHost: login.test.example:443\r\n";
    assert_eq!(ask(&mut socket, &format!("{request}\r\n")).0, 407);
    let basic = "Proxy-Authorization: Basic RE9NQUlOXHU6QC8lOnA6dw==\r\n";
    assert_eq!(ask(&mut socket, &format!("{request}{basic}\r\n")).0, 200);
    let mut tls = tls(&ca, socket);
    assert_eq!(ask(&mut tls, &post("t", "")).0, 200);
    assert_eq!(endpoint.requests("t")[0].tls_resumed, Some(false));
    let connects = proxy.connects();
    assert_eq!(connects[0].credentials, None);
    assert_eq!(connects[1].target, "login.test.example:443");
    assert_eq!(connects[1].credentials.as_deref(), Some(r"DOMAIN\u:@/%:p:w"));
    let mut socket = connect(proxy.address());
    assert_eq!(ask(&mut socket, &format!("CONNECT other:1 HTTP/1.1\r\n{basic}\r\n")).0, 502);
}

#[test]
fn localhost_ports_and_certificates_go_away() {
    let endpoint = Endpoint::http();
    let address = endpoint.address();
    drop(endpoint);
    assert!(TcpStream::connect(address).is_err());
    assert!(TcpStream::connect(("127.0.0.1", closed_port())).is_err());
    let ca = TestCa::new();
    let file = ca.pem_file().to_owned();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), ca.pem());
    drop(ca);
    assert!(!file.exists());
}
