/* Prints an Authorization header for a Microsoft Entra ID application, or says why there is none.
 *
 *   cargo build --release
 *   cc -std=c99 -I include examples/c/header.c -L target/release -laadaccess -Wl,-rpath,'$ORIGIN/release' -o target/header
 *   AZURE_TENANT_ID=... AZURE_CLIENT_ID=... AZURE_CLIENT_SECRET=... target/header
 *
 * The values come from the environment: a command line is visible to every user of the machine.
 */
#include "aadaccess.h"

#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    aad_call *call = aad_access_header(getenv("AZURE_TENANT_ID"), getenv("AZURE_CLIENT_ID"),
                                       getenv("AZURE_CLIENT_SECRET"), getenv("AZURE_REFRESH_TOKEN"));
    const char *header = aad_call_text(call, AAD_FIELD_HEADER, NULL);
    const char *error = aad_call_text(call, AAD_FIELD_ERROR_TEXT, NULL);
    const char *advice = aad_call_text(call, AAD_FIELD_ERROR_ADVICE, NULL);

    if (header)
        printf("Authorization: %s\n", header);
    if (error)
        fprintf(stderr, "%s\n", error);
    if (advice)
        fprintf(stderr, "%s\n", advice);

    /* Everything above belongs to the call and ends with it. */
    aad_call_free(call);
    return header ? EXIT_SUCCESS : EXIT_FAILURE;
}
