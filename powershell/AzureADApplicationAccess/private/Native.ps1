# The only file that emits code: a type whose static methods are the functions of the native library. Windows
# logs the text of such a file (event 4104), so nothing else lies here.

$script:AbiVersion = 1

# Sets $script:Native to the functions of the library at $Path: a hashtable, name -> MethodInfo. They are made once
# per process, whatever the number of runspaces and imports, since emitted code can't be unloaded, and published only
# after the library has answered with our ABI version.
function script:Set-NativeFunction($Path) {
    $domain = [System.AppDomain]::CurrentDomain
    $key = 'AadAccess', $Path, $script:AbiVersion, ${function:Add-NativeFunction}, $script:ImportAttributes, $script:Standard, $script:Cdecl, $script:Unicode, $script:PreserveSig -join '|'
    # Enter is the first statement inside try: before it, a stop in between would leave the lock taken for good.
    try {
        $null = $script:InvokeMember.Invoke([System.Threading.Monitor], @('Enter', $script:AnyMethod, $null, $null, (, $domain)))
        $functions = $script:InvokeMember.Invoke([System.AppDomain], @('GetData', $script:AnyMethod, $null, $domain, (, $key)))
        if ($functions -isnot [hashtable]) {
            $functions = @{}
            Add-NativeFunction $Path $functions
            try {
                if ($script:OnWindows) { Open-NativeLibrary $Path $functions['LoadLibraryExW'] }
                $version = $functions['aad_abi_version'].Invoke($null, @())
            }
            catch { Use-Part LibraryFailure; throw New-LoadRecord $Path $_.Exception.GetBaseException() }
            if ($version -like $script:AbiVersion) { $null = $script:InvokeMember.Invoke([System.AppDomain], @('SetData', $script:AnyMethod, $null, $domain, @($key, $functions))) }
            else { Use-Part LibraryFailure; throw New-VersionRecord $Path $version }
        }
    }
    finally { $null = $script:InvokeMember.Invoke([System.Threading.Monitor], @('Exit', $script:AnyMethod, $null, $null, (, $domain))) }
    $script:Native = $functions
}

$script:ImportAttributes = 'Public, Static, PinvokeImpl' -as [System.Reflection.MethodAttributes]
$script:Standard = 'Standard' -as [System.Reflection.CallingConventions]
$script:Cdecl = 'Cdecl' -as [System.Runtime.InteropServices.CallingConvention]
$script:Unicode = 'Unicode' -as [System.Runtime.InteropServices.CharSet]
$script:PreserveSig = 'PreserveSig' -as [System.Reflection.MethodImplAttributes]

