/* Stands between the module and the library: passes every call on, makes begin slow while the file
 * TEST_SLOW_FILE exists, and writes a letter for each request and call, made and freed, to TEST_CALLS_FILE: a leak can be counted. */
#define _POSIX_C_SOURCE 200809L
#ifdef _WIN32
#include <windows.h>
#define dlopen(path, mode) (void *)LoadLibraryA(path)
#define dlsym(handle, name) (void *)GetProcAddress((HMODULE)(handle), name)
#define pause_ms(ms) Sleep(ms)
#else
#include <dlfcn.h>
#include <time.h>
#define pause_ms(ms) nanosleep(&(struct timespec){0, (ms) * 1000000L}, NULL)
#endif
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "aadaccess.h"

static void *library(const char *name) {
    void *handle = dlopen(getenv("TEST_REAL_LIBRARY"), RTLD_NOW);
    void *found = handle ? dlsym(handle, name) : NULL;
    if (!found) abort();
    return found;
}

static void note(const char *letter) {
    int file = open(getenv("TEST_CALLS_FILE"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (file < 0 || write(file, letter, 1) != 1) abort();
    close(file);
}

#define FORWARD(result, name, parameters, arguments) \
    result name parameters { return ((result(*) parameters)library(#name)) arguments; }

FORWARD(uint32_t, aad_abi_version, (void), ())
FORWARD(int32_t, aad_request_set_text, (aad_request * request, int32_t option, const char *text, size_t length), (request, option, text, length))
FORWARD(int32_t, aad_request_set_text_utf16, (aad_request * request, int32_t option, const uint16_t *text, size_t length), (request, option, text, length))
FORWARD(int32_t, aad_request_set_int, (aad_request * request, int32_t option, int64_t value), (request, option, value))
FORWARD(int32_t, aad_call_wait, (const aad_call *call, uint32_t timeout_ms), (call, timeout_ms))
FORWARD(const char *, aad_call_text, (const aad_call *call, int32_t field, size_t *length), (call, field, length))
FORWARD(int64_t, aad_call_int, (const aad_call *call, int32_t field), (call, field))

aad_request *aad_request_new(void) {
    note("n");
    return ((aad_request * (*)(void)) library("aad_request_new"))();
}

void aad_request_free(aad_request *request) {
    if (request) note("r");
    ((void (*)(aad_request *))library("aad_request_free"))(request);
}

aad_call *aad_call_begin(const aad_request *request) {
    int slow = access(getenv("TEST_SLOW_FILE"), F_OK) == 0;
    aad_call *call = ((aad_call * (*)(const aad_request *)) library("aad_call_begin"))(request);
    note("b");
    if (slow) pause_ms(700);
    return call;
}

void aad_call_free(aad_call *call) {
    if (call) note("f");
    ((void (*)(aad_call *))library("aad_call_free"))(call);
}
