# The verbose and progress streams.
Use-Part Fields

# A module's function doesn't see the preference variables of the script that calls it. To be dot-sourced before
# a stream is used: sets the caller's in the present scope, except where a common parameter says otherwise.
function script:Copy-Preference($Cmdlet, $Bound) {
    foreach ($stream in 'Verbose', 'Debug', 'Warning', 'Information', 'Progress') {
        $parameter = if ($stream -in 'Verbose', 'Debug') { $stream } else { $stream + 'Action' }
        if ($Bound.ContainsKey($parameter)) { continue }
        $value = $Cmdlet.GetVariableValue($stream + 'Preference')
        if ($null -ne $value) { $ExecutionContext.SessionState.PSVariable.Set($stream + 'Preference', $value) }
    }
}

# Progress for a wait of more than 2 seconds, a verbose line for each wait.
function script:Show-Wait($Cmdlet, $Bound, $Call, $Wait) {
    $reason = Read-Number $Call 'WaitReason'
    if ($reason -le 0 -and -not $Wait['Shown']) { return }
    . Copy-Preference $Cmdlet $Bound
    $left = (Read-Number $Call 'WaitRemainingMs') / 1000
    $status = switch ($reason) {
        1 { 'Waiting to try again after a failure' }
        2 { 'Waiting because the server asks for fewer requests' }
        3 { 'Waiting for an authorization that is pending' }
        default { 'Asking' }
    }
    $attempt = Read-Number $Call 'Attempts'
    if ($reason -gt 0 -and $attempt -ne $Wait['Attempt']) {
        $Wait['Attempt'] = $attempt
        $Cmdlet.WriteVerbose(('{0}: {1:0.0} s.' -f $status, $left))
    }
    if (-not ($Wait['Shown'] -or $left -gt 2)) { return }
    $progress = [System.Management.Automation.ProgressRecord]::new(0x0AAD, 'Getting an access token', $status)
    if ($reason -gt 0) { $progress.SecondsRemaining = [System.Math]::Ceiling($left) } else { $progress.RecordType = 'Completed' }
    $Wait['Shown'] = $reason -gt 0
    $Cmdlet.WriteProgress($progress)
}

# One verbose line for a call, and never a word of a body.
function script:Write-Summary($Cmdlet, $Bound, $Call) {
    . Copy-Preference $Cmdlet $Bound
    $status = Read-Number $Call 'HttpStatus'
    $Cmdlet.WriteVerbose((
        'Host {0}, grant {1}, attempts {2}, waited {3:0.0} s, duration {4:0.000} s, {5}correlation id {6}.' -f
        (Read-Text $Call 'Host'), (Read-Text $Call 'Grant'), (Read-Number $Call 'Attempts'),
        ((Read-Number $Call 'WaitedMs') / 1000), ((Read-Number $Call 'DurationMs') / 1000),
        $(if ($status -ge 0) { "HTTP status $status, " }), (Read-Text $Call 'CorrelationId')))
}
