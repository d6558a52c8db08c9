# The module from a folder with an unusual name, TEST_FOLDER, which is the module path.
. "$PSScriptRoot/../powershell/assert.ps1"
$module = Get-Module AzureADApplicationAccess
Assert-Equal "$env:TEST_FOLDER\AzureADApplicationAccess" $module.ModuleBase 'the module of that folder'
$expected = "$env:TEST_FOLDER\AzureADApplicationAccess\runtimes\win-x64\native\aadaccess.dll"
Assert-Equal $line (Build-AzureADApplicationAccessHeader contoso.example app-1 $secret) $env:TEST_FOLDER
$found = & $module { Find-Library }
Assert-Equal $expected $found 'the library of that folder, with the separators of Windows'
$record = Get-Thrown { Get-AzureADApplicationAccessToken contoso.example app-1 wrong-secret 2>$null } 'a refused secret'
Assert-Equal $webErrorId $record.FullyQualifiedErrorId 'errors work there'

# By path, as a script with the module beside it does; brackets are a pattern unless escaped.
Remove-Module AzureADApplicationAccess
Import-Module ([WildcardPattern]::Escape("$env:TEST_FOLDER\AzureADApplicationAccess\AzureADApplicationAccess.psd1")) -DisableNameChecking
Assert-Equal $line (Build-AzureADApplicationAccessHeader contoso.example app-1 $secret) 'by path'
Complete-Test 5
