# The verbose and progress streams: what they say, to whom, and that no body or secret is in them.
. "$PSScriptRoot/assert.ps1"

function Get-Streams([scriptblock] $Block) {
    $ps = [powershell]::Create([initialsessionstate]::CreateDefault2())
    try {
        $null = $ps.AddScript({
            param($module, $authority, $text)
            Import-Module $module -DisableNameChecking
            $PSDefaultParameterValues = @{ '*-AzureADApplicationAccess*:Authority' = $authority }
            . ([scriptblock]::Create($text))
        }).AddArgument($env:TEST_MODULE).AddArgument($env:TEST_AUTHORITY).AddArgument("$Block")
        try { $null = $ps.Invoke() } catch { }
        @{
            Verbose  = @($ps.Streams.Verbose | ForEach-Object { "$_" })
            Progress = @($ps.Streams.Progress | Where-Object { $_.Activity -notlike 'Preparing modules*' })
            All      = @($ps.Streams.Verbose; $ps.Streams.Debug; $ps.Streams.Warning; $ps.Streams.Information; $ps.Streams.Progress; $ps.Streams.Error | ForEach-Object { "$_" })
        }
    }
    finally { $ps.Dispose() }
}

foreach ($name in $build, $get) {
    $call = "$name verbose.contoso.example app-1 s3cret-value-1"
    Assert-Equal 0 (Get-Streams ([scriptblock]::Create($call))).All.Count "$name`: silent by default"
    $speaking = [ordered]@{
        'bound'             = "$call -Verbose"
        'preference'        = "`$VerbosePreference = 'Continue'; $call"
        'of a function'     = "function f { `$VerbosePreference = 'Continue'; $call }; f"
        'global preference' = "`$global:VerbosePreference = 'Continue'; $call"
    }
    foreach ($case in $speaking.GetEnumerator()) {
        $streams = Get-Streams ([scriptblock]::Create($case.Value))
        Assert-Equal 1 $streams.Verbose.Count "$name, $($case.Key): one verbose line"
        foreach ($part in 'Host 127.0.0.1:*', '*grant client_credentials*', '*attempts 1*', '*waited 0*', '*duration 0*s*', '*correlation id ????????-*') {
            Assert-Like $part "$($streams.Verbose)" "$name, $($case.Key): verbose"
        }
        Assert-Equal $false ("$($streams.All)" -like '*s3cret*' -or "$($streams.All)" -like '*test-token*') "$name, $($case.Key): no secret"
    }
    foreach ($silent in "`$VerbosePreference = 'Continue'; $call -Verbose:`$false", "`$VerbosePreference = 'SilentlyContinue'; $call", "`$VerbosePreference = `$null; $call") {
        Assert-Equal 0 (Get-Streams ([scriptblock]::Create($silent))).Verbose.Count "silent: $silent"
    }
    # A failure has its line, too.
    $streams = Get-Streams ([scriptblock]::Create("$name verbose.contoso.example app-1 wrong-secret-77 -Verbose -Debug -ErrorAction SilentlyContinue"))
    Assert-Like '*HTTP status 401*' "$($streams.Verbose)" "$name`: verbose of a failure"
    Assert-Equal $false ("$($streams.All)" -like '*wrong-secret*') "$name`: no secret in any stream of a failure"

    # A short wait has a verbose line; a wait of more than 2 seconds has progress.
    $prefix = $name.Substring(0, 3).ToLowerInvariant()
    $streams = Get-Streams ([scriptblock]::Create("$name $prefix.streams.throttled.example app-1 s3cret-value-1 -Verbose"))
    Assert-Like 'Waiting because the server asks for fewer requests*' $streams.Verbose[0] "$name`: verbose of a wait"
    Assert-Like '*attempts 2, waited 1*' $streams.Verbose[-1] "$name`: verbose after a wait"
    Assert-Equal 0 $streams.Progress.Count "$name`: no progress for a wait of 1 s"
}
$streams = Get-Streams { Build-AzureADApplicationAccessHeader aadsts-70016.example app-1 s3cret-value-1 -OperationTimeoutSeconds 7 -ErrorAction SilentlyContinue }
Assert-True ($streams.Progress.Count -ge 2) 'progress for a wait of 5 s'
Assert-Equal 'Getting an access token' $streams.Progress[0].Activity 'activity'
Assert-Equal 'Waiting for an authorization that is pending' $streams.Progress[0].StatusDescription 'what is waited for'
Assert-True ($streams.Progress[0].SecondsRemaining -in 3..5) "how long yet: $($streams.Progress[0].SecondsRemaining)"
Assert-Equal 'Completed' "$($streams.Progress[-1].RecordType)" 'the progress is completed'
$streams = Get-Streams { $ProgressPreference = 'SilentlyContinue'; Build-AzureADApplicationAccessHeader aadsts-70016.example app-1 s3cret-value-1 -OperationTimeoutSeconds 6 -ErrorAction SilentlyContinue }
Assert-Equal 0 $streams.Progress.Count 'ProgressPreference of the caller'

Complete-Test 60
