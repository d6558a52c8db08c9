/* A peer that goes away while we write never raises SIGPIPE in the host, whose own handler is left in place. */
#include "check.h"

#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t pipes = 0;

static void count(int number)
{
    (void)number;
    pipes++;
}

int main(void)
{
    size_t length = 1000 * 1000;
    char *secret = (char *)malloc(length);
    struct sigaction action;
    int i, ends[2];

    CHECK(secret != NULL);
    memset(secret, 's', length);
    memset(&action, 0, sizeof action);
    action.sa_handler = count;
    CHECK(sigaction(SIGPIPE, &action, NULL) == 0);

    for (i = 0; i < 10; i++) {
        aad_request *request = request_without_secret("contoso.example");
        aad_call *call;
        int32_t status;
        set(request, AAD_OPTION_AUTHORITY, environment(i % 2 ? "TEST_CLOSING" : "TEST_CLOSING_TLS"));
        CHECK_STATUS(AAD_OK, aad_request_set_text(request, AAD_OPTION_CLIENT_SECRET, secret, length));
        CHECK_STATUS(AAD_OK, aad_request_set_int(request, AAD_OPTION_MAX_RETRIES, 0));
        CHECK_STATUS(AAD_OK, aad_request_set_int(request, AAD_OPTION_TIMEOUT_MS, 10000));
        call = aad_call_run(request);
        aad_request_free(request);
        status = aad_call_status(call);
        if (status != AAD_NETWORK && status != AAD_TLS)
            CHECK_STATUS(AAD_NETWORK, status);
        aad_call_free(call);
    }
    CHECK(pipes == 0);

    /* The handler is still ours, and it does count. */
    CHECK(pipe(ends) == 0 && close(ends[0]) == 0);
    CHECK(write(ends[1], "x", 1) == -1);
    CHECK(pipes == 1);
    free(secret);
    puts("sigpipe ok");
    return 0;
}
