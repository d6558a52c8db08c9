# Many runspaces, repeated imports, bare runspaces, strict mode, non-English cultures.
. "$PSScriptRoot/assert.ps1"

# 64 at once, each with its own import, the native type made by all of them at the same time.
$gate = [System.Threading.ManualResetEventSlim]::new($false)
$workers = foreach ($i in 1..64) {
    $ps = [powershell]::Create([initialsessionstate]::CreateDefault2())
    $null = $ps.AddScript({
        param($module, $authority, $gate, $i)
        Import-Module $module -DisableNameChecking
        $gate.Wait()
        foreach ($round in 1..3) {
            $secret = if (($i + $round) % 4) { 's3cret-value-1' } else { 'wrong-secret' }
            try { Build-AzureADApplicationAccessHeader "w$i.runspaces.contoso.example" "app-$i" $secret -Authority $authority 2>$null }
            catch { $_.FullyQualifiedErrorId }
        }
        $global:AzureAdAccessToken
    }).AddArgument($env:TEST_MODULE).AddArgument($env:TEST_AUTHORITY).AddArgument($gate).AddArgument($i)
    @{ PowerShell = $ps; Handle = $ps.BeginInvoke(); Number = $i }
}
$gate.Set()
$good = 0; $tokens = [System.Collections.Generic.HashSet[string]]::new()
foreach ($worker in $workers) {
    $output = @($worker.PowerShell.EndInvoke($worker.Handle))
    $expected = foreach ($round in 1..3) { if (($worker.Number + $round) % 4) { $line } else { $webErrorId } }
    if ("$($output[0..2])" -ceq "$expected" -and $output[3] -like 'Bearer test-token-*') { $good++ }
    else { [Console]::Error.WriteLine("runspace $($worker.Number): $output $($worker.PowerShell.Streams.Error)") }
    $null = $tokens.Add($output[3])
    $worker.PowerShell.Dispose()
}
Assert-Equal 64 $good 'runspaces that got what they should'
Assert-Equal 64 $tokens.Count 'each runspace has its own globals'

function Get-NativeTypes { @([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'AadAccess.Native' }).Count }
Assert-Equal 1 (Get-NativeTypes) 'the native type was made once'

# -Force and removal
foreach ($i in 1..3) {
    Import-Module $env:TEST_MODULE -DisableNameChecking -Force
    Assert-Equal $line (Build-AzureADApplicationAccessHeader force.contoso.example app-1 $secret) "import $i with -Force"
    $token = Get-AzureADApplicationAccessToken force.contoso.example app-1 $secret -PassThru
    Assert-Like 'Bearer *' $token.GetHeader().Authorization "GetHeader() after import $i with -Force"
}
Remove-Module AzureADApplicationAccess
Assert-Equal $null (Get-Command $build -ErrorAction Ignore) 'removed'
Import-Module $env:TEST_MODULE -DisableNameChecking
Assert-Equal $line (Build-AzureADApplicationAccessHeader force.contoso.example app-1 $secret) 'imported again'
Assert-Equal 1 (Get-NativeTypes) 'the native type was still made once'

# A runspace with the engine's own commands alone: Microsoft.PowerShell.Core, no Utility, no Management.
$state = [initialsessionstate]::Create()
foreach ($entry in [initialsessionstate]::CreateDefault2().Commands) {
    if ($entry.CommandType -eq 'Cmdlet' -and $entry.ImplementingType.Assembly -eq [psobject].Assembly) { $state.Commands.Add($entry) }
}
foreach ($entry in [initialsessionstate]::CreateDefault2().Providers) { $state.Providers.Add($entry) }
$state.LanguageMode = 'FullLanguage'
$ps = [powershell]::Create($state)
$null = $ps.AddScript({
    param($module, $authority)
    Import-Module $module -DisableNameChecking
    Build-AzureADApplicationAccessHeader bare.contoso.example app-1 s3cret-value-1 -Authority $authority -Verbose
    (Get-AzureADApplicationAccessToken bare.contoso.example app-1 s3cret-value-1 -Authority $authority -PassThru).GetHeader().Authorization
    try { Build-AzureADApplicationAccessHeader bare.contoso.example app-1 wrong -Authority $authority } catch { $_.FullyQualifiedErrorId }
}).AddArgument($env:TEST_MODULE).AddArgument($env:TEST_AUTHORITY)
$output = @($ps.Invoke())
Assert-Equal $line $output[0] "in a bare runspace; errors: $($ps.Streams.Error)"
Assert-Like 'Bearer test-token-*' $output[1] 'token object in a bare runspace'
Assert-Equal $webErrorId $output[2] 'error in a bare runspace'
$ps.Dispose()

