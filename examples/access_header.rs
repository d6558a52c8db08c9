//! Prints when the token of an application expires, with the values that Azure's own tools read from the environment:
//! `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, `AZURE_CLIENT_SECRET`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let value = |name: &str| std::env::var(name).unwrap_or_default();
    let request = aadaccess::Request::new()
        .tenant_id(value("AZURE_TENANT_ID"))
        .client_id(value("AZURE_CLIENT_ID"))
        .client_secret(value("AZURE_CLIENT_SECRET"));
    match request.acquire() {
        Ok(token) => {
            // token.authorization_header() goes into the Authorization header of a request to Microsoft Graph.
            println!("A {} token, good until {:?}", token.token_type(), token.expires_on());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            if let Some(advice) = error.advice() {
                eprintln!("{advice}");
            }
            ExitCode::FAILURE
        }
    }
}
