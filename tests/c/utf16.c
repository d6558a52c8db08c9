/* The UTF-16 setter refuses what the UTF-8 setter refuses, and sends what that sends. */
#include "refusals.h"

#define LONGEST_TEXT (1024 * 1024)
#define HIGH 0xd83d
#define LOW 0xdd11
#define EURO 0x20ac
/* Never to be seen in a refusal. */
#define VALUE 'S', '3', 'c', 'r', '3', 't'

static int32_t set_utf16(aad_request *request, int32_t option, const uint16_t *text, size_t length)
{
    return aad_request_set_text_utf16(request, option, text, length);
}

/* The setter refuses with these words, and what is begun with the request afterwards ends with that first refusal. */
static void check_refused(int32_t option, const uint16_t *text, size_t length, const char *words)
{
    static const char *const names[] = {
        "tenant id", "client id", "client secret", "refresh token", "scope", "authority", "CA file's path", "proxy",
        "proxy user name", "proxy password", "no-proxy list", "user agent suffix",
    };
    static const uint16_t tenant[] = {'a', '.', 'e', 'x', 'a', 'm', 'p', 'l', 'e'};
    aad_request *request = request_for("contoso.example");
    char expected[200];
    const char *said;
    aad_call *call;

    CHECK_STATUS(AAD_INVALID_ARGUMENT, set_utf16(request, option, text, length));
    CHECK_STATUS(AAD_OK, set_utf16(request, AAD_OPTION_TENANT_ID, tenant, 9));
    CHECK_STATUS(AAD_UNSUPPORTED, set_utf16(request, 12345, tenant, 1));
    CHECK_STATUS(AAD_INVALID_ARGUMENT, aad_request_set_text(request, option, "\xff", 1));
    call = aad_call_begin(request);
    check_failed(call, AAD_INVALID_ARGUMENT);
    said = aad_call_text(call, AAD_FIELD_ERROR_TEXT, NULL);
    snprintf(expected, sizeof expected, "The %s %s", names[option - FIRST_TEXT_OPTION], words);
    if (!starts_with(said, expected) || strstr(said, "S3cr3t") || strstr(said, "aaaaaaaa"))
        fprintf(stderr, "%s\n%s\n", expected, said);
    CHECK(starts_with(said, expected));
    CHECK(strstr(said, "S3cr3t") == NULL && strstr(said, "aaaaaaaa") == NULL);
    aad_call_free(call);
    aad_request_free(request);
}

static void no_text(int32_t option)
{
    static const uint16_t value[] = {VALUE, 0};
    const uint16_t *odd = (const uint16_t *)(const void *)((const char *)value + 1);

    check_refused(option, NULL, 1, "is NULL");
    check_refused(option, NULL, 5, "is NULL");
    check_refused(option, NULL, SIZE_MAX - 1, "is NULL");
    check_refused(option, NULL, AAD_NUL_TERMINATED, "is NULL");
    check_refused(option, odd, 0, "is at an odd address");
    check_refused(option, odd, 5, "is at an odd address");
    check_refused(option, odd, AAD_NUL_TERMINATED, "is at an odd address");
}

static void broken_text(int32_t option)
{
    static const struct {
        uint16_t units[16];
        size_t length;
        const char *unit;
    } halves[] = {
        {{HIGH}, 1, "1"}, {{LOW}, 1, "1"},
        {{HIGH, VALUE}, 7, "1"}, {{LOW, VALUE}, 7, "1"},
        {{VALUE, HIGH}, 7, "7"}, {{VALUE, LOW}, 7, "7"},
        {{VALUE, HIGH, VALUE}, 13, "7"}, {{VALUE, LOW, VALUE}, 13, "7"},
        {{VALUE, LOW, HIGH, VALUE}, 14, "7"},
        {{HIGH, HIGH, LOW, VALUE}, 9, "1"}, {{HIGH, LOW, LOW, VALUE}, 9, "3"},
        {{0xd800, VALUE}, 7, "1"}, {{0xdbff, VALUE}, 7, "1"}, {{0xdc00, VALUE}, 7, "1"}, {{0xdfff, VALUE}, 7, "1"},
        /* The other half stands behind the end. */
        {{VALUE, HIGH, LOW}, 7, "7"},
    };
    static const uint16_t with_nul[] = {VALUE, 0, VALUE};
    static const uint16_t pair_and_nul[] = {HIGH, LOW, 0};
    char words[100];
    size_t i;

    for (i = 0; i < sizeof halves / sizeof halves[0]; i++) {
        const uint16_t *units = halves[i].units;
        snprintf(words, sizeof words, "holds a lone half of a surrogate pair at UTF-16 code unit %s", halves[i].unit);
        check_refused(option, units, halves[i].length, words);
        if (units[halves[i].length] == 0)
            check_refused(option, units, AAD_NUL_TERMINATED, words);
    }
    check_refused(option, with_nul, 13, "holds a NUL at UTF-16 code unit 7");
    check_refused(option, with_nul, 7, "holds a NUL at UTF-16 code unit 7");
    check_refused(option, with_nul + 6, 1, "holds a NUL at UTF-16 code unit 1");
    check_refused(option, pair_and_nul, 3, "holds a NUL at UTF-16 code unit 3");
}

