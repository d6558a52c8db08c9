/* dlopen, dlclose, dlopen: the library stays where it is, also under a worker that is still busy.
 * This program isn't linked to the library: its path comes as the argument. */
#include "loaded.h"

#include <dlfcn.h>

static void find(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);
    CHECK(symbol != NULL);
    memcpy(function, &symbol, sizeof symbol);
}

static void *load(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        fprintf(stderr, "%s\n", dlerror());
    CHECK(library != NULL);
    return library;
}

/* Begins a call and closes the library under it. */
static void close_under_a_call(const char *path, const char *tenant, int32_t end)
{
    void *library = load(path);
    struct functions functions = functions_of(library, find);
    aad_call *call = begin_loaded(&functions, tenant);

    CHECK(dlclose(library) == 0);
    check_loaded(&functions, call, end);
}

int main(int count, char **arguments)
{
    CHECK(count == 2);
    close_under_a_call(arguments[1], "contoso.example", AAD_OK);
    close_under_a_call(arguments[1], "hang.example", AAD_RUNNING);
    close_under_a_call(arguments[1], "slow.example", AAD_OK);
    puts("reload ok");
    return 0;
}
