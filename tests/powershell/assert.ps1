# What each test script dot-sources first: the module, the endpoint and the assertions. TEST_AUTHORITY,
# TEST_MODULE and AADACCESS_LIBRARY come from tests/powershell.rs.
$script:failures = 0
$script:checks = 0

function Assert-Equal($Expected, $Got, [string] $What) {
    $script:checks++
    $same = if ($null -eq $Expected -or $null -eq $Got) { $null -eq $Expected -and $null -eq $Got }
    else { $Got.GetType() -eq $Expected.GetType() -and $Got -ceq $Expected }
    if ($same) { return }
    $script:failures++
    [Console]::Error.WriteLine("FAILED: $What`n  expected: $(Show $Expected)`n  got:      $(Show $Got)")
}

function Assert-True($Condition, [string] $What) { Assert-Equal $true ([bool]$Condition) $What }

function Assert-Like([string] $Pattern, $Got, [string] $What) {
    $script:checks++
    if ("$Got" -clike $Pattern) { return }
    $script:failures++
    [Console]::Error.WriteLine("FAILED: $What`n  expected: $Pattern`n  got:      $(Show $Got)")
}

function Show($Value) { if ($null -eq $Value) { '$null' } else { "[$($Value.GetType().FullName)] $Value" } }

# Runs the block, which must throw; returns the record caught.
function Get-Thrown([scriptblock] $Block, [string] $What) {
    try { $null = & $Block } catch { return $_ }
    $script:checks++
    $script:failures++
    [Console]::Error.WriteLine("FAILED: $What`n  expected: an error was thrown`n  got:      none")
}

# Ends the script: 0 when everything held. A script that asserted nothing has not tested anything.
function Complete-Test([int] $AtLeast = 1) {
    if ($script:checks -lt $AtLeast) {
        [Console]::Error.WriteLine("FAILED: $script:checks checks ran, $AtLeast were expected")
        exit 1
    }
    if ($script:failures) {
        [Console]::Error.WriteLine("$script:failures of $script:checks checks failed")
        exit 1
    }
    "$script:checks checks passed"
    exit 0
}

$client = [System.Net.Http.HttpClient]::new()

# What the endpoint has recorded for a tenant.
function Get-Record([string] $Tenant) {
    $client.GetStringAsync("$env:TEST_AUTHORITY/_requests/$Tenant").GetAwaiter().GetResult() | ConvertFrom-Json
}

# The form of the tenant's last request as a hashtable, with the key (names) in the order sent.
function Get-Form([string] $Tenant) {
    $record = Get-Record $Tenant
    $form = @{}
    foreach ($pair in @($record.requests)[-1].form) { $form[$pair[0]] = $pair[1] }
    $form
}

$secret = 's3cret-value-1'
$line = 'Authorization successful! Token saved in varable.'
$notEnough = 'Authorization not successful. Not enough information provided.'
$refused = 'Authorization not successful. Error while posting body source: '
$build = 'Build-AzureADApplicationAccessHeader'
$get = 'Get-AzureADApplicationAccessToken'
$writeErrorId = 'Microsoft.PowerShell.Commands.WriteErrorException'
$webErrorId = 'WebCmdletWebResponseException,Microsoft.PowerShell.Commands.InvokeRestMethodCommand'

function Reset-Globals {
    $global:AzureAdAccessToken = 'old token'
    $global:Header = 'old header'
}

function Assert-GlobalsUntouched([string] $What) {
    Assert-Equal 'old token' $global:AzureAdAccessToken "$What`: AzureAdAccessToken"
    Assert-Equal 'old header' $global:Header "$What`: Header"
}

# Every call goes to the endpoint, though the lines under test name no authority.
$PSDefaultParameterValues = @{ '*-AzureADApplicationAccess*:Authority' = $env:TEST_AUTHORITY }
Import-Module $env:TEST_MODULE -DisableNameChecking