/* As many of this unit, or of these two in turn, and a NUL behind. */
static void fill(uint16_t *text, size_t count, uint16_t one, uint16_t other)
{
    size_t i;

    for (i = 0; i < count; i++)
        text[i] = i % 2 ? other : one;
    text[count] = 0;
}

/* The first `length` units fit, one character more does not. */
static void check_limit(const uint16_t *text, size_t length, size_t more, const char *words)
{
    aad_request *request = aad_request_new();
    int32_t option;

    CHECK_STATUS(AAD_OK, set_utf16(request, AAD_OPTION_CLIENT_SECRET, text, length));
    aad_request_free(request);
    for (option = FIRST_TEXT_OPTION; option <= LAST_TEXT_OPTION; option++)
        check_refused(option, text, length + more, words);
    check_refused(AAD_OPTION_CLIENT_SECRET, text, AAD_NUL_TERMINATED, words);
}

static void long_texts(void)
{
    static const uint16_t value[] = {VALUE, 0};
    uint16_t *room = (uint16_t *)malloc((LONGEST_TEXT + 2) * sizeof *room);
    size_t length;
    int32_t option;

    CHECK(room != NULL);
    length = LONGEST_TEXT;
    fill(room, length + 1, 'a', 'a');
    check_limit(room, length, 1, "is too long: 1048577 UTF-16 code units");
    /* Three bytes for each unit, and four for each two. */
    length = LONGEST_TEXT / 3;
    fill(room, length + 1, EURO, EURO);
    check_limit(room, length, 1, "is too long: 1048578 bytes of UTF-8");
    length = LONGEST_TEXT / 2;
    fill(room, length + 2, HIGH, LOW);
    check_limit(room, length, 2, "is too long: 1048580 bytes of UTF-8");
    free(room);

    /* Such lengths can't be: nothing is read. */
    for (option = FIRST_TEXT_OPTION; option <= LAST_TEXT_OPTION; option++) {
        check_refused(option, value, SIZE_MAX - 1, "is too long");
        check_refused(option, value, SIZE_MAX / 2 + 1, "is too long");
        check_refused(option, value, SIZE_MAX / 4 + 1, "is too long");
    }
}

static void check_empty(int32_t option, const uint16_t *text, size_t length)
{
    aad_request *request = request_for("contoso.example");

    CHECK_STATUS(AAD_OK, set_utf16(request, option, text, length));
    check_end_with_empty(request, option);
}

static void bad_texts(void)
{
    static const uint16_t nothing[] = {0};
    int32_t option;

    for (option = FIRST_TEXT_OPTION; option <= LAST_TEXT_OPTION; option++) {
        no_text(option);
        broken_text(option);
        check_empty(option, nothing, 0);
        check_empty(option, nothing, AAD_NUL_TERMINATED);
        check_empty(option, NULL, 0);
    }
}

