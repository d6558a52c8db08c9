// aadaccess: Microsoft Entra ID access tokens and Authorization headers for unattended programs.
//
// An aad_request says what to ask, an aad_call is one attempt and owns its result and its error, a status says how it
// stands. The shortest use:
//
//     aad_call *call = aad_access_header(tenant_id, client_id, client_secret, NULL);
//     if (aad_call_status(call) == AAD_OK)
//         use(aad_call_text(call, AAD_FIELD_HEADER, NULL));
//     else
//         complain(aad_call_text(call, AAD_FIELD_ERROR_TEXT, NULL));
//     aad_call_free(call);
//
// Text that goes in is UTF-8, a pointer and a length in bytes, or AAD_NUL_TERMINATED; it is copied. One setter takes
// UTF-16. Text that comes out is borrowed, NUL-terminated UTF-8, valid until its call is freed; NULL means absent. Only
// what aad_request_new, aad_call_begin, aad_call_run and aad_access_header return is freed, and by the function of its
// type. A pointer that is not NULL must be valid. No function unwinds into its caller or raises a signal, and none prints,
// unless it is defective.
//
// The library stays loaded once it is loaded. After a fork the child may begin calls of its own; those of the parent are
// AAD_INTERNAL there.


#ifndef AADACCESS_H
#define AADACCESS_H


#include <stddef.h>
#include <stdint.h>

// The length of a text that ends with a NUL.
#define AAD_NUL_TERMINATED SIZE_MAX
// As timeout_ms of aad_call_wait: wait until the call is finished, which its own timeout brings about.
#define AAD_WAIT_FOREVER UINT32_MAX


// Text, secret. The value of the Authorization header: "Bearer eyJ0...".
#define AAD_FIELD_HEADER 1

// Text, secret. The access token. It is opaque.
#define AAD_FIELD_ACCESS_TOKEN 2

// Text. "Bearer".
#define AAD_FIELD_TOKEN_TYPE 3

// Text, secret. The refresh token that replaces the one sent; absent when the old one stays good.
#define AAD_FIELD_REFRESH_TOKEN 4

// Text. The scope that the server says it granted.
#define AAD_FIELD_SCOPE 5

// Text. Why there is no token: one sentence, at most 1,000 characters, without any secret.
#define AAD_FIELD_ERROR_TEXT 6

// Text. What to do about it; absent when there is nothing to say.
#define AAD_FIELD_ERROR_ADVICE 7

// Text. The server's error answer as JSON, each string redacted; at most 64 KiB, else reduced to error, codes and ids.
#define AAD_FIELD_ERROR_JSON 8

// Text. The OAuth error code, such as invalid_client (RFC 6749, section 5.2).
#define AAD_FIELD_OAUTH_ERROR 9

// Text. Entra's suberror.
#define AAD_FIELD_OAUTH_SUBERROR 10

// Text. The error_description, whole.
#define AAD_FIELD_OAUTH_DESCRIPTION 11

// Text. The AADSTS numbers, with commas between: "7000215".
#define AAD_FIELD_ERROR_CODES 12

// Text. The id under which Microsoft's support finds the request; of a success, too.
#define AAD_FIELD_CORRELATION_ID 13

// Text. Entra's trace_id.
#define AAD_FIELD_TRACE_ID 14

// Text. The server's timestamp of an error.
#define AAD_FIELD_TIMESTAMP 15

// Text. The claims challenge of Conditional Access, never cut.
#define AAD_FIELD_CLAIMS 16

// Text. The host that was asked, with its port where that is not the scheme's own.
#define AAD_FIELD_HOST 17

// Text. client_credentials or refresh_token.
#define AAD_FIELD_GRANT 18

// Number. When the token expires, in seconds since 1970-01-01 UTC by this machine's clock; -1: unknown.
#define AAD_FIELD_EXPIRES_ON_UNIX_S 64

// Number. The HTTP status of the last answer of a failed call.
#define AAD_FIELD_HTTP_STATUS 65

// Number. Seconds that the server asks to wait (Retry-After).
#define AAD_FIELD_RETRY_AFTER_S 66

// Number, also while the call is running. Attempts made so far.
#define AAD_FIELD_ATTEMPTS 67

// Number, also while the call is running. What it waits for now: 0 nothing, 1 to retry after a failure, 2 to retry after
// being throttled, 3 to ask again for a pending authorization.
#define AAD_FIELD_WAIT_REASON 68

// Number, also while the call is running. Milliseconds that are left of the present wait; 0 when it is not waiting.
#define AAD_FIELD_WAIT_REMAINING_MS 69

// Number, also while the call is running. Milliseconds waited between requests so far.
#define AAD_FIELD_WAITED_MS 70

// Number, also while the call is running. Milliseconds since the call was begun; of a finished one, what it took.
#define AAD_FIELD_DURATION_MS 71

