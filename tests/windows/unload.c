/* LoadLibrary, FreeLibrary, LoadLibrary: the DLL stays where it is, also under a worker that is still busy. This
 * program isn't linked to it: its path comes as the argument. */
#include "check.h"

#include <windows.h>

typedef aad_request *(*new_function)(void);
typedef int32_t (*set_text_function)(aad_request *, int32_t, const char *, size_t);
typedef aad_call *(*begin_function)(const aad_request *);
typedef int32_t (*wait_function)(aad_call *, uint32_t);
typedef void (*free_function)(aad_call *);

static void find(HMODULE library, const char *name, void *function)
{
    FARPROC symbol = GetProcAddress(library, name);
    CHECK(symbol != NULL);
    memcpy(function, &symbol, sizeof symbol);
}

/* Begins a call and frees the library under it, more often than it was loaded; the functions are called through the
 * pointers of before. */
static void free_under_a_call(const char *path, const char *tenant, int32_t end)
{
    HMODULE library = LoadLibraryExA(path, NULL, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_SYSTEM32);
    new_function new_request;
    set_text_function set_text;
    begin_function begin;
    wait_function wait;
    free_function free_call;
    aad_request *request;
    aad_call *call;

    CHECK(library != NULL);
    find(library, "aad_request_new", &new_request);
    find(library, "aad_request_set_text", &set_text);
    find(library, "aad_call_begin", &begin);
    find(library, "aad_call_wait", &wait);
    find(library, "aad_call_free", &free_call);
    request = new_request();
    set_text(request, AAD_OPTION_AUTHORITY, environment("TEST_AUTHORITY"), AAD_NUL_TERMINATED);
    set_text(request, AAD_OPTION_CA_FILE, environment("TEST_CA_FILE"), AAD_NUL_TERMINATED);
    set_text(request, AAD_OPTION_PROXY, "", 0);
    set_text(request, AAD_OPTION_TENANT_ID, tenant, AAD_NUL_TERMINATED);
    set_text(request, AAD_OPTION_CLIENT_ID, CLIENT, AAD_NUL_TERMINATED);
    set_text(request, AAD_OPTION_CLIENT_SECRET, SECRET, AAD_NUL_TERMINATED);
    call = begin(request);
    FreeLibrary(library);
    FreeLibrary(library);
    CHECK(GetModuleHandleA("aadaccess.dll") == library);
    CHECK(wait(call, end == AAD_RUNNING ? 500 : AAD_WAIT_FOREVER) == end);
    free_call(call);
}

int main(int count, char **arguments)
{
    CHECK(count == 2);
    free_under_a_call(arguments[1], "contoso.example", AAD_OK);
    free_under_a_call(arguments[1], "hang.example", AAD_RUNNING);
    free_under_a_call(arguments[1], "slow.example", AAD_OK);
    puts("unload ok");
    return 0;
}
