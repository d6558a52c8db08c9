/* What the programs share that load the library themselves: its functions, and a call begun through them. */
#ifndef LOADED_H
#define LOADED_H

#include "check.h"

/* Writes the address of the function of that name to `function`. */
typedef void (*finder)(void *library, const char *name, void *function);

struct functions {
    aad_request *(*new_request)(void);
    int32_t (*set_text)(aad_request *, int32_t, const char *, size_t);
    aad_call *(*begin)(const aad_request *);
    int32_t (*wait)(aad_call *, uint32_t);
    void (*free_call)(aad_call *);
};

static inline struct functions functions_of(void *library, finder find)
{
    struct functions all;

    find(library, "aad_request_new", &all.new_request);
    find(library, "aad_request_set_text", &all.set_text);
    find(library, "aad_call_begin", &all.begin);
    find(library, "aad_call_wait", &all.wait);
    find(library, "aad_call_free", &all.free_call);
    return all;
}

static inline aad_call *begin_loaded(const struct functions *library, const char *tenant)
{
    aad_request *request = library->new_request();

    library->set_text(request, AAD_OPTION_AUTHORITY, environment("TEST_AUTHORITY"), AAD_NUL_TERMINATED);
    library->set_text(request, AAD_OPTION_CA_FILE, environment("TEST_CA_FILE"), AAD_NUL_TERMINATED);
    library->set_text(request, AAD_OPTION_PROXY, "", 0);
    library->set_text(request, AAD_OPTION_TENANT_ID, tenant, AAD_NUL_TERMINATED);
    library->set_text(request, AAD_OPTION_CLIENT_ID, CLIENT, AAD_NUL_TERMINATED);
    library->set_text(request, AAD_OPTION_CLIENT_SECRET, SECRET, AAD_NUL_TERMINATED);
    return library->begin(request);
}

/* Through the pointers of before the library was given back. AAD_RUNNING: it is still busy when the call is freed. */
static inline void check_loaded(const struct functions *library, aad_call *call, int32_t end)
{
    CHECK(library->wait(call, end == AAD_RUNNING ? 500 : AAD_WAIT_FOREVER) == end);
    library->free_call(call);
}

#endif
