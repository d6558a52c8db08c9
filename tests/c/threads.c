/* Cancel and free from other threads, one call seen by many, many calls at once. */
#include "check.h"

#include <pthread.h>

static void *cancel_soon(void *call)
{
    sleep_ms(300);
    CHECK_STATUS(AAD_CANCELLED, aad_call_cancel((aad_call *)call));
    return NULL;
}

static void *wait_to_the_end(void *call)
{
    CHECK_STATUS(AAD_CANCELLED, aad_call_wait((aad_call *)call, AAD_WAIT_FOREVER));
    CHECK(aad_call_text((aad_call *)call, AAD_FIELD_ERROR_TEXT, NULL) != NULL);
    return NULL;
}

static void *look_around(void *argument)
{
    aad_call *call = (aad_call *)argument;
    while (aad_call_status(call) == AAD_RUNNING) {
        CHECK(aad_call_text(call, AAD_FIELD_HEADER, NULL) == NULL);
        aad_call_int(call, AAD_FIELD_WAIT_REMAINING_MS);
        aad_call_int(call, AAD_FIELD_ATTEMPTS);
    }
    return NULL;
}

static void cancel_wakes_every_waiter(void)
{
    aad_call *call = begin_for("hang.example");
    pthread_t canceller, waiters[8], observers[2];
    long started = now_ms();
    int i;

    CHECK(pthread_create(&canceller, NULL, cancel_soon, call) == 0);
    for (i = 0; i < 8; i++)
        CHECK(pthread_create(&waiters[i], NULL, wait_to_the_end, call) == 0);
    for (i = 0; i < 2; i++)
        CHECK(pthread_create(&observers[i], NULL, look_around, call) == 0);
    CHECK_STATUS(AAD_CANCELLED, aad_call_wait(call, AAD_WAIT_FOREVER));
    pthread_join(canceller, NULL);
    for (i = 0; i < 8; i++)
        pthread_join(waiters[i], NULL);
    for (i = 0; i < 2; i++)
        pthread_join(observers[i], NULL);
    CHECK(now_ms() - started >= 250 && now_ms() - started < 3000);
    aad_call_free(call);
}

static void free_of_running_calls_returns_at_once(void)
{
    aad_call *calls[16];
    long started;
    int i;

    for (i = 0; i < 16; i++)
        calls[i] = begin_for("hang.example");
    sleep_ms(200);
    started = now_ms();
    for (i = 0; i < 16; i++)
        aad_call_free(calls[i]);
    CHECK(now_ms() - started < 1000);
}

static void *many_calls(void *unused)
{
    int i;
    for (i = 0; i < 15; i++) {
        aad_call *call = begin_for("contoso.example");
        CHECK_END(call, AAD_OK);
        CHECK(starts_with(aad_call_text(call, AAD_FIELD_HEADER, NULL), "Bearer "));
        aad_call_free(call);
    }
    return unused;
}

static void many_threads(void)
{
    pthread_t threads[32];
    int i;

    for (i = 0; i < 32; i++)
        CHECK(pthread_create(&threads[i], NULL, many_calls, NULL) == 0);
    for (i = 0; i < 32; i++)
        pthread_join(threads[i], NULL);
}

int main(void)
{
    cancel_wakes_every_waiter();
    free_of_running_calls_returns_at_once();
    many_threads();
    puts("threads ok");
    return 0;
}
