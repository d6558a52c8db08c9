//! What to do about an error code of Entra ID. For people only: no decision of the library rests on these numbers
//! (Microsoft: "Microsoft Entra authentication and authorization error codes").

const BY_CODE: &[(u64, &str)] = &[
    (
        7000215,
        "The client secret is wrong. Entra shows a secret's ID and its value: the value is needed, and it is shown only once, when the secret is made",
    ),
    (7000222, "The client secret has expired: make a new one under App registrations, Certificates & secrets"),
    (7000218, "The application is confidential: give its client secret as well"),
    (700025, "The application is public: leave the client secret out"),
    (
        700016,
        "The application (client id) is not in this tenant: check both ids, and whether the app was consented to there",
    ),
    (700027, "The client assertion was not accepted: check that its certificate is registered with the application"),
    (700024, "The client assertion is outside its time range: check this machine's clock"),
    (
        900144,
        "A required field is missing; with a refresh token Entra demands the client id: add it (-clientid in PowerShell)",
    ),
    (90002, "The tenant was not found: check the tenant id, and that the authority is the one of its cloud"),
    (
        70011,
        "The scope is wrong: one resource followed by /.default is needed, such as https://graph.microsoft.com/.default",
    ),
    (500011, "The resource of the scope is not in this tenant: check its spelling, and that it belongs to this cloud"),
    (70008, "The refresh token has expired: sign in again to get a new one"),
    (700082, "The refresh token expired because it was not used for too long: sign in again to get a new one"),
    (50173, "The refresh token was revoked, by a changed password for example: sign in again to get a new one"),
    (53003, "A Conditional Access policy blocks this: ask the tenant's administrator, with the correlation id"),
    (50196, "The server saw the same request too often in a loop: stop calling, and keep the token until it expires"),
];

/// Advice for the first of `codes` that is known.
pub(crate) fn for_codes(codes: &[u64]) -> Option<&'static str> {
    codes.iter().find_map(|code| BY_CODE.iter().find(|(known, _)| known == code).map(|(_, advice)| *advice))
}

/// Advice for an OAuth error whose numbers are not in the table.
pub(crate) fn for_oauth_error(error: &str) -> Option<&'static str> {
    Some(match error {
        "invalid_client" => "Check the client id and the client secret",
        "invalid_grant" => "The refresh token is no longer good: sign in again to get a new one",
        "unauthorized_client" => "The application may not use this grant: check its registration",
        "interaction_required" | "consent_required" | "login_required" => {
            "A person has to sign in or consent once; an unattended call cannot"
        }
        "expired_token" | "authorization_declined" | "access_denied" => "Start the sign-in again",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_known_code_decides() {
        assert!(for_codes(&[1, 90002]).unwrap().contains("tenant"));
        assert_eq!(for_codes(&[]), None);
    }

    #[test]
    fn no_code_stands_twice() {
        for (index, (code, _)) in BY_CODE.iter().enumerate() {
            assert!(BY_CODE[index + 1..].iter().all(|(other, _)| other != code), "{code}");
        }
    }
}
