# A header with a client secret that no file and no command line holds.
#
#   ./client-secret.ps1 -TenantId contoso.onmicrosoft.com -Credential (Get-Credential -Message 'client id and secret')
#
# The user name of the credential is the client id, its password the client secret.
param(
    [Parameter(Mandatory = $true)] [string] $TenantId,
    [Parameter(Mandatory = $true)] [pscredential] $Credential
)
Import-Module "$PSScriptRoot/../../powershell/AzureADApplicationAccess" -DisableNameChecking

# A failure ends the script here, with the server's answer and what to do about it.
Build-AzureADApplicationAccessHeader -tenantid $TenantId -clientSecret $Credential

# From here on, in each request:  Invoke-RestMethod -Uri https://graph.microsoft.com/v1.0/users -Headers $Header
"The header begins with: $($Header.Authorization.Substring(0, 12))"

# The same without a global to rely on: an object that knows when it expires and shows no token.
$token = Get-AzureADApplicationAccessToken -tenantid $TenantId -clientSecret $Credential -PassThru
$token
if ($token.ExpiresOn -and $token.ExpiresOn -lt [DateTimeOffset]::UtcNow.AddMinutes(5)) { 'Time for another token.' }
# In each request:  Invoke-RestMethod -Uri ... -Headers $token.GetHeader()
