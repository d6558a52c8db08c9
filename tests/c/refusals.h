/* What the programs about refused arguments share. */
#ifndef REFUSALS_H
#define REFUSALS_H

#include "check.h"

#define FIRST_TEXT_OPTION AAD_OPTION_TENANT_ID
#define LAST_TEXT_OPTION AAD_OPTION_USER_AGENT_SUFFIX

/* An attempt that ended without a token: no getter answers with one, none fails. */
static inline void check_failed(aad_call *call, int32_t status)
{
    int32_t field;
    size_t length = 77;

    CHECK(call != NULL);
    CHECK_STATUS(status, aad_call_status(call));
    CHECK_STATUS(status, aad_call_wait(call, 0));
    CHECK_STATUS(status, aad_call_wait(call, AAD_WAIT_FOREVER));
    CHECK_STATUS(status, aad_call_cancel(call));
    CHECK(aad_call_text(call, AAD_FIELD_HEADER, &length) == NULL);
    CHECK(aad_call_text(call, AAD_FIELD_ACCESS_TOKEN, &length) == NULL);
    CHECK(length == 77);
    CHECK(aad_call_int(call, AAD_FIELD_EXPIRES_ON_UNIX_S) == -1);
    CHECK(aad_call_text(call, AAD_FIELD_ERROR_TEXT, &length) != NULL);
    CHECK(length == strlen(aad_call_text(call, AAD_FIELD_ERROR_TEXT, NULL)) && length > 10);
    for (field = -3; field < 200; field++) {
        aad_call_text(call, field, &length);
        aad_call_int(call, field);
    }
}

/* Whether an empty text is allowed, the call says. An empty proxy means none, and its parts may be empty. */
static inline void check_end_with_empty(aad_request *request, int32_t option)
{
    aad_call *call = aad_call_begin(request);

    if (option >= AAD_OPTION_PROXY && option <= AAD_OPTION_NO_PROXY)
        CHECK_END(call, AAD_OK);
    else
        check_failed(call, AAD_INVALID_ARGUMENT);
    aad_call_free(call);
    aad_request_free(request);
}

#endif