static void bad_options(void)
{
    static const int32_t numbers[] = {
        INT32_MIN, -1, 0, LAST_TEXT_OPTION + 1, AAD_OPTION_TIMEOUT_MS - 1, AAD_OPTION_TIMEOUT_MS,
        AAD_OPTION_MAX_RETRIES, AAD_OPTION_MAX_RETRIES + 1, 65536 + AAD_OPTION_TENANT_ID, INT32_MAX,
    };
    static const uint16_t value[] = {VALUE, 0};
    size_t i;

    CHECK_STATUS(AAD_INVALID_ARGUMENT, set_utf16(NULL, AAD_OPTION_TENANT_ID, value, 6));
    CHECK_STATUS(AAD_INVALID_ARGUMENT, set_utf16(NULL, AAD_OPTION_TENANT_ID, NULL, 0));
    CHECK_STATUS(AAD_INVALID_ARGUMENT, set_utf16(NULL, -1, value, AAD_NUL_TERMINATED));
    for (i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        aad_request *request = request_for("contoso.example");
        aad_call *call;

        CHECK_STATUS(AAD_UNSUPPORTED, set_utf16(request, numbers[i], value, 6));
        CHECK_STATUS(AAD_UNSUPPORTED, set_utf16(request, numbers[i], NULL, 6));
        CHECK_STATUS(AAD_INVALID_ARGUMENT, set_utf16(request, AAD_OPTION_TENANT_ID, NULL, 6));
        call = aad_call_begin(request);
        check_failed(call, AAD_UNSUPPORTED);
        CHECK(strstr(aad_call_text(call, AAD_FIELD_ERROR_TEXT, NULL), "S3cr3t") == NULL);
        aad_call_free(call);
        aad_request_free(request);
    }
}

static void set_ascii(aad_request *request, int32_t option, const char *text)
{
    size_t length = strlen(text), i;
    uint16_t *units = (uint16_t *)malloc((length + 1) * sizeof *units);

    CHECK(units != NULL);
    for (i = 0; i <= length; i++)
        units[i] = (unsigned char)text[i];
    CHECK_STATUS(AAD_OK, set_utf16(request, option, units, AAD_NUL_TERMINATED));
    free(units);
}

static void check_sent(aad_request *request)
{
    aad_call *call = aad_call_run(request);

    CHECK_END(call, AAD_OK);
    aad_call_free(call);
    aad_request_free(request);
}

/* Umlauts, CJK, the last character before the surrogates and the first behind them, two beyond 16 bits. What the
 * endpoint got is compared in tests/foreign. */
static void the_same_arrives(void)
{
    static const char utf8[] = "s3cret-long-& = + % \" ' \xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f \xe6\x97\xa5\xe6\x9c\xac "
        "\xed\x9f\xbf\xee\x80\x80 \xf0\x9f\x94\x91\xf4\x8f\xbf\xbf";
    static const uint16_t utf16[] = {
        's', '3', 'c', 'r', 'e', 't', '-', 'l', 'o', 'n', 'g', '-',
        '&', ' ', '=', ' ', '+', ' ', '%', ' ', '"', ' ', '\'', ' ',
        0xe4, 0xf6, 0xfc, 0xdf, ' ', 0x65e5, 0x672c, ' ', 0xd7ff, 0xe000, ' ', HIGH, LOW, 0xdbff, 0xdfff, 0,
    };
    aad_request *request = request_without_secret("contoso.example");

    set(request, AAD_OPTION_CLIENT_SECRET, utf8);
    check_sent(request);
    request = request_without_secret("contoso.example");
    CHECK_STATUS(AAD_OK, set_utf16(request, AAD_OPTION_CLIENT_SECRET, utf16, sizeof utf16 / sizeof utf16[0] - 1));
    check_sent(request);

    request = aad_request_new();
    set_ascii(request, AAD_OPTION_AUTHORITY, environment("TEST_AUTHORITY"));
    set_ascii(request, AAD_OPTION_CA_FILE, environment("TEST_CA_FILE"));
    set_ascii(request, AAD_OPTION_PROXY, "");
    set_ascii(request, AAD_OPTION_TENANT_ID, "contoso.example");
    set_ascii(request, AAD_OPTION_CLIENT_ID, CLIENT);
    set_ascii(request, AAD_OPTION_SCOPE, "https://graph.microsoft.com/.default");
    CHECK_STATUS(AAD_OK, set_utf16(request, AAD_OPTION_CLIENT_SECRET, utf16, AAD_NUL_TERMINATED));
    check_sent(request);
}

int main(void)
{
    the_same_arrives();
    bad_texts();
    long_texts();
    bad_options();
    puts("utf16 ok");
    return 0;
}
