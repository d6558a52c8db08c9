/* LoadLibrary, FreeLibrary, LoadLibrary: the DLL stays where it is, also under a worker that is still busy. This
 * program isn't linked to it: its path comes as the argument. */
#include "loaded.h"

#include <windows.h>

static void find(void *library, const char *name, void *function)
{
    FARPROC symbol = GetProcAddress((HMODULE)library, name);
    CHECK(symbol != NULL);
    memcpy(function, &symbol, sizeof symbol);
}

/* Begins a call and frees the library under it, more often than it was loaded. */
static void free_under_a_call(const char *path, const char *tenant, int32_t end)
{
    HMODULE library = LoadLibraryExA(path, NULL, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_SYSTEM32);
    struct functions functions;
    aad_call *call;

    CHECK(library != NULL);
    functions = functions_of(library, find);
    call = begin_loaded(&functions, tenant);
    FreeLibrary(library);
    FreeLibrary(library);
    CHECK(GetModuleHandleA("aadaccess.dll") == library);
    check_loaded(&functions, call, end);
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
