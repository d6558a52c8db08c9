/* A library of a later release, as far as the module asks. */
#include <stdint.h>

uint32_t aad_abi_version(void);
uint32_t aad_abi_version(void) {
    return 99;
}
