# Files that cannot be loaded: one sentence each, with an id of its own. TEST_FILES holds DLLs made for this, TEST_ELF
# is a library for another system.
. "$PSScriptRoot/../powershell/assert.ps1"
$files = $env:TEST_FILES
function Get-Refusal { Get-Thrown { Build-AzureADApplicationAccessHeader contoso.example app-1 $secret 2>$null } 'no usable library' }
function Write-Bytes($Name, $Bytes) { [System.IO.File]::WriteAllBytes("$files\$Name", $Bytes); "$files\$Name" }

$library = [System.IO.File]::ReadAllBytes($env:TEST_LIBRARY)
$at = [BitConverter]::ToInt32($library, 0x3C)
$arm = $library.Clone()
$arm[$at + 4], $arm[$at + 5] = 0x64, 0xAA
$x86 = $library.Clone()
$x86[$at + 4], $x86[$at + 5] = 0x4C, 0x01
$half = [byte[]]::new($library.Length / 2)
[Array]::Copy($library, $half, $half.Length)

$rows = @(
    @{ What = 'for arm64'; Path = Write-Bytes 'arm64.dll' $arm; Id = 'LibraryArchitecture'; Says = '*it is for arm64, and this process is x64. *' }
    @{ What = 'for x86'; Path = Write-Bytes 'x86.dll' $x86; Id = 'LibraryArchitecture'; Says = '*it is for x86, and this process is x64. *' }
    @{ What = 'for Linux'; Path = Write-Bytes 'linux.dll' ([System.IO.File]::ReadAllBytes($env:TEST_ELF)); Id = 'LibraryArchitecture'; Says = '*it is for linux-x64, and this process is win-x64. *' }
    @{ What = 'cut off'; Path = Write-Bytes 'half.dll' $half; Id = 'LibraryDamaged'; Says = "*it was cut off: $($half.Length) of at least *" }
    @{ What = 'empty'; Path = Write-Bytes 'empty.dll' @(); Id = 'LibraryNotLoaded'; Says = '*it is no library, or was damaged (*). *' }
    @{ What = 'a text'; Path = Write-Bytes 'text.dll' ([System.Text.Encoding]::ASCII.GetBytes('this is no library')); Id = 'LibraryNotLoaded'; Says = '*it is no library, or was damaged (*). *' }
    @{ What = 'another DLL'; Path = "$files\other.dll"; Id = 'LibraryNotLoaded'; Says = '*it is another library, without aad_abi_version *' }
    @{ What = 'a system DLL'; Path = 'C:\windows\system32\version.dll'; Id = 'LibraryNotLoaded'; Says = '*it is another library, without aad_abi_version *' }
    @{ What = 'another ABI'; Path = "$files\abi.dll"; Id = 'LibraryVersion'; Says = '*has ABI version 2, and this module needs version 1. *' }
    @{ What = 'a library missing beside it'; Path = "$files\needs.dll"; Id = 'LibraryNotLoaded'; Says = '*a library that it needs is missing: *(error 126). *' }
    @{ What = 'missing'; Path = "$files\nowhere.dll"; Id = 'LibraryNotFound'; Says = '*and there is no such file.' }
    @{ What = 'a folder'; Path = $files; Id = 'LibraryNotFound'; Says = '*and there is no such file.' }
    @{ What = 'relative'; Path = 'aadaccess.dll'; Id = 'LibraryNotFound'; Says = '*which is not an absolute path.' }
    @{ What = 'relative to the drive'; Path = $env:TEST_LIBRARY.Substring(2); Id = 'LibraryNotFound'; Says = '*which is not an absolute path.' }
    @{ What = 'relative to the folder of the drive'; Path = 'Z:aadaccess.dll'; Id = 'LibraryNotFound'; Says = '*which is not an absolute path.' }
)
Reset-Globals
foreach ($row in $rows) {
    $env:AADACCESS_LIBRARY = $row.Path
    $record = Get-Refusal
    Assert-Equal "AadAccess.$($row.Id)" $record.FullyQualifiedErrorId "$($row.What): the id"
    Assert-Like $row.Says "$record" "$($row.What): the sentence"
    Assert-Like "*$($row.Path)*" "$record" "$($row.What): the path"
    Assert-Like '*AADACCESS_LIBRARY*' "$record$(if ($row.Id -eq 'LibraryVersion') { 'AADACCESS_LIBRARY' })" "$($row.What): what named it"
    Assert-Equal 1 "$record".Split([char]10).Count "$($row.What): on one line"
}
Assert-GlobalsUntouched 'no usable library'

# After each of them, the right one works.
$env:AADACCESS_LIBRARY = $env:TEST_LIBRARY.Replace('\', '/')
Assert-Equal $line (Build-AzureADApplicationAccessHeader contoso.example app-1 $secret) 'the right one, written with slashes'
$env:AADACCESS_LIBRARY = $null
Assert-Equal $line (Build-AzureADApplicationAccessHeader contoso.example app-1 $secret) 'the packaged one'

# The same in the package, where advice differs; and what this Wine cannot do: policies that block a file.
$module = Get-Module AzureADApplicationAccess
& $module { Use-Part LibraryFailure }
function Get-Reason($Number, $Rid = 'win-x64') {
    $exception = [System.ComponentModel.Win32Exception]::new([int]$Number)
    (& $module { param($path, $exception, $rid) Get-LoadFailure $exception (Read-FileHead $path) $rid } $env:TEST_LIBRARY $exception $Rid)[0]
}
foreach ($number in 5, 225, 1260, 4551) { Assert-Equal 'LibraryBlocked' (Get-Reason $number) "error $number" }
Assert-Equal 'LibraryNotLoaded' (Get-Reason 1114) 'another error'
foreach ($rid in 'win-x86', 'win-arm64', 'linux-x64', 'linux-musl-arm64', 'osx-arm64') { Assert-Equal 'LibraryArchitecture' (Get-Reason 193 $rid) $rid }
$record = & $module { param($path) New-LoadRecord $path ([System.ComponentModel.Win32Exception]::new(1260)) } $env:TEST_LIBRARY
Assert-Like '*this machine does not allow it: * (error 1260). Ask whoever set that policy*' "$record" 'a blocked file'
Assert-Equal 'AadAccess.LibraryBlocked' $record.FullyQualifiedErrorId 'a blocked file: the id'

# No library for this process in the package: what is there, what is missing.
Remove-Module AzureADApplicationAccess
[System.IO.Directory]::Move("$env:TEST_FOLDER\AzureADApplicationAccess\runtimes", "$env:TEST_FOLDER\runtimes")
try {
    Import-Module AzureADApplicationAccess -DisableNameChecking
    $record = Get-Refusal
    Assert-Equal 'AadAccess.LibraryNotFound' $record.FullyQualifiedErrorId 'no library in the package'
    Assert-Like '*for win-x64 is missing: * has libraries for no system. *' "$record" 'which one is missing'
    $null = [System.IO.Directory]::CreateDirectory("$env:TEST_FOLDER\AzureADApplicationAccess\runtimes\win-arm64\native")
    Assert-Like '*for win-x64 is missing: * has libraries for win-arm64 only. *' "$(Get-Refusal)" 'which ones are there'
    [System.IO.Directory]::Delete("$env:TEST_FOLDER\AzureADApplicationAccess\runtimes", $true)
}
finally { [System.IO.Directory]::Move("$env:TEST_FOLDER\runtimes", "$env:TEST_FOLDER\AzureADApplicationAccess\runtimes") }
Complete-Test 80
