/* Every entry survives every wrong argument, and says so. Nothing here reaches the network but the last part. */
#include "refusals.h"

static const int32_t strange_numbers[] = {INT32_MIN, -65, -1, 0, 19, 63, 72, 99, 1000, 65536, INT32_MAX};
#define STRANGE_COUNT (sizeof strange_numbers / sizeof strange_numbers[0])

static void nothing_given(void)
{
    size_t length = 77;
    aad_call *call;

    aad_request_free(NULL);
    aad_call_free(NULL);
    CHECK_STATUS(AAD_INVALID_ARGUMENT, aad_request_set_text(NULL, AAD_OPTION_TENANT_ID, "contoso.example", 15));
    CHECK_STATUS(AAD_INVALID_ARGUMENT, aad_request_set_int(NULL, AAD_OPTION_TIMEOUT_MS, 1000));
    CHECK_STATUS(AAD_INVALID_ARGUMENT, aad_call_wait(NULL, 0));
    CHECK_STATUS(AAD_INVALID_ARGUMENT, aad_call_wait(NULL, AAD_WAIT_FOREVER));
    CHECK_STATUS(AAD_INVALID_ARGUMENT, aad_call_cancel(NULL));
    CHECK_STATUS(AAD_INVALID_ARGUMENT, aad_call_status(NULL));
    CHECK(aad_call_text(NULL, AAD_FIELD_HEADER, &length) == NULL && length == 77);
    CHECK(aad_call_text(NULL, AAD_FIELD_HEADER, NULL) == NULL);
    CHECK(aad_call_int(NULL, AAD_FIELD_HTTP_STATUS) == -1);

    call = aad_call_begin(NULL);
    check_failed(call, AAD_INVALID_ARGUMENT);
    aad_call_free(call);
    call = aad_call_run(NULL);
    check_failed(call, AAD_INVALID_ARGUMENT);
    aad_call_free(call);
    call = aad_access_header(NULL, NULL, NULL, NULL);
    check_failed(call, AAD_INVALID_ARGUMENT);
    aad_call_free(call);
    call = aad_access_header(NULL, CLIENT, SECRET, NULL);
    check_failed(call, AAD_INVALID_ARGUMENT);
    aad_call_free(call);
    call = aad_access_header("contoso.example", NULL, SECRET, NULL);
    check_failed(call, AAD_INVALID_ARGUMENT);
    aad_call_free(call);
    call = aad_access_header("contoso.example", CLIENT, NULL, NULL);
    check_failed(call, AAD_INVALID_ARGUMENT);
    aad_call_free(call);
    call = aad_access_header(NULL, NULL, NULL, "refresh-token-1");
    check_failed(call, AAD_INVALID_ARGUMENT);
    aad_call_free(call);
    call = aad_access_header("", "", "", "");
    check_failed(call, AAD_INVALID_ARGUMENT);
    aad_call_free(call);
    call = aad_access_header("\xff\xfe", CLIENT, SECRET, NULL);
    check_failed(call, AAD_INVALID_ARGUMENT);
    aad_call_free(call);
    call = aad_access_header("../../x", CLIENT, SECRET, NULL);
    check_failed(call, AAD_INVALID_ARGUMENT);
    CHECK(strstr(aad_call_text(call, AAD_FIELD_ERROR_TEXT, NULL), "../../x") == NULL);
    aad_call_free(call);
    /* The secret in the tenant's place: people swap arguments. */
    call = aad_access_header("S3cr3t~value in the wrong place", CLIENT, "contoso.example", NULL);
    check_failed(call, AAD_INVALID_ARGUMENT);
    CHECK(strstr(aad_call_text(call, AAD_FIELD_ERROR_TEXT, NULL), "S3cr3t") == NULL);
    CHECK(strstr(aad_call_text(call, AAD_FIELD_ERROR_TEXT, NULL), "wrong place") == NULL);
    aad_call_free(call);
}

/* The setter refuses, and what is begun with the request afterwards ends with that first refusal. */
static void check_refused(int32_t option, const char *text, size_t length)
{
    aad_request *request = request_for("contoso.example");
    aad_call *call;

    CHECK_STATUS(AAD_INVALID_ARGUMENT, aad_request_set_text(request, option, text, length));
    CHECK_STATUS(AAD_OK, aad_request_set_text(request, AAD_OPTION_TENANT_ID, "contoso.example", 15));
    CHECK_STATUS(AAD_UNSUPPORTED, aad_request_set_text(request, 12345, "x", 1));
    call = aad_call_begin(request);
    check_failed(call, AAD_INVALID_ARGUMENT);
    aad_call_free(call);
    aad_request_free(request);
}

static void check_empty(int32_t option, const char *text, size_t length)
{
    aad_request *request = request_for("contoso.example");

    CHECK_STATUS(AAD_OK, aad_request_set_text(request, option, text, length));
    check_end_with_empty(request, option);
}

static void bad_texts(void)
{
    size_t too_long = 1024 * 1024 + 1;
    char *filler = (char *)malloc(too_long);
    int32_t option;

    CHECK(filler != NULL);
    memset(filler, 'a', too_long);
    for (option = FIRST_TEXT_OPTION; option <= LAST_TEXT_OPTION; option++) {
        check_refused(option, NULL, 5);
        check_refused(option, NULL, AAD_NUL_TERMINATED);
        check_refused(option, "\xff\xfe", 2);
        check_refused(option, "\xc0\xaf", AAD_NUL_TERMINATED);
        check_refused(option, "\xed\xa0\x80", 3);
        check_refused(option, "ab\xf0\x9f\x98", 5);
        check_refused(option, "ab\0cd", 5);
        check_refused(option, "\0", 1);
        /* Such lengths can't be: nothing is read. */
        check_refused(option, "abc", SIZE_MAX - 1);
        check_refused(option, "abc", SIZE_MAX / 2 + 1);
        check_refused(option, filler, too_long);
        check_empty(option, "", 0);
        check_empty(option, "", AAD_NUL_TERMINATED);
        check_empty(option, NULL, 0);
    }
    free(filler);
}

