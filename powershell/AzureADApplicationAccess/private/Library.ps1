# Asked of .NET: a session that was made of nothing has no $IsWindows and no $PSEdition.
$script:OnWindows = [System.IO.Path]::DirectorySeparatorChar -eq '\'

# The absolute path of the library, with the system's own separators, as Windows' loader wants it; throws a record
# that names every path tried.
function script:Find-Library {
    if ($env:AADACCESS_LIBRARY) {
        Assert-Override $env:AADACCESS_LIBRARY
        return [System.IO.Path]::GetFullPath($env:AADACCESS_LIBRARY)
    }
    $rid = Get-RuntimeId
    $name = if ($rid -like 'win-*') { 'aadaccess.dll' } elseif ($rid -like 'osx-*') { 'libaadaccess.dylib' } else { 'libaadaccess.so' }
    $packaged = "$script:ModuleRoot/runtimes/$rid/native/$name"
    if ([System.IO.File]::Exists($packaged)) { return [System.IO.Path]::GetFullPath($packaged) }
    Use-Part Checkout
    Find-Build $rid $name $packaged
}

# As .NET names platforms: win-x64, linux-musl-arm64, osx-arm64 ...
function script:Get-RuntimeId {
    if ([System.Environment]::Version.Major -eq 4) {
        # Before .NET Framework 4.7.1 there is no RuntimeInformation; this is the process's architecture in every version.
        return 'win-' + @{ AMD64 = 'x64'; x86 = 'x86'; ARM64 = 'arm64' }[$env:PROCESSOR_ARCHITECTURE]
    }
    $architecture = "$([System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture)".ToLowerInvariant()
    if ($script:OnWindows) { return "win-$architecture" }
    $rid = [System.Runtime.InteropServices.RuntimeInformation]::RuntimeIdentifier # 5.1: has returned above
    if ($rid -like 'osx*') { return "osx-$architecture" }
    if ($rid -like '*musl*' -or $rid -like 'alpine*') { "linux-musl-$architecture" } else { "linux-$architecture" }
}

function script:Assert-Override($Path) {
    $absolute = if ($script:OnWindows) { $Path -like '[a-z]:[\/]*' -or $Path -like '\\*' } else { $Path -like '/*' }
    if ($absolute -and [System.IO.File]::Exists($Path)) { return }
    Use-Part LibraryFailure
    $why = if ($absolute) { 'and there is no such file' } else { 'which is not an absolute path' }
    throw New-LibraryRecord 'LibraryNotFound' $Path "AADACCESS_LIBRARY is '$Path', $why."
}
