/* What an answer holds, how long it lasts, and what a refusal says. */
#include "check.h"

static void secret_to_header(void)
{
    aad_request *request = request_for("contoso.example");
    aad_call *call = aad_call_run(request);
    const char *header, *token;
    size_t length = 0;
    char before[256];
    int i;

    CHECK_END(call, AAD_OK);
    header = aad_call_text(call, AAD_FIELD_HEADER, &length);
    token = aad_call_text(call, AAD_FIELD_ACCESS_TOKEN, NULL);
    CHECK(header != NULL && token != NULL);
    CHECK(length == strlen(header) && length < sizeof before);
    CHECK(starts_with(header, "Bearer ") && strcmp(header + 7, token) == 0);
    CHECK(text_is(call, AAD_FIELD_TOKEN_TYPE, "Bearer"));
    CHECK(text_is(call, AAD_FIELD_GRANT, "client_credentials"));
    CHECK(aad_call_text(call, AAD_FIELD_HOST, NULL) != NULL);
    CHECK(aad_call_text(call, AAD_FIELD_REFRESH_TOKEN, NULL) == NULL);
    CHECK(aad_call_text(call, AAD_FIELD_CORRELATION_ID, &length) != NULL && length == 36);
    CHECK(aad_call_int(call, AAD_FIELD_EXPIRES_ON_UNIX_S) > (int64_t)time(NULL));
    CHECK(aad_call_int(call, AAD_FIELD_HTTP_STATUS) == -1);
    CHECK(aad_call_int(call, AAD_FIELD_ATTEMPTS) == 1);
    CHECK(aad_call_int(call, AAD_FIELD_WAIT_REASON) == 0);
    CHECK(aad_call_int(call, AAD_FIELD_WAITED_MS) == 0);
    CHECK(aad_call_int(call, AAD_FIELD_DURATION_MS) >= 0);

    /* A borrowed text stays where it is and as it is until its call is freed, whatever else goes on. */
    strcpy(before, header);
    for (i = 0; i < 20; i++) {
        aad_call *other = aad_call_run(request);
        CHECK_END(other, AAD_OK);
        CHECK(aad_call_text(other, AAD_FIELD_HEADER, NULL) != header);
        aad_call_free(other);
        CHECK(aad_call_text(call, AAD_FIELD_HEADER, NULL) == header);
    }
    aad_request_free(request);
    aad_call_cancel(call);
    CHECK(aad_call_text(call, AAD_FIELD_HEADER, NULL) == header && strcmp(before, header) == 0);
    aad_call_free(call);
}

static void refresh_token_rotates(void)
{
    aad_request *request = request_without_secret("contoso.example");
    aad_call *call;

    set(request, AAD_OPTION_REFRESH_TOKEN, "refresh-token-1");
    call = aad_call_begin(request);
    aad_request_free(request); /* at once: begin has copied it */
    CHECK_END(call, AAD_OK);
    CHECK(text_is(call, AAD_FIELD_GRANT, "refresh_token"));
    CHECK(text_is(call, AAD_FIELD_REFRESH_TOKEN, "refresh-token-2"));
    CHECK(starts_with(aad_call_text(call, AAD_FIELD_HEADER, NULL), "Bearer "));
    aad_call_free(call);
}

static void refused_secret(void)
{
    static const int32_t texts[] = {AAD_FIELD_ERROR_TEXT, AAD_FIELD_ERROR_ADVICE, AAD_FIELD_ERROR_JSON,
                                    AAD_FIELD_OAUTH_ERROR, AAD_FIELD_OAUTH_DESCRIPTION, AAD_FIELD_CORRELATION_ID,
                                    AAD_FIELD_TRACE_ID, AAD_FIELD_TIMESTAMP};
    aad_request *request = request_without_secret("contoso.example");
    aad_call *call;
    size_t i;

    set(request, AAD_OPTION_CLIENT_SECRET, "not-the-secret");
    call = aad_call_run(request);
    aad_request_free(request);
    CHECK_END(call, AAD_OAUTH);
    CHECK(aad_call_int(call, AAD_FIELD_HTTP_STATUS) == 401);
    CHECK(text_is(call, AAD_FIELD_OAUTH_ERROR, "invalid_client"));
    CHECK(text_is(call, AAD_FIELD_ERROR_CODES, "7000215"));
    CHECK(aad_call_int(call, AAD_FIELD_ATTEMPTS) == 1);
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *text = aad_call_text(call, texts[i], NULL);
        CHECK(text != NULL && *text);
        CHECK(strstr(text, "not-the-secret") == NULL);
    }
    CHECK(strstr(aad_call_text(call, AAD_FIELD_ERROR_TEXT, NULL), "7000215") != NULL);
    CHECK(starts_with(aad_call_text(call, AAD_FIELD_ERROR_JSON, NULL), "{"));
    aad_call_free(call);
}

/* With no other number than the request's own deadline, the server that never answers ends in time. */
static void deadline_holds(void)
{
    aad_request *request = request_for("hang.example");
    aad_call *call;
    long started = now_ms();

    CHECK_STATUS(AAD_OK, aad_request_set_int(request, AAD_OPTION_TIMEOUT_MS, 700));
    call = aad_call_run(request);
    aad_request_free(request);
    CHECK_END(call, AAD_TIMEOUT);
    CHECK(now_ms() - started >= 650 && now_ms() - started < 3000);
    aad_call_free(call);
}

int main(void)
{
    secret_to_header();
    refresh_token_rotates();
    refused_secret();
    deadline_holds();
    puts("results ok");
    return 0;
}
