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

# Strict mode, everywhere
Set-StrictMode -Version Latest
$global:strictDone = & ([scriptblock]::Create('
    Set-StrictMode -Version Latest
    Import-Module $env:TEST_MODULE -DisableNameChecking -Force
    Build-AzureADApplicationAccessHeader strict.contoso.example app-1 $secret -Verbose 4>$null
    (Get-AzureADApplicationAccessToken strict.contoso.example app-1 $secret -PassThru).GetHeader().Authorization
    foreach ($value in (ConvertTo-SecureString wrong -AsPlainText -Force), 12, "wrong") {
        try { Build-AzureADApplicationAccessHeader strict.contoso.example app-1 $value 2>$null } catch { $_.FullyQualifiedErrorId }
    }
    try { Build-AzureADApplicationAccessHeader } catch { "$_" }
    try { Build-AzureADApplicationAccessHeader strict.contoso.example app-1 ([pscredential]::new("a", (ConvertTo-SecureString b -AsPlainText -Force))) -OperationTimeoutSeconds 3 -MaximumRetryCount 1 -Proxy "" 2>$null } catch { $_.FullyQualifiedErrorId }
    Build-AzureADApplicationAccessHeader throttled.strict.throttled.example app-1 x
'))
$expected = $line, 'Bearer *', $webErrorId, $webErrorId, $webErrorId, $notEnough, $webErrorId, $line
for ($i = 0; $i -lt $expected.Count; $i++) { Assert-Like $expected[$i] $global:strictDone[$i] "strict mode, step $i" }
# A module whose own global scope is strict.
$ps = [powershell]::Create([initialsessionstate]::CreateDefault2())
$null = $ps.AddScript('Set-StrictMode -Version Latest').Invoke()
$ps.Commands.Clear()
$null = $ps.AddScript('param($m, $a) Import-Module $m -DisableNameChecking; Build-AzureADApplicationAccessHeader s.contoso.example app-1 s3cret-value-1 -Authority $a
    try { Build-AzureADApplicationAccessHeader s.contoso.example app-1 wrong -Authority $a 2>$null } catch { $_.FullyQualifiedErrorId }
    (Get-AzureADApplicationAccessToken s.contoso.example -refreshtoken refresh-token-1 -Authority $a -PassThru).GetHeader().Authorization
    try { Build-AzureADApplicationAccessHeader } catch { "$_" }').AddArgument($env:TEST_MODULE).AddArgument($env:TEST_AUTHORITY)
$output = @($ps.Invoke())
Assert-Like "$line|$webErrorId|Bearer *|$notEnough" ($output -join '|') "strict in the global scope: $($ps.Streams.Error)"
$ps.Dispose()
Set-StrictMode -Off

# Another culture's decimal comma
$culture = [System.Threading.Thread]::CurrentThread.CurrentCulture
$comma = [cultureinfo]::InvariantCulture.Clone()
$comma.NumberFormat.NumberDecimalSeparator = ','
[System.Threading.Thread]::CurrentThread.CurrentCulture = $comma
Assert-Equal $line (Build-AzureADApplicationAccessHeader culture.contoso.example app-1 $secret -OperationTimeoutSeconds 5.5) 'decimal comma'
try { $null = Get-AzureADApplicationAccessToken culture.error200.example app-1 1.5 -ErrorAction Ignore } catch { }
Assert-Equal '1.5' (Get-Form culture.error200.example).client_secret 'a fraction is its text under a decimal comma'
[System.Threading.Thread]::CurrentThread.CurrentCulture = $culture

Complete-Test 20
