# What the original did case by case, and what is kept or changed (README, "What changed").
. "$PSScriptRoot/assert.ps1"

# A refused request: E is written, then the detailed record is thrown. Get as Build.
$cases = [ordered]@{
    # what                 = tenant, arguments, <error> of E, HTTP status, AADSTS code in the JSON
    'wrong secret'         = 'contoso.example', @('app-1', 'wrong-secret'), 'invalid_client', 401, 7000215
    'unknown application'  = 'contoso.example', @('unknown-app', $secret), 'unauthorized_client', 400, 700016
    'unknown tenant'       = 'unknown.example', @('app-1', $secret), 'invalid_request', 400, 90002
    'refresh token refused' = 'contoso.example', @($null, $null, 'old-refresh-token'), 'invalid_grant', 400, 70008
    'expired_token'        = 'expired-token.example', @('app-1', $secret), 'expired_token', 400, 70020
    'interaction'          = 'interaction.example', @('app-1', $secret), 'interaction_required', 400, 50076
    'conditional access'   = 'conditional.example', @('app-1', $secret), 'interaction_required', 400, 53003
    'client id missing'    = 'needs-client.example', @($null, $null, 'refresh-token-1'), 'invalid_request', 400, 900144
}
foreach ($name in $build, $get) {
    foreach ($case in $cases.GetEnumerator()) {
        $what = "$name, $($case.Key)"
        $label, $arguments, $oauth, $status, $code = $case.Value
        $tenant = "$($name.Substring(0, 5)).$label".ToLowerInvariant()
        Reset-Globals
        $Error.Clear()
        $x = 'as it was'
        $written = $null
        $thrown = Get-Thrown { $script:x = & $name $tenant @arguments -ErrorVariable script:written 2>$null } $what
        Assert-Equal 'as it was' $x "$what`: the variable keeps its value"
        Assert-GlobalsUntouched $what
        Assert-Equal 2 $Error.Count "$what`: two records in `$Error"
        $e = $Error[1]
        Assert-Equal "$refused$oauth" "$e" "$what`: text of E"
        Assert-Equal "$writeErrorId,$name" $e.FullyQualifiedErrorId "$what`: id of E"
        Assert-Equal 'NotSpecified' "$($e.CategoryInfo.Category)" "$what`: category of E"
        Assert-Equal $name $e.CategoryInfo.Activity "$what`: activity of E"
        Assert-Equal $null $e.TargetObject "$what`: target of E"
        Assert-Equal $null $e.ErrorDetails "$what`: details of E"
        Assert-Equal $status ([int]$e.Exception.StatusCode) "$what`: status at E"
        Assert-Equal $webErrorId $thrown.FullyQualifiedErrorId "$what`: id of what is thrown"
        Assert-Equal $name $thrown.CategoryInfo.Activity "$what`: activity"
        Assert-Like '127.0.0.1*' $thrown.TargetObject "$what`: target"
        Assert-Equal ([System.Net.HttpStatusCode]$status) $thrown.Exception.StatusCode "$what`: StatusCode"
        Assert-Equal ([System.Net.HttpStatusCode]$status) $thrown.Exception.Response.StatusCode "$what`: Response.StatusCode"
        Assert-True ($thrown.Exception -is [System.Net.Http.HttpRequestException]) "$what`: type of the exception"
        $json = $thrown.ErrorDetails.Message | ConvertFrom-Json
        Assert-Equal $oauth $json.error "$what`: error in the JSON"
        Assert-Equal $code ([int]$json.error_codes[0]) "$what`: code in the JSON"
        Assert-Like "*$oauth*AADSTS$code*" $thrown.Exception.Message "$what`: our sentence"
        Assert-Like "$($thrown.Exception.Message)*" $thrown.ErrorDetails.RecommendedAction "$what`: recommended action"
        foreach ($value in $arguments) {
            if ($value -and "$value $($thrown.Exception) $($thrown.ErrorDetails.Message) $($thrown.ErrorDetails.RecommendedAction)" -like "*$value*$value*" -and $value -notlike '*app*') {
                Assert-True $false "$what`: no secret in the record"
            }
        }
    }
    $advice = $thrown.ErrorDetails.RecommendedAction
    Assert-Like '*clientid*' $advice "$name, client id missing: the advice names the parameter"

    # Too little given: N is thrown, nothing else is written, nothing is sent.
    foreach ($arguments in @{}, @{ tenantid = 'few.contoso.example' }, @{ clientid = 'a'; clientSecret = 'b' }, @{ refreshtoken = 'r' },
        @{ tenantid = 'few.contoso.example'; clientid = 'a' }, @{ tenantid = 'few.contoso.example'; clientSecret = 'b' }) {
        $what = "$name given $($arguments.Keys)"
        Reset-Globals
        $Error.Clear()
        $thrown = Get-Thrown { & $name @arguments } $what
        Assert-Equal $notEnough "$thrown" "$what`: text of N"
        Assert-Equal "$writeErrorId,$name" $thrown.FullyQualifiedErrorId "$what`: id of N"
        Assert-Equal $name $thrown.CategoryInfo.Activity "$what`: activity of N"
        Assert-Equal 1 $Error.Count "$what`: N alone in `$Error"
        Assert-GlobalsUntouched $what
    }
    Assert-Equal 0 ([int](Get-Record 'few.contoso.example').count) "$name`: nothing is sent when too little is given"

    # Where there is no OAuth error, <error> is our sentence; and every such case ends, where the original looped.
    $cases2 = [ordered]@{
        'html-error.example' = 'Server', 502; 'forbidden.example' = 'Http', 403; 'empty.example' = 'Http', 400
        'html.example' = 'Protocol', 200; 'empty-ok.example' = 'Protocol', 200; 'broken.example' = 'Protocol', 200
        'big.example' = 'Protocol', 200; 'crlf.example' = 'Protocol', 200; 'mac.example' = 'Protocol', 200
        'redirect.example' = 'Redirect', 307; 'server-error.example' = 'Server', 503; 'no-token.example' = 'Protocol', 200
    }
    foreach ($case in $cases2.GetEnumerator()) {
        $what = "$name, $($case.Key)"
        $kind, $status = $case.Value
        Reset-Globals
        $Error.Clear()
        $thrown = Get-Thrown { & $name $case.Key app-1 $secret -MaximumRetryCount 0 2>$null } $what
        Assert-Equal $webErrorId $thrown.FullyQualifiedErrorId "$what`: id"
        Assert-Equal ([System.Net.HttpStatusCode]$status) $thrown.Exception.StatusCode "$what`: StatusCode"
        Assert-Equal "$refused$($thrown.Exception.Message)" "$($Error[1])" "$what`: E ends in our sentence"
        Assert-GlobalsUntouched $what
    }
    $elsewhere = (Get-Record 'redirect.example').elsewhere
    Assert-Equal 0 ([int]$elsewhere) "$name`: nothing went where the redirect points"

    # Without an HTTP answer the id says what happened.
    $free = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
    $free.Start(); $port = $free.LocalEndpoint.Port; $free.Stop()
    $others = [ordered]@{
        Network         = { & $name contoso.example app-1 $secret -Authority "http://127.0.0.1:$port" -MaximumRetryCount 0 2>$null }
        Timeout         = { & $name hang.example app-1 $secret -OperationTimeoutSeconds 0.5 2>$null }
        InvalidArgument = { & $name '../../x' app-1 $secret 2>$null }
    }
    foreach ($case in $others.GetEnumerator()) {
        $what = "$name, $($case.Key)"
        Reset-Globals
        $Error.Clear()
        $thrown = Get-Thrown $case.Value $what
        Assert-Equal "AadAccess.$($case.Key)" $thrown.FullyQualifiedErrorId "$what`: id"
        Assert-Equal $null $thrown.Exception.StatusCode "$what`: StatusCode"
        Assert-Equal $null $thrown.Exception.Response "$what`: Response"
        Assert-True ($thrown.Exception -is [System.Net.Http.HttpRequestException]) "$what`: type of the exception"
        Assert-Equal "$refused$($thrown.Exception.Message)" "$($Error[1])" "$what`: E ends in our sentence"
        Assert-Equal 2 $Error.Count "$what`: two records in `$Error"
        Assert-GlobalsUntouched $what
    }
    $thrown = Get-Thrown { & $name forever-pending.example app-1 $secret -OperationTimeoutSeconds 1.5 2>$null } "$name, pending"
    Assert-Like '*pending*' $thrown.Exception.Message "$name`: a poll that the deadline ended"

    # Successes that differ from the original's, or don't.
    Assert-Equal $line (& $name pending.example app-1 $secret) "$name`: authorization_pending, then a token"
    Assert-Equal $line (& $name slow-down.example app-1 $secret) "$name`: slow_down, then a token"
    foreach ($tenant in 'no-token-type.example', 'lower-bearer.example') {
        Assert-Equal $line (& $name $tenant app-1 $secret) "$name, $tenant"
        Assert-Like 'Bearer test-token-*' $global:AzureAdAccessToken "$name, $tenant`: spelled Bearer"
    }
    $AuthResponse = @{ token_type = 'Bearer'; access_token = 'of the caller' }
    Assert-Equal $line (& $name contoso.example app-1 $secret) "$name`: a caller's AuthResponse"
    Assert-Equal $false ($global:AzureAdAccessToken -like '*of the caller*') "$name`: is never taken for the answer"
    foreach ($tenant in 'pending.example', 'slow-down.example') {
        $null = $client.DeleteAsync("$env:TEST_AUTHORITY/_requests/$tenant").GetAwaiter().GetResult()
    }
}

# $? and the JSON's redaction
Reset-Globals
& { $script:ok = $true; try { Build-AzureADApplicationAccessHeader contoso.example app-1 wrong-secret 2>$null; $script:ok = $? } catch { $script:ok = $? } }
Assert-Equal $false $script:ok '$? is false after a failure'
$null = Build-AzureADApplicationAccessHeader contoso.example app-1 $secret
Assert-Equal $true $? '$? is true after a success'
$thrown = Get-Thrown { Build-AzureADApplicationAccessHeader echo-secret.example app-1 'echoed-secret-9&' 2>$null } 'echo'
Assert-Like '*redacted*' $thrown.ErrorDetails.Message 'what the server repeats is redacted'
Assert-Equal $false ("$($thrown.ErrorDetails.Message) $($thrown.Exception) $($thrown.ErrorDetails.RecommendedAction)" -like '*echoed-secret-9*') 'no secret in what is thrown'

Complete-Test 400
