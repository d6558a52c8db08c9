/* Preloaded: what the PowerShell engine sends to syslog goes to the file TEST_SYSLOG instead. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void keep(const char *format, va_list arguments) {
    FILE *file = fopen(getenv("TEST_SYSLOG"), "a");
    if (!file) abort();
    vfprintf(file, format, arguments);
    fputc('\n', file);
    fclose(file);
}

void syslog(int priority, const char *format, ...) {
    va_list arguments;
    (void)priority;
    va_start(arguments, format);
    keep(format, arguments);
    va_end(arguments);
}

void __syslog_chk(int priority, int flag, const char *format, ...) {
    va_list arguments;
    (void)priority;
    (void)flag;
    va_start(arguments, format);
    keep(format, arguments);
    va_end(arguments);
}
