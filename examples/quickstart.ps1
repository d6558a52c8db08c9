# The PowerShell half of quickstart.rs, which sets the QUICKSTART_... variables and AADACCESS_LIBRARY.
# In a script of your own, leave out -Authority and -CACertificatePath.
Import-Module "$PSScriptRoot/../powershell/AzureADApplicationAccess" -DisableNameChecking

$tenantId = $env:QUICKSTART_TENANT
$clientId = $env:QUICKSTART_CLIENT
$clientSecret = $env:QUICKSTART_SECRET
$endpoint = @{ Authority = $env:QUICKSTART_AUTHORITY; CACertificatePath = $env:QUICKSTART_CA_FILE }

function Show-Header($Header) {
    $value = $Header.Authorization
    if (-not $value) { [Console]::Error.WriteLine('$Header was not set'); exit 1 }
    "   `$Header.Authorization: $($value.Substring(0, 14))... ($($value.Length) characters)"
}

'   > Build-AzureADApplicationAccessHeader -tenantid $tenantId -clientid $clientId -clientSecret $clientSecret'
$line = Build-AzureADApplicationAccessHeader -tenantid $tenantId -clientid $clientId -clientSecret $clientSecret @endpoint
"   $line"
Show-Header $global:Header

$global:Header = $null
'   > Build-AzureADApplicationAccessHeader -tenantid $tenantId -clientid $clientId -refreshtoken $refreshToken'
$line = Build-AzureADApplicationAccessHeader -tenantid $tenantId -clientid $clientId -refreshtoken 'refresh-token-1' @endpoint
"   $line"
Show-Header $global:Header

'   > Build-AzureADApplicationAccessHeader ... -clientSecret $wrongSecret   (silenced and caught)'
try {
    Build-AzureADApplicationAccessHeader -tenantid $tenantId -clientid $clientId -clientSecret $env:QUICKSTART_WRONG_SECRET @endpoint -ErrorAction SilentlyContinue
}
catch {
    "   $($_.ErrorDetails.RecommendedAction)"
    exit 0
}
[Console]::Error.WriteLine('the wrong secret was not refused')
exit 1
