# -PassThru: the object, its display, one object in many runspaces, rotation of refresh tokens.
. "$PSScriptRoot/assert.ps1"

function Get-Plain([securestring] $Value) { [System.Net.NetworkCredential]::new('', $Value).Password }

foreach ($name in $build, $get) {
    $tenant = "$($name.Substring(0, 3)).passthru.contoso.example".ToLowerInvariant()
    Reset-Globals
    $output = @(& $name $tenant app-1 $secret -PassThru)
    Assert-Equal 1 $output.Count "$name`: the only output"
    $token = $output[0]
    $expected = @((Get-Record $tenant).issued)[-1]
    Assert-Equal 'AzureADApplicationAccess.Token' $token.PSObject.TypeNames[0] "$name`: type name"
    Assert-Equal 'Bearer' $token.TokenType "$name`: TokenType"
    Assert-Equal ([DateTimeOffset]) $token.ExpiresOn.GetType() "$name`: type of ExpiresOn"
    Assert-Equal ([TimeSpan]::Zero) $token.ExpiresOn.Offset "$name`: ExpiresOn is UTC"
    $left = ($token.ExpiresOn - [DateTimeOffset]::UtcNow).TotalSeconds
    Assert-True ($left -gt 3500 -and $left -le 3600) "$name`: ExpiresOn, $left s from now"
    Assert-Equal ([securestring]) $token.AccessToken.GetType() "$name`: type of AccessToken"
    Assert-Equal $expected (Get-Plain $token.AccessToken) "$name`: AccessToken"
    Assert-Equal $null $token.RefreshToken "$name`: no RefreshToken with a secret"
    Assert-Equal 'System.Collections.Hashtable' $token.GetHeader().GetType().FullName "$name`: GetHeader()"
    Assert-Equal "Bearer $expected" $token.GetHeader().Authorization "$name`: GetHeader().Authorization"
    Assert-Equal "Bearer $expected" $global:AzureAdAccessToken "$name`: the global is set all the same"
    Assert-True ($token.CorrelationId -as [guid]) "$name`: CorrelationId"
    Assert-Equal $false ("$token" -like "*$expected*") "$name`: its text shows no token"
}
Assert-Equal 'old header' $global:Header 'Get -PassThru leaves Header alone'

$token = Get-AzureADApplicationAccessToken weird-expiry.example app-1 $secret -PassThru
Assert-True ($null -eq $token.ExpiresOn -or $token.ExpiresOn -is [DateTimeOffset]) 'an absurd expiry breaks nothing'
$token = Get-AzureADApplicationAccessToken no-expiry.example app-1 $secret -PassThru
Assert-Equal $null $token.ExpiresOn 'ExpiresOn is $null when unknown'
$token = Get-AzureADApplicationAccessToken long-token.example app-1 $secret -PassThru
Assert-Equal 3000 $token.AccessToken.Length 'a long token is whole'

# Rotation
$refresh = 'refresh-token-1'
foreach ($expected in 'refresh-token-2', 'refresh-token-1', 'refresh-token-2') {
    $token = Get-AzureADApplicationAccessToken -tenantid rotate.contoso.example -clientid app-1 -refreshtoken $refresh -PassThru
    Assert-Equal $expected (Get-Plain $token.RefreshToken) 'the rotated refresh token is handed out'
    Assert-Equal 'https://graph.microsoft.com/.default' $token.Scope 'Scope'
    $refresh = $token.RefreshToken
}
$token = Get-AzureADApplicationAccessToken -tenantid no-refresh.example -refreshtoken refresh-token-1 -PassThru
Assert-Equal $null $token.RefreshToken 'RefreshToken is $null when the old one stays good'

# The deserialized twin
$xml = [System.Management.Automation.PSSerializer]::Serialize($token)
$twin = [System.Management.Automation.PSSerializer]::Deserialize($xml)
Assert-Equal 'Deserialized.AzureADApplicationAccess.Token' $twin.PSObject.TypeNames[0] 'type name of the twin'
Assert-Equal $token.GetHeader().Authorization $twin.GetHeader().Authorization 'GetHeader() of the twin'

# One object, 32 runspaces, 6,400 answers
$expected = $token.GetHeader().Authorization
$workers = foreach ($i in 1..32) {
    $ps = [powershell]::Create([initialsessionstate]::CreateDefault2())
    $null = $ps.AddScript({
        param($module, $token, $expected)
        Import-Module $module -DisableNameChecking
        $good = 0
        for ($i = 0; $i -lt 200; $i++) { if ($token.GetHeader()['Authorization'] -ceq $expected) { $good++ } }
        $good
    }).AddArgument($env:TEST_MODULE).AddArgument($token).AddArgument($expected)
    @{ PowerShell = $ps; Handle = $ps.BeginInvoke() }
}
$good = 0
foreach ($worker in $workers) { $good += $worker.PowerShell.EndInvoke($worker.Handle)[0]; $worker.PowerShell.Dispose() }
Assert-Equal 6400 $good 'one object shared by 32 runspaces answers'

Complete-Test 40
