# The only file that emits code: a type whose static methods are the functions of the native library. Windows
# logs the text of such a file (event 4104), so nothing else lies here.

$script:AbiVersion = 1
# What it returns, name, parameters: as in include/aadaccess.h. pointer is every pointer that is only handed on,
# bytes a buffer of ours.
$script:Functions = @(
    'uint32 aad_abi_version'
    'pointer aad_request_new'
    'void aad_request_free pointer'
    'int32 aad_request_set_text pointer int32 bytes size'
    'int32 aad_request_set_int pointer int32 int64'
    'pointer aad_call_begin pointer'
    'int32 aad_call_wait pointer uint32'
    'void aad_call_free pointer'
    'pointer aad_call_text pointer int32 size&'
    'int64 aad_call_int pointer int32'
)

# The functions of the library at $Path, made once per process, whatever the number of runspaces and imports:
# emitted code can't be unloaded. Published only after the library has answered with our ABI version.
function script:Get-NativeFunction($Path) {
    $domain = [AppDomain]::CurrentDomain
    $key = "AadAccess|$Path|$script:AbiVersion|$script:Functions"
    # Enter is the first statement inside try: before it, a stop in between would leave the lock taken for good.
    try {
        [System.Threading.Monitor]::Enter($domain)
        $functions = $domain.GetData($key)
        if (-not $functions) {
            $functions = New-NativeFunction $Path
            Assert-AbiVersion $functions $Path
            $domain.SetData($key, $functions)
        }
    }
    finally { [System.Threading.Monitor]::Exit($domain) }
    $functions
}

function script:New-NativeFunction($Path) {
    $types = @{
        void = [void]; int32 = [int]; uint32 = [uint32]; int64 = [long]; pointer = [IntPtr]; bytes = [byte[]]
        size = [IntPtr]; 'size&' = [IntPtr].MakeByRefType() # as wide as size_t; a length is never negative
    }
    # Typed values in variables: as text each call would convert them anew, at twice the time.
    $attributes = [System.Reflection.MethodAttributes]'Public, Static, PinvokeImpl'
    $standard = [System.Reflection.CallingConventions]::Standard
    $cdecl = [System.Runtime.InteropServices.CallingConvention]::Cdecl
    $charset = [System.Runtime.InteropServices.CharSet]::None
    $preserve = [System.Reflection.MethodImplAttributes]::PreserveSig
    $assembly = [System.Reflection.Emit.AssemblyBuilder]::DefineDynamicAssembly(
        [System.Reflection.AssemblyName]'AadAccess.Native', [System.Reflection.Emit.AssemblyBuilderAccess]::Run)
    $builder = $assembly.DefineDynamicModule('AadAccess.Native').DefineType('AadAccess.Native', [System.Reflection.TypeAttributes]::Public)
    $functions = @{}
    foreach ($line in $script:Functions) {
        $returns, $name, $parameters = $line.Split(' ')
        $parameters = [type[]]@(foreach ($parameter in $parameters) { $types[$parameter] })
        $method = $builder.DefinePInvokeMethod($name, $Path, $name, $attributes, $standard, $types[$returns], $parameters, $cdecl, $charset)
        $method.SetImplementationFlags($preserve)
        $functions[$name] = $null
    }
    $type = $builder.CreateType()
    foreach ($name in @($functions.Keys)) { $functions[$name] = $type.GetMethod($name) }
    $functions
}

# The first call into the library, so the one that loads it.
function script:Assert-AbiVersion($Functions, $Path) {
    try { $version = $Functions['aad_abi_version'].Invoke($null, @()) }
    catch {
        Use-Part LibraryFailure
        throw New-LibraryRecord 'LibraryNotLoaded' $Path "The native library $Path could not be loaded: $(Get-LoadFailure $Path $_.Exception)"
    }
    if ($version -eq $script:AbiVersion) { return }
    Use-Part LibraryFailure
    throw New-LibraryRecord 'LibraryVersion' $Path "The native library $Path has ABI version $version, and this module needs version $script:AbiVersion. Take both from the same release."
}
