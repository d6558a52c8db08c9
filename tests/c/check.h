/* What the C programs of tests/c.rs share. Where the endpoint is comes from the environment. */
#ifndef CHECK_H
#define CHECK_H

#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "aadaccess.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECRET "s3cret-value-1"
#define CLIENT "11111111-2222-3333-4444-555555555555"

#define CHECK(condition) check((condition) != 0, #condition, __FILE__, __LINE__)
#define CHECK_STATUS(expected, expression) check_status((expected), (expression), #expression, __FILE__, __LINE__)

static inline void check(int good, const char *what, const char *file, int line)
{
    if (!good) {
        fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
        exit(1);
    }
}

static inline void check_status(int32_t expected, int32_t got, const char *what, const char *file, int line)
{
    if (got != expected) {
        fprintf(stderr, "%s:%d: %s is %d (%s), not %d\n", file, line, what, (int)got, aad_status_text(got), (int)expected);
        exit(1);
    }
}

/* Waits to the end; says what the error was when it is not the expected one. */
static inline void check_end(aad_call *call, int32_t expected, const char *file, int line)
{
    int32_t status = aad_call_wait(call, AAD_WAIT_FOREVER);
    if (status != expected) {
        const char *text = aad_call_text(call, AAD_FIELD_ERROR_TEXT, NULL);
        fprintf(stderr, "%s:%d: the call ended with %d (%s), not %d: %s\n", file, line, (int)status,
                aad_status_text(status), (int)expected, text ? text : "");
        exit(1);
    }
}
#define CHECK_END(call, expected) check_end((call), (expected), __FILE__, __LINE__)

static inline const char *environment(const char *name)
{
    const char *value = getenv(name);
    if (!value) {
        fprintf(stderr, "%s is not set\n", name);
        exit(2);
    }
    return value;
}

static inline long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void sleep_ms(long milliseconds)
{
    struct timespec pause;
    pause.tv_sec = milliseconds / 1000;
    pause.tv_nsec = milliseconds % 1000 * 1000000;
    nanosleep(&pause, NULL);
}

static inline void set(aad_request *request, int32_t option, const char *text)
{
    CHECK_STATUS(AAD_OK, aad_request_set_text(request, option, text, AAD_NUL_TERMINATED));
}

static inline aad_request *request_without_secret(const char *tenant)
{
    aad_request *request = aad_request_new();
    CHECK(request != NULL);
    set(request, AAD_OPTION_AUTHORITY, environment("TEST_AUTHORITY"));
    set(request, AAD_OPTION_CA_FILE, environment("TEST_CA_FILE"));
    set(request, AAD_OPTION_PROXY, "");
    set(request, AAD_OPTION_TENANT_ID, tenant);
    set(request, AAD_OPTION_CLIENT_ID, CLIENT);
    return request;
}

static inline aad_request *request_for(const char *tenant)
{
    aad_request *request = request_without_secret(tenant);
    set(request, AAD_OPTION_CLIENT_SECRET, SECRET);
    return request;
}

static inline aad_call *begin_for(const char *tenant)
{
    aad_request *request = request_for(tenant);
    aad_call *call = aad_call_begin(request);
    CHECK(call != NULL);
    aad_request_free(request);
    return call;
}

static inline int starts_with(const char *text, const char *start)
{
    return text != NULL && strncmp(text, start, strlen(start)) == 0;
}

static inline int text_is(const aad_call *call, int32_t field, const char *expected)
{
    const char *text = aad_call_text(call, field, NULL);
    return text != NULL && strcmp(text, expected) == 0;
}

#endif
