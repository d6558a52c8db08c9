# Finding the library: what is tried, what a failure says. A copy of the module, so that nothing else is near it.
. "$PSScriptRoot/assert.ps1"
Remove-Module AzureADApplicationAccess
$library = $env:AADACCESS_LIBRARY
$root = [System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), "aadaccess-$([guid]::NewGuid())").Replace('\', '/')
$module = "$root/powershell/AzureADApplicationAccess"
$null = [System.IO.Directory]::CreateDirectory("$module/private")
foreach ($file in [System.IO.Directory]::GetFiles($env:TEST_MODULE)) { [System.IO.File]::Copy($file, "$module/$([System.IO.Path]::GetFileName($file))") }
foreach ($file in [System.IO.Directory]::GetFiles("$env:TEST_MODULE/private")) { [System.IO.File]::Copy($file, "$module/private/$([System.IO.Path]::GetFileName($file))") }

# The call from that copy, or the record it throws.
function Invoke-Copy {
    Import-Module $module -DisableNameChecking -Force
    try { Build-AzureADApplicationAccessHeader library.contoso.example app-1 $secret } catch { $_ }
}

try {
    $rid = if ($IsWindows) { 'win' } elseif ($IsMacOS) { 'osx' } else { 'linux' }
    $name = [System.IO.Path]::GetFileName($library)

    $env:AADACCESS_LIBRARY = $null
    Reset-Globals
    $record = Invoke-Copy
    Assert-Equal 'AadAccess.LibraryNotFound' $record.FullyQualifiedErrorId 'no library'
    Assert-Like "*for $rid-*" "$record" 'it names the RID'
    Assert-Like "*$module/runtimes/$rid-*/native/$name*" "$record".Replace('\', '/') 'it names the path in the package'
    Assert-Equal $false ("$record" -like '*target*') 'outside a checkout no target folder is tried'
    Assert-Equal $false ("$record" -like '*cargo*') 'nor is anything to be built'
    Assert-GlobalsUntouched 'no library'

    # A checkout: target/release and target/debug, the newer one.
    [System.IO.File]::WriteAllText("$root/Cargo.toml", "[package]`nname = `"aadaccess`"`n")
    $record = Invoke-Copy
    foreach ($build in 'release', 'debug') { Assert-Like "*$root/target/$build/$name*" "$record".Replace('\', '/') "it names the path of the $build build" }
    Assert-Like '*cargo build --release*' "$record" 'in a checkout it says how to build the library'
    foreach ($build in 'release', 'debug') { $null = [System.IO.Directory]::CreateDirectory("$root/target/$build") }
    [System.IO.File]::Copy($library, "$root/target/release/$name")
    [System.IO.File]::WriteAllText("$root/target/debug/$name", 'no library, and older')
    [System.IO.File]::SetLastWriteTimeUtc("$root/target/debug/$name", [DateTime]::UtcNow.AddDays(-2))
    Assert-Equal $line "$(Invoke-Copy)" 'the newer build is release'
    [System.IO.File]::SetLastWriteTimeUtc("$root/target/debug/$name", [DateTime]::UtcNow.AddDays(2))
    $record = Invoke-Copy
    Assert-Equal 'AadAccess.LibraryNotLoaded' $record.FullyQualifiedErrorId 'the newer build is a text file'
    Assert-Like "*/target/debug/$name*" "$record".Replace('\', '/') 'it names the file that is no library'

    # The package wins over a checkout.
    $rid = & (Get-Module AzureADApplicationAccess) { Get-RuntimeId }
    $null = [System.IO.Directory]::CreateDirectory("$module/runtimes/$rid/native")
    [System.IO.File]::Copy($library, "$module/runtimes/$rid/native/$name")
    Assert-Equal $line "$(Invoke-Copy)" 'the packaged library'
    $found = & (Get-Module AzureADApplicationAccess) { Find-Library }
    Assert-Equal ([System.IO.Path]::GetFullPath("$module/runtimes/$rid/native/$name")) $found 'the packaged library is the one found'

    # AADACCESS_LIBRARY wins over all; a wrong value is an error, not ignored.
    $text = "$root/text.so"
    [System.IO.File]::WriteAllText($text, 'this is no library')
    foreach ($case in @{ Value = $text; Id = 'LibraryNotLoaded' }, @{ Value = "$root/nowhere.so"; Id = 'LibraryNotFound' }, @{ Value = "relative/$name"; Id = 'LibraryNotFound' }) {
        $env:AADACCESS_LIBRARY = $case.Value
        $record = Invoke-Copy
        Assert-Equal "AadAccess.$($case.Id)" $record.FullyQualifiedErrorId "AADACCESS_LIBRARY = $($case.Value)"
        Assert-Like "*$($case.Value)*" "$record".Replace('\', '/') 'it names the path'
    }
    Assert-Like '*AADACCESS_LIBRARY*not an absolute path*' "$record" 'a relative path is refused'
    $env:AADACCESS_LIBRARY = $text
    $system = if ($IsWindows) { '(*)' } else { '(*text.so*)' }
    Assert-Like "*could not be loaded: *$system*" "$(Invoke-Copy)" 'it says what the system says about it'
    # A library of another ABI version, and one that isn't ours.
    if ($env:TEST_OTHER_LIBRARY) {
        $env:AADACCESS_LIBRARY = $env:TEST_OTHER_LIBRARY
        $record = Invoke-Copy
        Assert-Equal 'AadAccess.LibraryVersion' $record.FullyQualifiedErrorId 'another ABI version'
        Assert-Like "*$env:TEST_OTHER_LIBRARY has ABI version 99, and this module needs version 1*" "$record" 'it names both versions'
        $env:AADACCESS_LIBRARY = $env:TEST_FOREIGN_LIBRARY
        $record = Invoke-Copy
        Assert-Equal 'AadAccess.LibraryNotLoaded' $record.FullyQualifiedErrorId 'a library of others'
        Assert-Like '*aad_abi_version*' "$record" 'it names the function that is missing'
    }
    $env:AADACCESS_LIBRARY = $library
    Assert-Equal $line "$(Invoke-Copy)" 'the override works, after failures too'

    # Nothing is written beside the module.
    $files = @([System.IO.Directory]::GetFiles($module, '*', 'AllDirectories')).Count
    Assert-Equal (1 + @([System.IO.Directory]::GetFiles($env:TEST_MODULE, '*.ps*1*')).Count + @([System.IO.Directory]::GetFiles("$env:TEST_MODULE/private")).Count) $files 'nothing was written beside the module'
}
finally {
    # Windows keeps what is loaded.
    try { [System.IO.Directory]::Delete($root, $true) } catch [System.UnauthorizedAccessException] { if (-not $IsWindows) { throw } }
}
Complete-Test 20
