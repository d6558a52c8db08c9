# Who calls, with which preference: what is thrown, what is written. A refused secret each time.
. "$PSScriptRoot/assert.ps1"
$global:module = $env:TEST_MODULE
$global:authority = $env:TEST_AUTHORITY

# The call under test, in the shape that each caller runs it: returns "<id thrown>|<records in $Error, newest first>".
$call = {
    param($name, $action)
    $global:Error.Clear() # in a module, $Error alone is another one
    $arguments = @{ tenantid = 'contoso.example'; clientid = 'app-1'; clientSecret = 'wrong-secret'; Authority = $global:authority }
    if ($action) { $arguments.ErrorAction = $action }
    $id = 'nothing was thrown'
    try { $null = & $name @arguments 2>$null } catch { $id = $_.FullyQualifiedErrorId }
    $texts = foreach ($record in $global:Error) { if ("$record" -clike 'Authorization not successful*') { 'E' } else { 'detailed' } }
    "$id|$texts"
}

# $ErrorActionPreference set in the scope of each kind of caller.
function Invoke-FromFunction($name, $preference, $action) {
    if ($preference) { $ErrorActionPreference = $preference }
    . $call $name $action
}
$other = New-Module -Name OtherModule -ArgumentList $call.ToString() -ScriptBlock {
    param($text)
    $script:call = [scriptblock]::Create($text)
    function Invoke-FromModule($name, $preference, $action) {
        if ($preference) { $ErrorActionPreference = $preference }
        . $script:call $name $action
    }
}
Import-Module $other
class Caller {
    static [string] Invoke([scriptblock] $call, $name, $preference, $action) {
        if ($preference) { $ErrorActionPreference = $preference }
        return . $call $name $action
    }
}
function Invoke-FromRunspace($name, $preference, $action) {
    $ps = [powershell]::Create([initialsessionstate]::CreateDefault2())
    try {
        $null = $ps.AddScript({
            param($module, $authority, $text, $name, $preference, $action)
            Import-Module $module -DisableNameChecking
            $global:authority = $authority
            if ($preference) { $ErrorActionPreference = $preference }
            . ([scriptblock]::Create($text)) $name $action
        })
        foreach ($argument in $global:module, $global:authority, $call.ToString(), $name, $preference, $action) { $null = $ps.AddArgument($argument) }
        $ps.Invoke()[0]
    }
    finally { $ps.Dispose() }
}
function Invoke-Parallel($name, $preference, $action) {
    $text = $call.ToString()
    $module = $global:module
    $url = $global:authority
    1 | ForEach-Object -Parallel {
        Import-Module $using:module -DisableNameChecking
        $global:authority = $using:url
        if ($using:preference) { $ErrorActionPreference = $using:preference }
        . ([scriptblock]::Create($using:text)) $using:name $using:action
    }
}
$callers = [ordered]@{
    'script block' = { param($n, $p, $a) if ($p) { $ErrorActionPreference = $p }; . $call $n $a }
    'function'     = { param($n, $p, $a) Invoke-FromFunction $n $p $a }
    'module'       = { param($n, $p, $a) Invoke-FromModule $n $p $a }
    'class method' = { param($n, $p, $a) [Caller]::Invoke($call, $n, $p, $a) }
    'runspace'     = { param($n, $p, $a) Invoke-FromRunspace $n $p $a }
    '-Parallel'    = { param($n, $p, $a) Invoke-Parallel $n $p $a }
    'global scope' = { param($n, $p, $a)
        $old = $global:ErrorActionPreference
        try { if ($p) { $global:ErrorActionPreference = $p }; . $call $n $a } finally { $global:ErrorActionPreference = $old }
    }
}

