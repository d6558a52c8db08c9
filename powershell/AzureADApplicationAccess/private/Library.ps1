# The absolute path of the library, with the system's own separators, as Windows' loader wants it; throws a record
# that names every path tried.
function script:Find-Library {
    $path = $env:AADACCESS_LIBRARY
    if ($path -like '?*') { Assert-Override $path }
    else {
        $rid = Get-RuntimeId
        $name = if ($rid -like 'win-*') { 'aadaccess.dll' } elseif ($rid -like 'osx-*') { 'libaadaccess.dylib' } else { 'libaadaccess.so' }
        $path = $script:ModuleRoot, 'runtimes', $rid, 'native', $name -join '/'
        if (-not $script:InvokeMember.Invoke([System.IO.File], @('Exists', $script:AnyMethod, $null, $null, (, $path)))) {
            Use-Part Checkout
            $path = Find-Build $rid $name $path
        }
    }
    if ($script:OnWindows) { $path = [System.IO.Path]::GetFullPath($path) }
    $path
}

# As .NET names platforms: win-x64, linux-musl-arm64, osx-arm64 ...
function script:Get-RuntimeId {
    if ([System.Environment]::Version -like '4.*') {
        # Before .NET Framework 4.7.1 there is no RuntimeInformation; this is the process's architecture in every version.
        return 'win-' + @{ AMD64 = 'x64'; x86 = 'x86'; ARM64 = 'arm64' }[$env:PROCESSOR_ARCHITECTURE]
    }
    $architecture = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -as [string]
    $architecture = $script:InvokeMember.Invoke([string], @('ToLowerInvariant', $script:AnyMethod, $null, $architecture, @()))
    $rid = [System.Runtime.InteropServices.RuntimeInformation]::RuntimeIdentifier # 5.1: has returned above
    $system = if ($script:OnWindows) { 'win' } elseif ($rid -like 'osx*') { 'osx' } elseif ($rid -like '*musl*' -or $rid -like 'alpine*') { 'linux-musl' } else { 'linux' }
    $system, $architecture -join '-'
}

function script:Assert-Override($Path) {
    $absolute = if ($script:OnWindows) { $Path -like '[a-z]:[\/]*' -or $Path -like '\\*' } else { $Path -like '/*' }
    if ($absolute -and $script:InvokeMember.Invoke([System.IO.File], @('Exists', $script:AnyMethod, $null, $null, (, $Path)))) { return }
    Use-Part LibraryFailure
    $why = if ($absolute) { 'and there is no such file' } else { 'which is not an absolute path' }
    throw New-LibraryRecord 'LibraryNotFound' $Path "AADACCESS_LIBRARY is '$Path', $why."
}
