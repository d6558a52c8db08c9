# What a script can know about a failure.
#
#   ./errors.ps1 -TenantId contoso.onmicrosoft.com -ClientId 00001111-aaaa-2222-bbbb-3333cccc4444 -ClientSecret $secureString
param(
    [Parameter(Mandatory = $true)] [string] $TenantId,
    [Parameter(Mandatory = $true)] [string] $ClientId,
    [Parameter(Mandatory = $true)] [securestring] $ClientSecret
)
Import-Module "$PSScriptRoot/../../powershell/AzureADApplicationAccess" -DisableNameChecking

try {
    # Stop: the one detailed error is thrown, and nothing is written before it.
    Build-AzureADApplicationAccessHeader -tenantid $TenantId -clientid $ClientId -clientSecret $ClientSecret -OperationTimeoutSeconds 30 -ErrorAction Stop
}
catch {
    "What happened: $($_.Exception.Message)"
    "HTTP status:   $($_.Exception.StatusCode)"                  # Unauthorized; empty without an answer
    "Error id:      $($_.FullyQualifiedErrorId)"                 # AadAccess.Timeout, AadAccess.Tls ... without an answer
    "Answer:        $($_.ErrorDetails.Message)"                  # the server's JSON, for ConvertFrom-Json
    "What to do:    $($_.ErrorDetails.RecommendedAction)"
    exit 1
}
