/* The same as header.c with every setting, a wait that can be interrupted, and all that the answer says.
 *
 *   cargo build --release
 *   cc -std=c99 -I include examples/c/request.c -L target/release -laadaccess -Wl,-rpath,'$ORIGIN/release' -o target/request
 *
 * From the environment:
 *   AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_REFRESH_TOKEN
 *   AZURE_AUTHORITY_HOST    https://login.microsoftonline.com
 *   AADACCESS_CA_FILE       a PEM file of certificates trusted beside the system's
 *   AADACCESS_TIMEOUT_MS    100000
 */
#include "aadaccess.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static volatile sig_atomic_t interrupted = 0;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

/* A variable that isn't there leaves the default; an empty value would be refused. */
static void set_from_environment(aad_request *request, int32_t option, const char *variable)
{
    const char *value = getenv(variable);
    if (value && *value)
        aad_request_set_text(request, option, value, AAD_NUL_TERMINATED);
}

static void print_text(FILE *file, const char *name, const aad_call *call, int32_t field)
{
    const char *value = aad_call_text(call, field, NULL);
    if (value)
        fprintf(file, "%s: %s\n", name, value);
}

static void print_int(FILE *file, const char *name, const aad_call *call, int32_t field)
{
    int64_t value = aad_call_int(call, field);
    if (value >= 0)
        fprintf(file, "%s: %" PRId64 "\n", name, value);
}

static aad_request *request_from_environment(void)
{
    const char *timeout = getenv("AADACCESS_TIMEOUT_MS");
    aad_request *request = aad_request_new();

    /* No status is looked at here: the request keeps its first failure, and the call reports it. */
    set_from_environment(request, AAD_OPTION_TENANT_ID, "AZURE_TENANT_ID");
    set_from_environment(request, AAD_OPTION_CLIENT_ID, "AZURE_CLIENT_ID");
    set_from_environment(request, AAD_OPTION_CLIENT_SECRET, "AZURE_CLIENT_SECRET");
    set_from_environment(request, AAD_OPTION_REFRESH_TOKEN, "AZURE_REFRESH_TOKEN");
    set_from_environment(request, AAD_OPTION_AUTHORITY, "AZURE_AUTHORITY_HOST");
    set_from_environment(request, AAD_OPTION_CA_FILE, "AADACCESS_CA_FILE");
    if (timeout && *timeout)
        aad_request_set_int(request, AAD_OPTION_TIMEOUT_MS, strtol(timeout, NULL, 10));
    return request;
}

/* Waits in slices of 100 ms, so that Ctrl-C is noticed, and says what is waited for. */
static int32_t wait_with_progress(aad_call *call)
{
    static const char *const reasons[] = {"", "retry after a failure", "throttled", "authorization pending"};
    int64_t shown = 0;
    int32_t status;

    while ((status = aad_call_wait(call, 100)) == AAD_RUNNING) {
        int64_t reason = aad_call_int(call, AAD_FIELD_WAIT_REASON);
        if (interrupted)
            aad_call_cancel(call);
        if (reason > 0 && reason < 4 && reason != shown)
            fprintf(stderr, "waiting: %s, %" PRId64 " s to go\n", reasons[reason],
                    (aad_call_int(call, AAD_FIELD_WAIT_REMAINING_MS) + 999) / 1000);
        shown = reason;
    }
    return status;
}

int main(void)
{
    aad_request *request = request_from_environment();
    aad_call *call = aad_call_begin(request);
    int32_t status;

    aad_request_free(request); /* begin has copied it */
    signal(SIGINT, on_interrupt);
    status = wait_with_progress(call);

    if (status == AAD_OK) {
        print_text(stdout, "Authorization", call, AAD_FIELD_HEADER);
        print_text(stdout, "Scope", call, AAD_FIELD_SCOPE);
        print_int(stdout, "Expires (Unix time)", call, AAD_FIELD_EXPIRES_ON_UNIX_S);
        /* The token that was sent may be dead from now on: this one takes its place. */
        print_text(stdout, "New refresh token", call, AAD_FIELD_REFRESH_TOKEN);
    } else {
        fprintf(stderr, "%s (%" PRId32 ")\n", aad_status_text(status), status);
        print_text(stderr, "Error", call, AAD_FIELD_ERROR_TEXT);
        print_text(stderr, "Advice", call, AAD_FIELD_ERROR_ADVICE);
        print_text(stderr, "OAuth error", call, AAD_FIELD_OAUTH_ERROR);
        print_text(stderr, "AADSTS codes", call, AAD_FIELD_ERROR_CODES);
        print_int(stderr, "HTTP status", call, AAD_FIELD_HTTP_STATUS);
        print_int(stderr, "Retry after (s)", call, AAD_FIELD_RETRY_AFTER_S);
        print_text(stderr, "Correlation id", call, AAD_FIELD_CORRELATION_ID);
    }
    print_int(stderr, "Requests sent", call, AAD_FIELD_ATTEMPTS);
    aad_call_free(call);
    return status == AAD_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