static void bad_numbers(void)
{
    static const int64_t timeouts[] = {INT64_MIN, -1, 0, 86400001, INT64_MAX};
    static const int64_t retries[] = {INT64_MIN, -1, 11, INT64_MAX};
    aad_request *request = aad_request_new();
    aad_call *call;
    size_t i;

    CHECK_STATUS(AAD_OK, aad_request_set_int(request, AAD_OPTION_TIMEOUT_MS, 1));
    CHECK_STATUS(AAD_OK, aad_request_set_int(request, AAD_OPTION_TIMEOUT_MS, 86400000));
    CHECK_STATUS(AAD_OK, aad_request_set_int(request, AAD_OPTION_MAX_RETRIES, 0));
    CHECK_STATUS(AAD_OK, aad_request_set_int(request, AAD_OPTION_MAX_RETRIES, 10));
    for (i = 0; i < sizeof timeouts / sizeof timeouts[0]; i++)
        CHECK_STATUS(AAD_INVALID_ARGUMENT, aad_request_set_int(request, AAD_OPTION_TIMEOUT_MS, timeouts[i]));
    for (i = 0; i < sizeof retries / sizeof retries[0]; i++)
        CHECK_STATUS(AAD_INVALID_ARGUMENT, aad_request_set_int(request, AAD_OPTION_MAX_RETRIES, retries[i]));
    call = aad_call_run(request);
    check_failed(call, AAD_INVALID_ARGUMENT);
    aad_call_free(call);
    aad_request_free(request);

    /* A text option is no int option, nor the other way round. */
    request = request_for("contoso.example");
    CHECK_STATUS(AAD_UNSUPPORTED, aad_request_set_int(request, AAD_OPTION_TENANT_ID, 1));
    CHECK_STATUS(AAD_UNSUPPORTED, aad_request_set_text(request, AAD_OPTION_TIMEOUT_MS, "1000", 4));
    for (i = 0; i < STRANGE_COUNT; i++) {
        CHECK_STATUS(AAD_UNSUPPORTED, aad_request_set_text(request, strange_numbers[i], "x", 1));
        CHECK_STATUS(AAD_UNSUPPORTED, aad_request_set_int(request, strange_numbers[i], 1));
    }
    call = aad_call_run(request);
    check_failed(call, AAD_UNSUPPORTED);
    aad_call_free(call);
    aad_request_free(request);
}

static void getters_while_running(void)
{
    aad_call *call = begin_for("hang.example");
    size_t length = 77, i;
    int32_t field;

    CHECK_STATUS(AAD_RUNNING, aad_call_wait(call, 0));
    CHECK_STATUS(AAD_RUNNING, aad_call_wait(call, 50));
    CHECK_STATUS(AAD_RUNNING, aad_call_status(call));
    for (field = -3; field < 200; field++) {
        CHECK(aad_call_text(call, field, &length) == NULL && length == 77);
        aad_call_int(call, field);
    }
    CHECK(aad_call_int(call, AAD_FIELD_HTTP_STATUS) == -1);
    for (i = 0; i < STRANGE_COUNT; i++)
        CHECK(aad_call_text(call, strange_numbers[i], NULL) == NULL && aad_call_int(call, strange_numbers[i]) == -1);
    CHECK_STATUS(AAD_CANCELLED, aad_call_cancel(call));
    check_failed(call, AAD_CANCELLED);
    aad_call_free(call);
}

static void getters_after_success(void)
{
    aad_call *call = begin_for("contoso.example");
    size_t length = 77, i;

    CHECK_END(call, AAD_OK);
    for (i = 0; i < STRANGE_COUNT; i++) {
        CHECK(aad_call_text(call, strange_numbers[i], &length) == NULL && length == 77);
        CHECK(aad_call_int(call, strange_numbers[i]) == -1);
    }
    /* Text fields have no number and number fields no text; errors are not there. */
    CHECK(aad_call_int(call, AAD_FIELD_HEADER) == -1);
    CHECK(aad_call_text(call, AAD_FIELD_EXPIRES_ON_UNIX_S, NULL) == NULL);
    CHECK(aad_call_text(call, AAD_FIELD_ERROR_TEXT, NULL) == NULL);
    CHECK(aad_call_text(call, AAD_FIELD_ERROR_JSON, NULL) == NULL);
    CHECK_STATUS(AAD_OK, aad_call_cancel(call));
    CHECK(aad_call_text(call, AAD_FIELD_HEADER, NULL) != NULL);
    aad_call_free(call);
}

static void status_texts(void)
{
    int32_t status;
    size_t i;

    CHECK(aad_abi_version() == AAD_ABI_VERSION);
    CHECK(strcmp(aad_version(), environment("TEST_VERSION")) == 0);
    for (status = AAD_INTERNAL; status <= AAD_RUNNING; status++) {
        const char *text = aad_status_text(status);
        int32_t other;
        CHECK(text != NULL && *text);
        for (other = AAD_INTERNAL; other < status; other++)
            CHECK(strcmp(text, aad_status_text(other)) != 0);
    }
    for (i = 0; i < STRANGE_COUNT; i++)
        CHECK(aad_status_text(strange_numbers[i]) != NULL && *aad_status_text(strange_numbers[i]));
}

int main(void)
{
    nothing_given();
    bad_texts();
    bad_numbers();
    status_texts();
    getters_while_running();
    getters_after_success();
    puts("inputs ok");
    return 0;
}
