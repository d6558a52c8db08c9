/* fork while threads call: the child has a working library of its own, what was begun before the fork is over
 * there, and the parent goes on as if nothing had been. */
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 8
#define FORKS 12

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int stopping = 0;
static long finished = 0;

static void *keep_calling(void *unused)
{
    int stop = 0;
    while (!stop) {
        aad_call *call = begin_for("contoso.example");
        CHECK_END(call, AAD_OK);
        /* No child has closed a connection of ours: none had to be made anew for a second try. */
        CHECK(aad_call_int(call, AAD_FIELD_ATTEMPTS) == 1);
        aad_call_free(call);
        pthread_mutex_lock(&lock);
        finished++;
        stop = stopping;
        pthread_mutex_unlock(&lock);
    }
    return unused;
}

static long calls_so_far(void)
{
    long calls;
    pthread_mutex_lock(&lock);
    calls = finished;
    pthread_mutex_unlock(&lock);
    return calls;
}

/* Exits with a number of its own for each thing that may go wrong. */
static void child(aad_call *begun_before, aad_call *ended_before, const char *header_before)
{
    aad_call *call;
    int i;

    if (aad_call_wait(begun_before, AAD_WAIT_FOREVER) != AAD_INTERNAL)
        _exit(11);
    if (aad_call_status(begun_before) != AAD_INTERNAL || aad_call_text(begun_before, AAD_FIELD_ERROR_TEXT, NULL) == NULL)
        _exit(12);
    if (aad_call_cancel(begun_before) != AAD_INTERNAL)
        _exit(13);
    aad_call_free(begun_before);
    /* The same for one that had ended; what was read of it before stays. */
    if (aad_call_status(ended_before) != AAD_INTERNAL || !starts_with(header_before, "Bearer test-token-"))
        _exit(14);
    aad_call_free(ended_before);
    for (i = 0; i < 3; i++) {
        call = begin_for("contoso.example");
        if (aad_call_wait(call, AAD_WAIT_FOREVER) != AAD_OK)
            _exit(15);
        aad_call_free(call);
    }
    _exit(0);
}

/* -1 when the child did not end in time. */
static int exit_code(pid_t pid, long milliseconds)
{
    long end = now_ms() + milliseconds;
    int status = 0;
    pid_t ended = 0;

    while ((ended = waitpid(pid, &status, WNOHANG)) == 0 && now_ms() < end)
        sleep_ms(10);
    if (ended == 0) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

int main(void)
{
    aad_call *begun = begin_for("slow.example");
    aad_call *ended = begin_for("contoso.example");
    const char *header;
    pthread_t threads[THREADS];
    long before;
    int i;

    CHECK_END(ended, AAD_OK);
    header = aad_call_text(ended, AAD_FIELD_HEADER, NULL);
    for (i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, keep_calling, NULL) == 0);
    for (i = 0; i < FORKS; i++) {
        pid_t pid;
        int code;
        sleep_ms(20 + 7 * i);
        pid = fork();
        CHECK(pid >= 0);
        if (pid == 0)
            child(begun, ended, header);
        code = exit_code(pid, 20000);
        if (code != 0)
            fprintf(stderr, "child %d ended with %d\n", i, code);
        CHECK(code == 0);
        if (i == 0) {
            /* Here it goes on, and is answered; the later children get a new one. */
            CHECK_END(begun, AAD_OK);
            aad_call_free(begun);
            begun = begin_for("hang.example");
        }
    }
    before = calls_so_far();
    sleep_ms(300);
    pthread_mutex_lock(&lock);
    stopping = 1;
    pthread_mutex_unlock(&lock);
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    CHECK(calls_so_far() >= before + THREADS);
    CHECK_STATUS(AAD_OK, aad_call_status(ended));
    aad_call_free(begun);
    aad_call_free(ended);
    puts("fork ok");
    return 0;
}
