# Prints a token object and its deserialized twin, for tests/powershell.rs to look at.
. "$PSScriptRoot/assert.ps1"
$token = Get-AzureADApplicationAccessToken display.contoso.example app-1 $secret -PassThru
$token
[System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($token))