foreach ($name in $build, $get) {
    $detailed = "$webErrorId|detailed E"
    $rows = @(
        # preference of the caller, -ErrorAction, expected
        , ($null, $null, $detailed)
        , ('Continue', $null, $detailed)
        , ('SilentlyContinue', $null, $detailed)
        , ('Ignore', $null, "$webErrorId|detailed")
        , ('Stop', $null, "$writeErrorId,$name|E")
        , ($null, 'Continue', $detailed)
        , ($null, 'SilentlyContinue', $detailed)
        , ($null, 'Ignore', "$webErrorId|detailed")
        , ($null, 'Stop', "$webErrorId|detailed")
        , ('Stop', 'Continue', $detailed)
        , ('Stop', 'SilentlyContinue', $detailed)
        , ('SilentlyContinue', 'Stop', "$webErrorId|detailed")
    )
    foreach ($caller in $callers.GetEnumerator()) {
        foreach ($row in $rows) {
            Reset-Globals
            $preference, $action, $expected = $row
            $got = & $caller.Value $name $preference $action
            Assert-Equal $expected "$got" "$name from a $($caller.Key), preference $preference, -ErrorAction $action"
            Assert-GlobalsUntouched "$name from a $($caller.Key), preference $preference, -ErrorAction $action"
        }
    }

    # Inquire can't be answered here: something is thrown, and no global changes.
    foreach ($block in { & $name contoso.example app-1 wrong -ErrorAction Inquire }, { $ErrorActionPreference = 'Inquire'; & $name contoso.example app-1 wrong }) {
        Reset-Globals
        $null = Get-Thrown $block "$name, Inquire"
        Assert-GlobalsUntouched "$name, Inquire"
    }

    # What the error stream gets: E or nothing; the throw isn't written to it.
    $rows = [ordered]@{ Continue = 1; SilentlyContinue = 0; Ignore = 0; Stop = 0 }
    foreach ($action in $rows.Keys) {
        $stream = [System.Collections.ArrayList]::new()
        try { & $name contoso.example app-1 wrong-secret -ErrorAction $action 2>&1 | ForEach-Object { $null = $stream.Add($_) } } catch { }
        Assert-Equal $rows[$action] $stream.Count "$name -ErrorAction $action`: records in the error stream"
    }

    # A caller's own SilentlyContinue is applied in the caller: it goes on behind the call. A bound one isn't.
    $went = & { $ErrorActionPreference = 'SilentlyContinue'; & $name contoso.example app-1 wrong-secret; 'went on' }
    Assert-Equal 'went on' "$went" "$name`: SilentlyContinue of the caller swallows the throw in the caller"
    $went = $null
    $null = Get-Thrown { $script:went = & { & $name contoso.example app-1 wrong-secret -ErrorAction SilentlyContinue; 'went on' } } "$name, bound"
    Assert-Equal $null $went "$name`: a bound SilentlyContinue does not swallow the throw"

    # trap
    $script:trapped = $null
    $went = & {
        trap { $script:trapped = $_; continue }
        & $name contoso.example app-1 wrong-secret 2>$null
        'went on'
    }
    Assert-Equal $webErrorId $script:trapped.FullyQualifiedErrorId "$name`: a trap gets the detailed record"
    Assert-Equal 'went on' "$went" "$name`: and may go on"

    # Too little given: N is thrown under each preference.
    foreach ($preference in 'Continue', 'Stop', 'SilentlyContinue', 'Ignore') {
        $thrown = Get-Thrown { $ErrorActionPreference = $preference; & $name } "$name, N, preference $preference"
        Assert-Equal "$writeErrorId,$name" $thrown.FullyQualifiedErrorId "$name, N, preference $preference"
        $thrown = Get-Thrown { & $name -ErrorAction $preference } "$name, N, -ErrorAction $preference"
        Assert-Equal "$writeErrorId,$name" $thrown.FullyQualifiedErrorId "$name, N, -ErrorAction $preference"
    }

    # E thrown by Stop knows the answer, too; so does -ErrorVariable's E.
    $thrown = Get-Thrown { $ErrorActionPreference = 'Stop'; & $name contoso.example app-1 wrong-secret } "$name, Stop"
    Assert-Equal "${refused}invalid_client" "$thrown" "$name, Stop: text of E"
    Assert-Equal ([System.Net.HttpStatusCode]401) $thrown.Exception.StatusCode "$name, Stop: StatusCode"
    Assert-Equal ([System.Net.HttpStatusCode]401) $thrown.Exception.Response.StatusCode "$name, Stop: Response.StatusCode"
    $caught = $null
    try { & $name contoso.example app-1 wrong-secret 2>$null } catch [System.Net.Http.HttpRequestException] { $caught = 'typed' }
    Assert-Equal 'typed' $caught "$name`: a typed catch clause matches"
}
Complete-Test 400
