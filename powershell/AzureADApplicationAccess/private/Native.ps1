# The only file that emits code: a type whose static methods are the functions of the native library. Windows
# logs the text of such a file (event 4104), so nothing else lies here.

$script:AbiVersion = 1

# Sets $script:Native to the functions of the library at $Path: a hashtable, name -> MethodInfo. They are made once
# per process, whatever the number of runspaces and imports, since emitted code can't be unloaded, and published only
# after the library has answered with our ABI version.
function script:Set-NativeFunction($Path) {
    $domain = [AppDomain]::CurrentDomain
    $key = 'AadAccess', $Path, $script:AbiVersion, ${function:Add-NativeFunction} -join '|'
    # Enter is the first statement inside try: before it, a stop in between would leave the lock taken for good.
    try {
        [System.Threading.Monitor]::Enter($domain)
        $functions = $domain.GetData($key)
        if ($functions -isnot [hashtable]) {
            $functions = @{}
            Add-NativeFunction $Path $functions
            Assert-AbiVersion $functions $Path
            $domain.SetData($key, $functions)
        }
    }
    finally { [System.Threading.Monitor]::Exit($domain) }
    $script:Native = $functions
}

# Attributes are typed values in variables, and -as stands for casts: the engine compiles each cast and each
# constant argument of another type.
function script:Add-NativeFunction($Path, $Functions) {
    $attributes = 'Public, Static, PinvokeImpl' -as [System.Reflection.MethodAttributes]
    $standard = [System.Reflection.CallingConventions]::Standard
    $cdecl = [System.Runtime.InteropServices.CallingConvention]::Cdecl
    $charset = [System.Runtime.InteropServices.CharSet]::None
    $preserve = [System.Reflection.MethodImplAttributes]::PreserveSig
    $run = [System.Reflection.Emit.AssemblyBuilderAccess]::Run
    $name = [System.Reflection.AssemblyName]::new('AadAccess.Native')
    $builder = [System.Reflection.Emit.AssemblyBuilder]::DefineDynamicAssembly($name, $run).DefineDynamicModule('AadAccess.Native').DefineType('AadAccess.Native')
    # As in include/aadaccess.h. [IntPtr] is every pointer that is only handed on, [byte[]] a buffer of ours,
    # [IntPtr[]] one size_t for the library to fill, or $null.
    $table = @(
        @([int], 'aad_abi_version', @()),
        @([IntPtr], 'aad_request_new', @()),
        @([void], 'aad_request_free', @([IntPtr])),
        @([int], 'aad_request_set_text', @([IntPtr], [int], [byte[]], [IntPtr])),
        @([int], 'aad_request_set_int', @([IntPtr], [int], [long])),
        @([IntPtr], 'aad_call_begin', @([IntPtr])),
        @([int], 'aad_call_wait', @([IntPtr], [int])),
        @([void], 'aad_call_free', @([IntPtr])),
        @([IntPtr], 'aad_call_text', @([IntPtr], [int], [IntPtr[]])),
        @([long], 'aad_call_int', @([IntPtr], [int]))
    )
    foreach ($row in $table) {
        $returns, $name, $parameters = $row
        $parameters = $parameters -as [type[]]
        $method = $builder.DefinePInvokeMethod($name, $Path, $attributes, $standard, $returns, $parameters, $cdecl, $charset)
        $method.SetImplementationFlags($preserve)
    }
    if ($script:OnWindows) { Add-Loader $builder $attributes $standard $preserve }
    $type = $builder.CreateType()
    if ($script:OnWindows) { $Functions['LoadLibraryExW'] = $type.GetMethod('LoadLibraryExW') }
    foreach ($row in $table) {
        $name = $row[1]
        $Functions[$name] = $type.GetMethod($name)
    }
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
        if ($Functions['LoadLibraryExW'] -is [object]) { Open-NativeLibrary $Path $Functions['LoadLibraryExW'] }
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