# At most 14 variables: for a function with more the engine compiles each access to each of them.
function script:Add-NativeFunction($Path, $Functions) {
    $new = 'CreateInstance, Public, Instance' -as [System.Reflection.BindingFlags]
    $name = $script:InvokeMember.Invoke([System.Reflection.AssemblyName], @('', $new, $null, $null, (, 'AadAccess.Native')))
    $run = 'Run' -as [System.Reflection.Emit.AssemblyBuilderAccess]
    $builder = $script:InvokeMember.Invoke([System.Reflection.Emit.AssemblyBuilder], @('DefineDynamicAssembly', $script:AnyMethod, $null, $null, @($name, $run)))
    $builder = $script:InvokeMember.Invoke([System.Reflection.Emit.AssemblyBuilder], @('DefineDynamicModule', $script:AnyMethod, $null, $builder, (, 'AadAccess.Native')))
    $builder = $script:InvokeMember.Invoke([System.Reflection.Emit.ModuleBuilder], @('DefineType', $script:AnyMethod, $null, $builder, (, 'AadAccess.Native')))
    # As in include/aadaccess.h. A pointer is [IntPtr] when it is only handed on; [string] is UTF-16, and [IntPtr[]] is one
    # size_t for the library to fill, or $null. Of two with one name, $Functions gets the latter.
    $pointer = [System.IntPtr]
    $table = @(
        @([int], 'aad_abi_version', @()),
        @($pointer, 'aad_request_new', @()),
        @([void], 'aad_request_free', (, $pointer)),
        @([int], 'aad_request_set_text_utf16', @($pointer, [int], $pointer, $pointer)),
        @([int], 'aad_request_set_text_utf16', @($pointer, [int], [string], $pointer)),
        @([int], 'aad_request_set_int', @($pointer, [int], [long])),
        @($pointer, 'aad_call_begin', (, $pointer)),
        @([int], 'aad_call_wait', @($pointer, [int])),
        @([void], 'aad_call_free', (, $pointer)),
        @($pointer, 'aad_call_text', @($pointer, [int], [System.IntPtr[]])),
        @([long], 'aad_call_int', @($pointer, [int]))
    )
    foreach ($row in $table) {
        $returns, $name, $parameters = $row
        $import = @($name, $Path, $script:ImportAttributes, $script:Standard, $returns, ($parameters -as [type[]]), $script:Cdecl, $script:Unicode)
        $method = $script:InvokeMember.Invoke([System.Reflection.Emit.TypeBuilder], @('DefinePInvokeMethod', $script:AnyMethod, $null, $builder, $import))
        $null = $script:InvokeMember.Invoke([System.Reflection.Emit.MethodBuilder], @('SetImplementationFlags', $script:AnyMethod, $null, $method, (, $script:PreserveSig)))
    }
    if ($script:OnWindows) { Add-Loader $builder }
    $type = $script:InvokeMember.Invoke([System.Reflection.Emit.TypeBuilder], @('CreateType', $script:AnyMethod, $null, $builder, @()))
    foreach ($row in $table) {
        $returns, $name, $parameters = $row
        $Functions[$name] = $script:InvokeMember.Invoke([type], @('GetMethod', $script:AnyMethod, $null, $type, @($name, ($parameters -as [type[]]))))
    }
    if ($script:OnWindows) { $Functions['LoadLibraryExW'] = $type.GetMethod('LoadLibraryExW') }
}

# Loads the library before a method does so, with what it needs looked for beside it and in the system's folder, never
# in the current one or in PATH. Where a method fails to load it, PowerShell 7 hides the reason.
function script:Open-NativeLibrary($Path, $Load) {
    # LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR, LOAD_LIBRARY_SEARCH_SYSTEM32
    $long = if ($Path.Length -ge 260 -and $Path -notlike '\\*') { '\\?\' + $Path } else { $Path }
    $handle = $Load.Invoke($null, @([System.Text.Encoding]::Unicode.GetBytes($long + [char]0), [System.IntPtr]::Zero, [uint32]2304))
    $number = [System.Runtime.InteropServices.Marshal]::GetLastWin32Error()
    if ($handle -eq [System.IntPtr]::Zero) { throw [System.ComponentModel.Win32Exception]::new($number) }
    # Asked for before a method needs it, and fails, for the same reason.
    $core = 'System.Runtime.InteropServices.NativeLibrary' -as [type]
    if ($core) { $null = $core::GetExport($handle, 'aad_abi_version') }
}

# The system's loader with its error number, which DefinePInvokeMethod can't keep.
function script:Add-Loader($Builder) {
    $load = $Builder.DefineMethod('LoadLibraryExW', $script:ImportAttributes, $script:Standard, [System.IntPtr], [type[]]@([byte[]], [System.IntPtr], [uint32]))
    $import = [System.Runtime.InteropServices.DllImportAttribute]
    $load.SetCustomAttribute([System.Reflection.Emit.CustomAttributeBuilder]::new(
            $import.GetConstructor([type[]]@([string])), [System.Object[]]@('kernel32.dll'),
            [System.Reflection.FieldInfo[]]@($import.GetField('SetLastError'), $import.GetField('ExactSpelling')), [System.Object[]]@($true, $true)))
    $load.SetImplementationFlags($script:PreserveSig)
}