// Text. The tenant: a GUID, a domain name, or common, organizations, consumers. Required.
#define AAD_OPTION_TENANT_ID 1

// Text. The application (client) id. Required with a client secret; Entra demands it with a refresh token, too.
#define AAD_OPTION_CLIENT_ID 2

// Text, secret. The client secret's value, not its id.
#define AAD_OPTION_CLIENT_SECRET 3

// Text, secret. A refresh token; it wins over a client secret.
#define AAD_OPTION_REFRESH_TOKEN 4

// Text. Default: https://graph.microsoft.com/.default
#define AAD_OPTION_SCOPE 5

// Text. The authority's base URL: https, or http to a loopback address. Default: https://login.microsoftonline.com
#define AAD_OPTION_AUTHORITY 6

// Text. The path of a PEM file of CA certificates that are trusted beside the operating system's. Default: none.
#define AAD_OPTION_CA_FILE 7

// Text, secret. The proxy, http://[USER:PASSWORD@]HOST:PORT; an empty text: none. Default: the environment's
// HTTPS_PROXY, https_proxy, ALL_PROXY or all_proxy, but for the hosts of NO_PROXY.
#define AAD_OPTION_PROXY 8

// Text. The proxy's user name, sent as given. Default: the URL's.
#define AAD_OPTION_PROXY_USERNAME 9

// Text, secret. The proxy's password, sent as given. Default: the URL's.
#define AAD_OPTION_PROXY_PASSWORD 10

// Text. Hosts that are asked directly, in the form of the NO_PROXY variable. Default: that variable when the proxy
// comes from the environment, else none.
#define AAD_OPTION_NO_PROXY 11

// Text. What follows the library's own User-Agent. Default: nothing.
#define AAD_OPTION_USER_AGENT_SUFFIX 12

// Number. Milliseconds for the whole call, 1 to 86400000. Default: 100000.
#define AAD_OPTION_TIMEOUT_MS 64

// Number. How often a request is sent again after a passing failure, 0 to 10. Default: 2.
#define AAD_OPTION_MAX_RETRIES 65

// The call has a token.
#define AAD_OK 0

// The call is not finished yet.
#define AAD_RUNNING 1

// A value of the request is missing or not allowed; nothing was sent.
#define AAD_INVALID_ARGUMENT -1

// The server refused the request with an OAuth error (RFC 6749, section 5.2).
#define AAD_OAUTH -2

// The server wants a person to sign in, consent or answer a challenge.
#define AAD_INTERACTION_REQUIRED -3

// The deadline ended while the server still answered `authorization_pending` or `slow_down`. Final.
#define AAD_AUTHORIZATION_PENDING -4

// The server answered 429, and its wait does not fit or the retries are used up.
#define AAD_THROTTLED -5

// The server answered 5xx, 408 or `temporarily_unavailable`, and the retries are used up.
#define AAD_SERVER -6

// A 4xx answer without an OAuth error.
#define AAD_HTTP -7

// The answer is no token answer: not JSON, too large, encoded, or with a token that fits no header.
#define AAD_PROTOCOL -8

// The server answered 3xx; redirects are never followed.
#define AAD_REDIRECT -9

// No connection, a name that does not resolve, or a connection that broke.
#define AAD_NETWORK -10

// The proxy refused CONNECT, or wants other credentials (407).
#define AAD_PROXY -11

// The TLS handshake failed; the server's certificate is not trusted, for example.
#define AAD_TLS -12

// The deadline of the call ended.
#define AAD_TIMEOUT -13

// The call was cancelled.
#define AAD_CANCELLED -14

// An option that this version does not know.
#define AAD_UNSUPPORTED -15

// A defect of this library or a failure of the system; also a call that was begun before a fork, in the child.
#define AAD_INTERNAL -16

// The version of the ABI that this header describes. It changes only when an export or a number changes its meaning.
#define AAD_ABI_VERSION 1

// One attempt and its outcome. Freed by aad_call_free; everything else may be called by several threads at once.
typedef struct aad_call aad_call;

// What to ask. Made by aad_request_new, freed by aad_request_free; used by one thread at a time.
typedef struct aad_request aad_request;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Starts a call on another thread and returns at once.
//
// NULL: a finished call with AAD_INVALID_ARGUMENT. Ownership: the request is copied; the caller frees the call with
// aad_call_free. Threads: any, but not beside a setter of the same request. Never NULL: what fails before the start is a
// finished call with its status and text.
aad_call *aad_call_begin(const aad_request *request);

// Starts a call and waits until it is finished: aad_call_begin and aad_call_wait in one.
//
// NULL, ownership, threads: as aad_call_begin. Never NULL, never running.
aad_call *aad_call_run(const aad_request *request);

