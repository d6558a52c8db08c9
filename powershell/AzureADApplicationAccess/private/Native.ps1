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
    if ($script:OnWindows) {
        Add-Loader $builder $attributes $standard $preserve
        $functions['LoadLibraryExW'] = $null
    }
    $type = $builder.CreateType()
    foreach ($name in @($functions.Keys)) { $functions[$name] = $type.GetMethod($name) }
    $functions
}

# Loads the library before a method does so, with what it needs looked for beside it and in the system's folder, never
# in the current one or in PATH. Where a method fails to load it, PowerShell 7 hides the reason.
function script:Open-NativeLibrary($Path, $Load) {
    # LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR, LOAD_LIBRARY_SEARCH_SYSTEM32
    $long = if ($Path.Length -ge 260 -and $Path -notlike '\\*') { '\\?\' + $Path } else { $Path }
    $handle = $Load.Invoke($null, @([System.Text.Encoding]::Unicode.GetBytes($long + [char]0), [IntPtr]::Zero, [uint32]0x900))
    $number = [System.Runtime.InteropServices.Marshal]::GetLastWin32Error()
    if ($handle -eq [IntPtr]::Zero) { throw [System.ComponentModel.Win32Exception]::new($number) }
    # Asked for before a method needs it, and fails, for the same reason.
    $core = 'System.Runtime.InteropServices.NativeLibrary' -as [type]
    if ($core) { $null = $core::GetExport($handle, 'aad_abi_version') }
}

# The system's loader with its error number, which DefinePInvokeMethod can't keep.
function script:Add-Loader($Builder, $Attributes, $Standard, $Preserve) {
    $load = $Builder.DefineMethod('LoadLibraryExW', $Attributes, $Standard, [IntPtr], [type[]]@([byte[]], [IntPtr], [uint32]))
    $import = [System.Runtime.InteropServices.DllImportAttribute]
    $load.SetCustomAttribute([System.Reflection.Emit.CustomAttributeBuilder]::new(
            $import.GetConstructor([type[]]@([string])), [object[]]@('kernel32.dll'),
            [System.Reflection.FieldInfo[]]@($import.GetField('SetLastError'), $import.GetField('ExactSpelling')), [object[]]@($true, $true)))
    $load.SetImplementationFlags($Preserve)
}

# The first call into the library.
function script:Assert-AbiVersion($Functions, $Path) {
    try {
        if ($Functions['LoadLibraryExW']) { Open-NativeLibrary $Path $Functions['LoadLibraryExW'] }
        $version = $Functions['aad_abi_version'].Invoke($null, @())
    }
    catch {
        Use-Part LibraryFailure
        throw New-LoadRecord $Path $_.Exception.GetBaseException()
    }
    if ($version -eq $script:AbiVersion) { return }
    Use-Part LibraryFailure
    throw New-LibraryRecord 'LibraryVersion' $Path "The native library $Path has ABI version $version, and this module needs version $script:AbiVersion. Take both from the same release."
}