# Strict mode: callers' doesn't reach into a module, so it is set in the module's own scope, and again outside.
Set-StrictMode -Version Latest
Import-Module $env:TEST_MODULE -DisableNameChecking -Force
$module = Get-Module AzureADApplicationAccess
. $module { Set-StrictMode -Version Latest }
$reached = & $module { try { $never.Set; $false } catch { $true } }
Assert-Equal $true $reached 'strict mode is on inside the module'
$tenant = 'strict.contoso.example'
Assert-Equal $line (Build-AzureADApplicationAccessHeader $tenant app-1 $secret -Verbose 4>$null) 'strict: verbose'
Assert-Equal $line (Get-AzureADApplicationAccessToken $tenant app-1 $secret) 'strict: Get'
Assert-Equal $line (Get-AzureADApplicationAccessToken 'strict.throttled.example' app-1 $secret) 'strict: a wait'
$token = Get-AzureADApplicationAccessToken -tenantid $tenant -refreshtoken refresh-token-1 -PassThru
Assert-Like 'Bearer *' $token.GetHeader().Authorization 'strict: GetHeader()'
$credential = [pscredential]::new('app-1', (ConvertTo-SecureString wrong -AsPlainText -Force))
foreach ($value in $credential, $credential.Password, 12, 'wrong') {
    $record = Get-Thrown { Build-AzureADApplicationAccessHeader $tenant app-1 $value -OperationTimeoutSeconds 9 -MaximumRetryCount 1 -Proxy '' -ProxyCredential $credential -Scope 'x/.default' 2>$null } 'strict: refused'
    Assert-Equal $webErrorId $record.FullyQualifiedErrorId "strict: refused $(Show $value)"
}
foreach ($action in 'Stop', 'SilentlyContinue', 'Ignore', 'Continue') {
    $record = Get-Thrown { Build-AzureADApplicationAccessHeader $tenant app-1 wrong -ErrorAction $action 2>$null } "strict: $action"
    Assert-Equal $webErrorId $record.FullyQualifiedErrorId "strict: -ErrorAction $action"
}
foreach ($bad in @{ tenantid = 'a/b' }, @{ OperationTimeoutSeconds = 0 }, @{ OperationTimeoutSeconds = [double]::NaN }, @{ MaximumRetryCount = 11 }, @{ Scope = '' }, @{ Authority = '' },
    @{ Authority = 'http://login.example' }, @{ CACertificatePath = '' }, @{ CACertificatePath = 'no-such.pem' }, @{ Proxy = 'ftp://x' }, @{ clientid = $credential }, @{ clientSecret = [string][char]0xD800 }) {
    $arguments = @{ tenantid = $tenant; clientid = 'app-1'; clientSecret = $secret; Authority = 'https://127.0.0.1:9' } + @{}
    foreach ($key in $bad.Keys) { $arguments[$key] = $bad[$key] }
    $record = Get-Thrown { Build-AzureADApplicationAccessHeader @arguments 2>$null } "strict: bad $($bad.Keys)"
    Assert-Equal 'AadAccess.InvalidArgument' $record.FullyQualifiedErrorId "bad value: $($bad.Keys) = $($bad.Values)"
}
Assert-Equal $notEnough "$(Get-Thrown { Build-AzureADApplicationAccessHeader } 'N')" 'strict: too little'
Set-StrictMode -Off
Import-Module $env:TEST_MODULE -DisableNameChecking -Force

# Another culture's decimal comma
$culture = [System.Threading.Thread]::CurrentThread.CurrentCulture
$comma = [cultureinfo]::InvariantCulture.Clone()
$comma.NumberFormat.NumberDecimalSeparator = ','
[System.Threading.Thread]::CurrentThread.CurrentCulture = $comma
Assert-Equal $line (Build-AzureADApplicationAccessHeader culture.contoso.example app-1 $secret -OperationTimeoutSeconds 5.5) 'decimal comma'
try { $null = Get-AzureADApplicationAccessToken culture.error200.example app-1 1.5 -ErrorAction Ignore } catch { }
Assert-Equal '1.5' (Get-Form culture.error200.example).client_secret 'a fraction is its text under a decimal comma'
[System.Threading.Thread]::CurrentThread.CurrentCulture = $culture

Complete-Test 40
