# The way of one call: values -> native request -> wait -> answer. Returns a hashtable: Failure, the record that
# the caller throws, or Header (text) and Output.
#
# Two rules of this folder. A secret never is a parameter of a function: Windows' module logging writes bound
# values; secrets travel as byte[] in the hashtable $Settings and are cleared in finally. And what runs in every
# call names few members: the engine compiles each at its first use, for 1 to 5 ms. So hashtables are indexed,
# native functions are called through Invoke, and what only some calls need is read by Use-Part.
Use-Part Request
$script:Running = 1
$script:Slice = [uint32]100 # milliseconds: how long Ctrl-C waits at most
$script:HeaderField = 1

function script:Invoke-TokenRequest($Cmdlet, $Bound) {
    $ErrorActionPreference = 'Stop'
    $settings = @{}
    try {
        $refusal = Add-Value $Cmdlet $Bound $settings
        if (-not $refusal) {
            if (-not $script:Native) { Use-Part Library; $script:Native = Get-NativeLibrary }
            $refusal = Add-Proxy $Cmdlet $Bound $settings
        }
        if ($refusal) {
            Use-Part Failure
            return @{ Failure = New-ValueFailure $Cmdlet $Bound $refusal }
        }
        $loud = $Bound['Verbose'] -or $Cmdlet.GetVariableValue('VerbosePreference')
        return Wait-Answer $Cmdlet $Bound $settings $loud
    }
    catch { return @{ Failure = $_ } }
    finally {
        foreach ($name in $script:TextOptions) {
            if ($settings[$name] -is [byte[]]) { $settings[$name].Clear() }
        }
    }
}

# Begins, waits and frees in one function, or Ctrl-C leaks a call: nothing stands between try and begin, no
# command between begin and wait, and finally frees first of all.
function script:Wait-Answer($Cmdlet, $Bound, $Settings, $Loud) {
    $native = $script:Native
    $wait = @{}
    $call = [IntPtr]::Zero
    $request = [IntPtr]::Zero
    try {
        $request = $native['aad_request_new'].Invoke($null, @())
        foreach ($name in $script:TextOptions) {
            $bytes = $Settings[$name]
            if ($bytes -is [byte[]]) {
                $null = $native['aad_request_set_text'].Invoke($null, @($request, $script:Option[$name], $bytes, [IntPtr]$bytes.Length))
            }
        }
        foreach ($name in 'OperationTimeoutSeconds', 'MaximumRetryCount') {
            if ($Settings[$name] -is [long]) {
                $null = $native['aad_request_set_int'].Invoke($null, @($request, $script:Option[$name], $Settings[$name]))
            }
        }
        try {
            $call = $native['aad_call_begin'].Invoke($null, @($request))
            while (($status = $native['aad_call_wait'].Invoke($null, @($call, $script:Slice))) -eq $script:Running) {
                Use-Part Streams
                Show-Wait $Cmdlet $Bound $call $wait
            }
            if ($wait['Shown']) { Show-Wait $Cmdlet $Bound $call $wait }
            if ($Loud) { Use-Part Streams; Write-Summary $Cmdlet $Bound $call }
            if ($status) { Use-Part Failure; return @{ Failure = Write-Refusal $Cmdlet $Bound (Read-Failure $call $status) } }
            # A header is ASCII; 5.1 has no PtrToStringUTF8.
            $text = $native['aad_call_text'].Invoke($null, @($call, $script:HeaderField, [IntPtr]::Zero))
            $header = [System.Runtime.InteropServices.Marshal]::PtrToStringAnsi($text)
            if ($Bound['PassThru']) { Use-Part Token; return @{ Header = $header; Output = Read-Token $call } }
            return @{ Header = $header; Output = 'Authorization successful! Token saved in varable.' }
        }
        finally { $null = $native['aad_call_free'].Invoke($null, @($call)) }
    }
    finally { $null = $native['aad_request_free'].Invoke($null, @($request)) }
}
