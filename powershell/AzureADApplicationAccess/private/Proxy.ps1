# Which proxy to use when the caller names none: the variables of this session's environment, on Windows then the
# system's settings.

function script:Add-Proxy($Cmdlet, $Bound, $Settings) {
    foreach ($proxy in $env:HTTPS_PROXY, $env:https_proxy, $env:ALL_PROXY, $env:all_proxy) { if ($proxy) { break } }
    if (-not $proxy -and $script:OnWindows) { $proxy = Get-SystemProxy $Cmdlet $Bound $Settings }
    if (-not $proxy) { return }
    $Settings['Proxy'] = $proxy
    foreach ($list in $env:NO_PROXY, $env:no_proxy) {
        if ($list) { $Settings['NoProxy'] = $list; break }
    }
}

# Asking the system may run a script from the network for many seconds, so a pool thread does it, within the call's time
# limit and for 5 seconds at most; Ctrl-C ends the wait. The answer is kept for 5 minutes.
$script:SystemProxies = @{}

# The URL of the proxy, or '' to go direct.
function script:Get-SystemProxy($Cmdlet, $Bound, $Settings) {
    $authority = if ($Bound.ContainsKey('Authority')) { $Bound['Authority'] } else { 'https://login.microsoftonline.com' }
    $url = $authority -as [uri]
    if (-not ($url -and $url.IsAbsoluteUri -and $url.Scheme -eq 'https') -or $url.IsLoopback) { return '' }
    $kept = $script:SystemProxies[$url.Authority]
    if ($kept -and $kept.Until -gt [datetime]::UtcNow) { return $kept.Proxy }

    Use-Part Streams
    . Copy-Preference $Cmdlet $Bound
    $limit = if ($Settings.ContainsKey('OperationTimeoutSeconds')) { $Settings['OperationTimeoutSeconds'] } else { 100000L }
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    $task = Start-ProxyQuestion $url
    while (-not $task.IsCompleted -and $clock.ElapsedMilliseconds -lt [System.Math]::Min($limit, 5000)) {
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
    $script:SystemProxies[$url.Authority] = @{ Proxy = $proxy; Until = [datetime]::UtcNow.AddMinutes(5) }
    # A limit out of range stays as it is, for the library to refuse.
    if ($limit -gt 0) { $Settings['OperationTimeoutSeconds'] = [System.Math]::Max(1L, $limit - $clock.ElapsedMilliseconds) }
    $proxy
}

# Runs [System.Net.WebRequest]::DefaultWebProxy.GetProxy($Url) as a task. An expression, since a script block can't run
# on a thread that has no runspace.
function script:Start-ProxyQuestion($Url) {
    $system = [System.Linq.Expressions.Expression]::Property($null, [System.Net.WebRequest].GetProperty('DefaultWebProxy'))
    $question = [System.Linq.Expressions.Expression]::Call(
        $system, [System.Net.IWebProxy].GetMethod('GetProxy'),
        [System.Linq.Expressions.Expression[]]@([System.Linq.Expressions.Expression]::Constant($Url)))
    $body = [System.Linq.Expressions.Expression]::Lambda([System.Func[uri]], $question, [System.Linq.Expressions.ParameterExpression[]]@())
    [System.Threading.Tasks.Task[uri]]::Factory.StartNew([System.Func[uri]]$body.Compile())
}
