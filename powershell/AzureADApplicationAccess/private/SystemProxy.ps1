# The proxy of the Windows settings. Asking may run a script from the network for many seconds, so a pool thread
# does it, within the call's time limit and for 5 seconds at most; Ctrl-C ends the wait. The answer is kept for
# 5 minutes.
$script:SystemProxies = @{}

# The URL of the proxy, or '' to go direct.
function script:Get-SystemProxy($Cmdlet, $Bound, $Settings) {
    $authority = if ($Bound.ContainsKey('Authority')) { $Bound['Authority'] } else { 'https://login.microsoftonline.com' }
    $url = $authority -as [uri]
    if (-not ($url -and $url.IsAbsoluteUri -and $url.Scheme -eq 'https') -or $url.IsLoopback) { return '' }
    $kept = $script:SystemProxies[$url.Authority]
    if ($kept -and $kept.Until -gt [DateTime]::UtcNow) { return $kept.Proxy }

    Use-Part Streams
    . Copy-Preference $Cmdlet $Bound
    $limit = if ($Settings.ContainsKey('OperationTimeoutSeconds')) { $Settings['OperationTimeoutSeconds'] } else { 100000L }
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    $task = Start-ProxyQuestion $url
    while (-not $task.IsCompleted -and $clock.ElapsedMilliseconds -lt [Math]::Min($limit, 5000)) {
        [void][System.Threading.Tasks.Task]::WaitAny($task, 100)
    }
    $proxy = ''
    if ($task.Status -ne 'RanToCompletion') {
        $Cmdlet.WriteVerbose('The system did not say which proxy to use; going direct.')
    }
    elseif ($task.Result -and $task.Result.Authority -ne $url.Authority) {
        $proxy = $task.Result.GetLeftPart([System.UriPartial]::Authority)
        $Cmdlet.WriteVerbose("Proxy of the system: $($task.Result.Authority).")
    }
    $script:SystemProxies[$url.Authority] = @{ Proxy = $proxy; Until = [DateTime]::UtcNow.AddMinutes(5) }
    # A limit out of range stays as it is, for the library to refuse.
    if ($limit -gt 0) { $Settings['OperationTimeoutSeconds'] = [Math]::Max(1L, $limit - $clock.ElapsedMilliseconds) }
    $proxy
}

# Runs [Net.WebRequest]::DefaultWebProxy.GetProxy($Url) as a task. An expression, since a script block can't run
# on a thread that has no runspace.
function script:Start-ProxyQuestion($Url) {
    $system = [System.Linq.Expressions.Expression]::Property($null, [System.Net.WebRequest].GetProperty('DefaultWebProxy'))
    $question = [System.Linq.Expressions.Expression]::Call(
        $system, [System.Net.IWebProxy].GetMethod('GetProxy'),
        [System.Linq.Expressions.Expression[]]@([System.Linq.Expressions.Expression]::Constant($Url)))
    $body = [System.Linq.Expressions.Expression]::Lambda([System.Func[uri]], $question, [System.Linq.Expressions.ParameterExpression[]]@())
    [System.Threading.Tasks.Task[uri]]::Factory.StartNew([System.Func[uri]]$body.Compile())
}
