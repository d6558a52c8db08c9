# For people who dot-source files of the original names: one line, no edit of their script.
$folder = [System.IO.Path]::GetDirectoryName($env:TEST_MODULE)
. "$folder/Build-AzureADApplicationAccessHeader.ps1"
$from = (Get-Command Build-AzureADApplicationAccessHeader).Source
. "$folder/Get-AzureADApplicationAccessToken.ps1"
. "$PSScriptRoot/assert.ps1"
Assert-Equal 'AzureADApplicationAccess' $from 'the first shim brings the function'
Assert-Equal 'AzureADApplicationAccess' (Get-Command $get).Source 'the second one, too'
Assert-Equal $line (Build-AzureADApplicationAccessHeader shims.contoso.example app-1 $secret) 'Build by a shim'
Assert-Equal $line (Get-AzureADApplicationAccessToken shims.contoso.example app-1 $secret) 'Get by a shim'
Remove-Module AzureADApplicationAccess

# Dot-sourced inside a function, and inside a module that isn't strict about its callers.
function Invoke-WithShim { . "$folder/Get-AzureADApplicationAccessToken.ps1"; Get-AzureADApplicationAccessToken shims.contoso.example app-1 $secret }
Assert-Equal $line (Invoke-WithShim) 'a shim inside a function'
Remove-Module AzureADApplicationAccess
$other = New-Module -ArgumentList $folder -ScriptBlock {
    param($folder)
    . "$folder/Get-AzureADApplicationAccessToken.ps1"
    function Invoke-Inside($tenant, $secret, $authority) { Get-AzureADApplicationAccessToken $tenant app-1 $secret -Authority $authority }
}
Assert-Equal $line (& $other { param($s, $a) Invoke-Inside shims.contoso.example $s $a } $secret $env:TEST_AUTHORITY) 'a shim inside a module'
$global:AzureAdAccessToken = $null
$null = & $other { param($s, $a) Invoke-Inside shims.contoso.example $s $a } $secret $env:TEST_AUTHORITY
Assert-Like 'Bearer test-token-*' $global:AzureAdAccessToken 'the true global is set'
foreach ($name in $build, $get) {
    $code = @([System.IO.File]::ReadAllLines("$folder/$name.ps1")).Where({ $_ -notlike '#*' -and $_ })
    Assert-Equal 1 $code.Count "$name.ps1 is one line"
}
Complete-Test 9
