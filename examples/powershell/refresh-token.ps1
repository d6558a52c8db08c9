# A refresh token is replaced on every use. -PassThru hands the new one out, and it must be kept for the next time.
#
#   ./refresh-token.ps1 -TenantId contoso.onmicrosoft.com -ClientId 00001111-aaaa-2222-bbbb-3333cccc4444 -File ./refresh-token.xml
#
# The file is made once:  Read-Host -AsSecureString 'Refresh token' | Export-Clixml ./refresh-token.xml
# On Windows it is encrypted for this user on this machine. On Linux and macOS it is only encoded: whoever reads
# it has the token, so keep it where nobody else can, or use a vault instead.
param(
    [Parameter(Mandatory = $true)] [string] $TenantId,
    [Parameter(Mandatory = $true)] [string] $ClientId,
    [Parameter(Mandatory = $true)] [string] $File
)
Import-Module "$PSScriptRoot/../../powershell/AzureADApplicationAccess" -DisableNameChecking

$refreshToken = [System.Management.Automation.PSSerializer]::Deserialize([System.IO.File]::ReadAllText($File))
$token = Build-AzureADApplicationAccessHeader -tenantid $TenantId -clientid $ClientId -refreshtoken $refreshToken -PassThru

if ($token.RefreshToken) {
    # First beside the old one, then in its place: a full disk costs no token.
    [System.IO.File]::WriteAllText("$File.new", [System.Management.Automation.PSSerializer]::Serialize($token.RefreshToken))
    [System.IO.File]::Copy("$File.new", $File, $true)
    [System.IO.File]::Delete("$File.new")
}
"The token is good until $($token.ExpiresOn)."
