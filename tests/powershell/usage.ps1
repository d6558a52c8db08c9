# The lines of the original's usage.txt, unchanged but for the values.
. "$PSScriptRoot/assert.ps1"

# Authorization Header with ClientId & ClientSecret
$tenantId="usage.contoso.example"
$ClientId="app-1"
$ClientSecret=$secret

$output = Build-AzureADApplicationAccessHeader -tenantid $tenantid -clientid $clientid -clientSecret $clientSecret
Assert-Equal $line $output 'the only output'
$token = @((Get-Record $tenantId).issued)[-1]
Assert-Equal "Bearer $token" $global:AzureAdAccessToken 'AzureAdAccessToken'
Assert-Equal 'System.Collections.Hashtable' $global:Header.GetType().FullName 'type of Header'
Assert-Equal 'Authorization' "$($global:Header.Keys)" 'the only key of Header'
Assert-Equal "Bearer $token" $global:Header.Authorization 'Header.Authorization'
Assert-Equal "Bearer $token" $Header['Authorization'] '$Header as scripts read it'
$form = Get-Form $tenantId
Assert-Equal 4 $form.Count 'fields sent with a secret'
Assert-Equal 'client_credentials' $form.grant_type 'grant_type'
Assert-Equal 'https://graph.microsoft.com/.default' $form.scope 'scope'
Assert-Equal 'app-1' $form.client_id 'client_id'
Assert-Equal $secret $form.client_secret 'client_secret'

# Authorization Header with refresh_token
$before = $global:Header
$tenantId="refresh.contoso.example"
$refreshtoken="refresh-token-1"
$output = Build-AzureADApplicationAccessHeader -tenantid $tenantid -refreshtoken $refreshtoken
Assert-Equal $line $output 'the only output with a refresh token'
Assert-True (-not [object]::ReferenceEquals($before, $global:Header)) 'Header is a new hashtable each time'
$form = Get-Form $tenantId
Assert-Equal 3 $form.Count 'fields sent with a refresh token alone'
Assert-Equal 'refresh_token' $form.grant_type 'grant_type of a refresh'
Assert-Equal 'refresh-token-1' $form.refresh_token 'refresh_token'
Assert-Equal 'https://graph.microsoft.com/.default' $form.scope 'scope of a refresh'

# Get Bearer Token via PowerShell script
$tenantId="usage.contoso.example"
$ClientId="app-1"
$ClientSecret=$secret
$before = $global:Header
$output = Get-AzureADApplicationAccessToken -tenantid $tenantid -clientid $clientid -clientSecret $clientSecret
Assert-Equal $line $output 'the only output of Get'
$token = @((Get-Record $tenantId).issued)[-1]
Assert-Equal "Bearer $token" $global:AzureAdAccessToken 'AzureAdAccessToken after Get'
Assert-True ([object]::ReferenceEquals($before, $global:Header)) 'Get leaves Header alone'

Complete-Test 20
