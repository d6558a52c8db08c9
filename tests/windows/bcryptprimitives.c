/* What Wine 8 lacks and every Windows has. This DLL lies in the tests' own Wine prefix and in no package.
 *
 * 1. bcryptprimitives.dll itself: Rust's standard library takes ProcessPrng from it.
 * 2. CertCreateCertificateChainEngine refuses the structure that Windows 8 made longer by one member (zero here).
 * 3. CertVerifyCertificateChainPolicy takes no notice of CERT_CHAIN_POLICY_IGNORE_ALL_REV_UNKNOWN_FLAGS, and none of
 *    a chain that leads to no root.
 *
 * 2 and 3 reach the libraries that are loaded after this one through their import tables. */
#include <windows.h>
#include <ntsecapi.h>
#include <stddef.h>
#include <string.h>
#include <wincrypt.h>
#include <wininet.h>
#include <winternl.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length);

BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length)
{
    return RtlGenRandom(data, (ULONG)length);
}

#define KNOWN_LENGTH (offsetof(CERT_CHAIN_ENGINE_CONFIG, hExclusiveTrustedPeople) + sizeof(HCERTSTORE))

static BOOL WINAPI create_engine(CERT_CHAIN_ENGINE_CONFIG *config, HCERTCHAINENGINE *engine)
{
    CERT_CHAIN_ENGINE_CONFIG known;

    if (config->cbSize <= KNOWN_LENGTH)
        return CertCreateCertificateChainEngine(config, engine);
    memset(&known, 0, sizeof known);
    memcpy(&known, config, KNOWN_LENGTH);
    known.cbSize = KNOWN_LENGTH;
    return CertCreateCertificateChainEngine(&known, engine);
}

/* A revocation that is unknown, and nothing else, is ignored where the caller says so. */
static BOOL WINAPI verify_policy(LPCSTR policy, PCCERT_CHAIN_CONTEXT chain, CERT_CHAIN_POLICY_PARA *given,
                                 CERT_CHAIN_POLICY_STATUS *status)
{
    CERT_CHAIN_POLICY_PARA parameters = *given;
    SSL_EXTRA_CERT_CHAIN_POLICY_PARA extra;
    DWORD ignored = given->dwFlags & CERT_CHAIN_POLICY_IGNORE_ALL_REV_UNKNOWN_FLAGS;
    BOOL good = CertVerifyCertificateChainPolicy(policy, chain, given, status);

    if (!good || policy != CERT_CHAIN_POLICY_SSL)
        return good;
    if (status->dwError == (DWORD)CERT_E_REVOCATION_FAILURE && ignored == CERT_CHAIN_POLICY_IGNORE_ALL_REV_UNKNOWN_FLAGS) {
        extra = *(SSL_EXTRA_CERT_CHAIN_POLICY_PARA *)given->pvExtraPolicyPara;
        extra.fdwChecks |= SECURITY_FLAG_IGNORE_REVOCATION;
        parameters.pvExtraPolicyPara = &extra;
        good = CertVerifyCertificateChainPolicy(policy, chain, &parameters, status);
    }
    if (status->dwError == 0 && chain->TrustStatus.dwErrorStatus & CERT_TRUST_IS_PARTIAL_CHAIN)
        status->dwError = (DWORD)CERT_E_CHAINING;
    return good;
}

static void replace(ULONG_PTR *entry, const char *name)
{
    ULONG_PTR instead = strcmp(name, "CertCreateCertificateChainEngine") == 0   ? (ULONG_PTR)create_engine
                        : strcmp(name, "CertVerifyCertificateChainPolicy") == 0 ? (ULONG_PTR)verify_policy
                                                                                : 0;
    DWORD before;

    if (!instead)
        return;
    VirtualProtect(entry, sizeof *entry, PAGE_READWRITE, &before);
    *entry = instead;
    VirtualProtect(entry, sizeof *entry, before, &before);
}

/* What LdrRegisterDllNotification calls; the names are those of its documentation. */
typedef struct {
    ULONG Flags;
    const UNICODE_STRING *FullDllName, *BaseDllName;
    char *DllBase;
    ULONG SizeOfImage;
} LDR_DLL_NOTIFICATION_DATA;

static void CALLBACK look_at(ULONG reason, const LDR_DLL_NOTIFICATION_DATA *data, void *context)
{
    char *base = data->DllBase;
    const IMAGE_NT_HEADERS *headers = (const IMAGE_NT_HEADERS *)(base + ((IMAGE_DOS_HEADER *)base)->e_lfanew);
    DWORD imports = headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress;
    const IMAGE_IMPORT_DESCRIPTOR *library = (const IMAGE_IMPORT_DESCRIPTOR *)(base + imports);

    (void)context;
    if (reason != 1 /* loaded */ || !imports)
        return;
    for (; library->Name; library++) {
        const IMAGE_THUNK_DATA *name = (const IMAGE_THUNK_DATA *)(base + library->OriginalFirstThunk);
        IMAGE_THUNK_DATA *entry = (IMAGE_THUNK_DATA *)(base + library->FirstThunk);
        if (lstrcmpiA(base + library->Name, "crypt32.dll") != 0 || !library->OriginalFirstThunk)
            continue;
        for (; name->u1.AddressOfData; name++, entry++)
            if (!IMAGE_SNAP_BY_ORDINAL(name->u1.Ordinal))
                replace((ULONG_PTR *)&entry->u1.Function, ((IMAGE_IMPORT_BY_NAME *)(base + name->u1.AddressOfData))->Name);
    }
}

typedef NTSTATUS(NTAPI *register_function)(ULONG, void *, void *, void **);

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, void *reserved)
{
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");
    register_function notify = (register_function)(void *)GetProcAddress(ntdll, "LdrRegisterDllNotification");
    void *cookie;

    (void)instance;
    (void)reserved;
    if (reason != DLL_PROCESS_ATTACH)
        return TRUE;
    return notify && notify(0, (void *)look_at, NULL, &cookie) == 0;
}