// Gets a token with the default settings and waits for it: tenant id and refresh token, or tenant id, client id and
// client secret, each NUL-terminated UTF-8.
//
// NULL: that value is not given. Ownership: the texts are copied; the caller frees the call with aad_call_free.
// Threads: any. Never NULL, never running. AAD_FIELD_HEADER of the call is the value of the Authorization header.
aad_call *aad_access_header(const char *tenant_id,
                            const char *client_id,
                            const char *client_secret,
                            const char *refresh_token);

// Waits until the call is finished, at most timeout_ms milliseconds: 0 only looks, AAD_WAIT_FOREVER waits to the end.
//
// NULL: AAD_INVALID_ARGUMENT. Ownership: unchanged. Threads: any number at once, beside every function but aad_call_free.
// Statuses: AAD_RUNNING when the wait ended first, else the call's final status.
int32_t aad_call_wait(const aad_call *call,
                      uint32_t timeout_ms);

// Ends a running call with AAD_CANCELLED; a finished one stays as it is. Returns at once.
//
// NULL: AAD_INVALID_ARGUMENT. Ownership: unchanged. Threads: any, beside every function but aad_call_free.
// Statuses: the call's final status.
int32_t aad_call_cancel(aad_call *call);

// Frees a call and wipes its token; a running one is cancelled first. Returns at once.
//
// NULL: nothing happens. Ownership: the call and all texts read from it are gone; freeing it twice is undefined.
// Threads: no other may use the call.
void aad_call_free(aad_call *call);

// How the call stands.
//
// NULL: AAD_INVALID_ARGUMENT. Ownership: unchanged. Threads: any number at once.
// Statuses: AAD_OK, AAD_RUNNING, or why there is no token. In a forked child a call of the parent is AAD_INTERNAL.
int32_t aad_call_status(const aad_call *call);

// A text of a finished call, NUL-terminated UTF-8; its length without the NUL goes to `length` unless that is NULL.
//
// NULL as call: NULL. Ownership: borrowed, valid until the call is freed. Threads: any number at once.
// NULL when the field is absent, unknown or a number, or while the call is running; `length` is not written then.
const char *aad_call_text(const aad_call *call, int32_t field, size_t *length);

// A number of a call.
//
// NULL: -1. Ownership: nothing. Threads: any number at once. -1 when the field is absent, unknown or a text.
int64_t aad_call_int(const aad_call *call, int32_t field);

// Makes an empty request.
//
// Ownership: the caller frees it with aad_request_free. Threads: any. NULL only when the library is defective.
aad_request *aad_request_new(void);

// Frees a request and wipes its secrets; the calls begun with it go on.
//
// NULL: nothing happens. Ownership: the request is gone; freeing it twice is undefined. Threads: no other may use it.
void aad_request_free(aad_request *request);

// Sets a text option: `length` bytes of UTF-8 at `text`, or AAD_NUL_TERMINATED.
//
// NULL as request: AAD_INVALID_ARGUMENT. NULL as text: the same, but with length 0 it is an empty text.
// Ownership: the text is copied. Threads: one at a time.
// Statuses: AAD_OK; AAD_INVALID_ARGUMENT when the text is no UTF-8, holds a NUL or is longer than 1 MiB;
// AAD_UNSUPPORTED for an option that this version does not know or that is a number. The request keeps its first
// failure, and the calls begun with it fail with that. Whether the value itself is allowed, the call says.
int32_t aad_request_set_text(aad_request *request, int32_t option, const char *text, size_t length);

// Sets a text option as aad_request_set_text does, from UTF-16 in this machine's byte order: wchar_t on Windows, the
// strings of .NET, Java and JavaScript. Their owner needs no copy of a secret in another encoding.
//
// `length` counts code units (16 bits each), or is AAD_NUL_TERMINATED. NULL, ownership, threads and statuses: as there;
// AAD_INVALID_ARGUMENT when half of a surrogate pair stands alone, the text holds a NUL or is longer than 1 MiB as UTF-8,
// or its address is odd.
int32_t aad_request_set_text_utf16(aad_request *request,
                                   int32_t option,
                                   const uint16_t *text,
                                   size_t length);

// Sets a number option.
//
// NULL: AAD_INVALID_ARGUMENT. Ownership: nothing is kept. Threads: one at a time.
// Statuses: AAD_OK; AAD_INVALID_ARGUMENT outside the option's range; AAD_UNSUPPORTED for an option that this version does
// not know or that is a text. The request keeps its first failure, and the calls begun with it fail with that.
int32_t aad_request_set_int(aad_request *request,
                            int32_t option,
                            int64_t value);

// The status in words: "ok", "running", "invalid argument" and so on.
//
// An unknown number: "unknown status". Ownership: static, never freed. Threads: any. Never NULL.
const char *aad_status_text(int32_t status);

// The version of the library, such as "0.1.0".
//
// Ownership: static, never freed. Threads: any. Never NULL.
const char *aad_version(void);

// The ABI version of the loaded library: compare it with AAD_ABI_VERSION before calling anything else.
//
// Threads: any.
uint32_t aad_abi_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* AADACCESS_H */
