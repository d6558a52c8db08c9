# Ctrl-C, that is, a pipeline stop: during a request, during a slow begin, at any moment. It returns at once, changes
# no global, leaks no call, and the module works afterwards. The library is tests/powershell/counting.c.
. "$PSScriptRoot/assert.ps1"

$runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
$runspace.Open()

function Invoke-There([string] $Text) {
    $ps = [powershell]::Create()
    $ps.Runspace = $runspace
    try { $ps.AddScript($Text).Invoke() } finally { $ps.Dispose() }
}

function Start-There([string] $Text) {
    $ps = [powershell]::Create()
    $ps.Runspace = $runspace
    $null = $ps.AddScript($Text)
    @{ PowerShell = $ps; Handle = $ps.BeginInvoke() }
}

# Milliseconds that the stop took.
function Stop-There($Running) {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    $Running.PowerShell.Stop()
    $clock.ElapsedMilliseconds
    $Running.PowerShell.Dispose()
}

function Get-Calls([char] $Letter) {
    if (-not [System.IO.File]::Exists($env:TEST_CALLS_FILE)) { return 0 }
    # The library may be writing it.
    $reader = [System.IO.StreamReader]::new([System.IO.FileStream]::new($env:TEST_CALLS_FILE, 'Open', 'Read', 'ReadWrite'))
    try { $reader.ReadToEnd().Split($Letter).Length - 1 } finally { $reader.Dispose() }
}

function Wait-For([scriptblock] $Condition, [string] $What) {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Condition)) {
        if ($clock.Elapsed.TotalSeconds -gt 20) { Assert-True $false "waited in vain until $What"; return }
        [System.Threading.Thread]::Sleep(5)
    }
}

function Assert-Usable([string] $What) {
    Assert-Equal 'old token|old header' "$(Invoke-There '"$global:AzureAdAccessToken|$global:Header"')" "$What`: globals unchanged"
    Assert-Equal $line "$(Invoke-There "Build-AzureADApplicationAccessHeader after.contoso.example app-1 $secret")" "$What`: the module works afterwards"
    $null = Invoke-There '$global:AzureAdAccessToken = "old token"; $global:Header = "old header"'
    Assert-Equal (Get-Calls 'b') (Get-Calls 'f') "$What`: every call begun was freed"
    Assert-Equal (Get-Calls 'n') (Get-Calls 'r') "$What`: every request was freed"
}

$null = Invoke-There "Import-Module '$env:TEST_MODULE' -DisableNameChecking
    `$PSDefaultParameterValues = @{ '*-AzureADApplicationAccess*:Authority' = '$env:TEST_AUTHORITY' }
    `$null = Build-AzureADApplicationAccessHeader warm.contoso.example app-1 $secret
    `$global:AzureAdAccessToken = 'old token'; `$global:Header = 'old header'"

foreach ($name in $build, $get) {
    # During a request, and during a wait between two of them.
    $prefix = $name.Substring(0, 3).ToLowerInvariant()
    foreach ($tenant in "$prefix.stop.hang.example", "$prefix.stop.drip.example", "$prefix.stop.forever-pending.example") {
        $running = Start-There "$name $tenant app-1 $secret; '$global:Header = 1'"
        Wait-For { (Get-Record $tenant).count -gt 0 } "$tenant was asked"
        $ms = Stop-There $running
        Assert-True ($ms -lt 2000) "$name, $tenant`: stopped after $ms ms"
        Assert-Usable "$name, $tenant"
    }

    # During a slow begin: the stop waits for it, and the call is freed all the same.
    [System.IO.File]::WriteAllText($env:TEST_SLOW_FILE, '')
    $begun = Get-Calls 'b'
    $running = Start-There "$name $prefix.slow-begin.hang.example app-1 $secret"
    Wait-For { (Get-Calls 'b') -gt $begun } 'a call was begun'
    $ms = Stop-There $running
    [System.IO.File]::Delete($env:TEST_SLOW_FILE)
    Assert-True ($ms -lt 3000) "$name, slow begin: stopped after $ms ms"
    Assert-Usable "$name, slow begin"
}

# At any moment of a quick call. Both globals are changed or none.
$random = [System.Random]::new(20240607)
foreach ($i in 1..60) {
    $running = Start-There "Build-AzureADApplicationAccessHeader any.contoso.example app-1 $secret; Build-AzureADApplicationAccessHeader any.contoso.example app-1 $secret"
    [System.Threading.Thread]::Sleep($random.Next(0, 12))
    $ms = Stop-There $running
    if ($ms -gt 2000) { Assert-True $false "stop $i took $ms ms" }
    $state = "$(Invoke-There 'if ($global:Header -is [hashtable]) { $global:Header.Authorization -ceq $global:AzureAdAccessToken } else { $global:AzureAdAccessToken -ceq "old token" }')"
    Assert-Equal 'True' $state "stop $i`: both globals or none"
}
$null = Invoke-There '$global:AzureAdAccessToken = "old token"; $global:Header = "old header"'
Assert-Usable 'after 60 stops'

# No connection is left behind by the stopped calls. The asserts' own client keeps one or two.
$port = ([uri]$env:TEST_AUTHORITY).Port
function Get-Connections {
    $all = [System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties().GetActiveTcpConnections()
    @($all | Where-Object { $_.RemoteEndPoint.Port -eq $port -and "$($_.State)" -eq 'Established' }).Count
}
Wait-For { (Get-Connections) -le 6 } 'connections of stopped calls are closed'
$runspace.Dispose()
Complete-Test 60
