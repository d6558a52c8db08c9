# The way of one call: values -> native request -> wait -> answer. Returns a hashtable: Failure, the record that
# the caller throws, or Header (text) and Output.
#
# Two rules of this folder. A secret never is a parameter of a function: Windows' module logging writes bound
# values; secrets travel in hashtables, as byte[] in $Settings, and are cleared in finally. And what runs in every
# call is slow once: the engine compiles each member, index, cast and operator for each new combination of types,
# for 1 to 5 ms. So hashtables are indexed, native functions are called through Invoke, -is and -as (which are not
# compiled) stand for comparisons and casts, and what only some calls need is read by Use-Part.

# Name of the option -> AAD_OPTION_... of include/aadaccess.h.
$script:Option = @{
    tenantid = 1; clientid = 2; clientSecret = 3; refreshtoken = 4; Scope = 5; Authority = 6; CACertificatePath = 7
    Proxy = 8; ProxyUsername = 9; ProxyPassword = 10; NoProxy = 11
    OperationTimeoutSeconds = 64; MaximumRetryCount = 65
}
$script:TextOptions = 'tenantid', 'clientid', 'clientSecret', 'refreshtoken', 'Scope', 'Authority', 'CACertificatePath',
    'Proxy', 'ProxyUsername', 'ProxyPassword', 'NoProxy'
# Half of a surrogate pair is refused, not replaced.
$strict = $true
$script:Utf8 = [System.Text.UTF8Encoding]::new($strict, $strict)
$script:Ok = 0
$script:Running = 1
$script:Slice = 100 # milliseconds: how long Ctrl-C waits at most
$script:HeaderField = 1

function script:Invoke-TokenRequest($Cmdlet, $Bound) {
    $ErrorActionPreference = 'Stop'
    $values = @{}
    $settings = @{}
    try {
        $refusal = Add-Value $Cmdlet $Bound $values $settings
        if ($refusal -isnot [string]) {
            if ($script:Native -isnot [hashtable]) {
                . "$PSScriptRoot/Library.ps1"
                . "$PSScriptRoot/Native.ps1"
                Set-NativeFunction (Find-Library)
            }
            Add-Proxy $Cmdlet $Bound $values $settings
            foreach ($name in $script:TextOptions) {
                if ($values[$name] -is [string]) { $settings[$name] = $script:Utf8.GetBytes($values[$name]) }
                elseif ($values[$name] -is [securestring]) { Use-Part Values; $settings[$name] = Get-SecureUtf8 $values $name }
            }
            return Wait-Answer $Cmdlet $Bound $settings
        }
    }
    catch [System.Text.EncoderFallbackException] {
        $refusal = "The value of -$name is not a text: half of a surrogate pair stands alone in it."
    }
    catch { return @{ Failure = $_ } }
    finally {
        foreach ($option in $script:TextOptions) {
            if ($settings[$option] -is [byte[]]) { $settings[$option].Clear() }
        }
    }
    Use-Part Failure
    @{ Failure = New-ValueFailure $Cmdlet $Bound $refusal }
}

# What the caller gave: texts and SecureStrings in $Values, numbers in $Settings. Returns nothing, 'NotEnough', or
# a sentence that says which value is refused and why.
function script:Add-Value($Cmdlet, $Bound, $Values, $Settings) {
    $other = $null
    foreach ($name in 'tenantid', 'clientid', 'clientSecret', 'refreshtoken') {
        $value = $Bound[$name]
        if ($value -is [string]) {
            if ($value) { $Values[$name] = $value }
        }
        elseif ($value -is [object]) { $other = $Values[$name] = $value }
    }
    if ($other -is [object]) {
        Use-Part Values
        $refusal = Expand-Value $Values
        if ($refusal -is [string]) { return $refusal }
    }
    if ($Values['tenantid'] -isnot [object]) { return 'NotEnough' }
    if ($Values['refreshtoken'] -isnot [object] -and ($Values['clientid'] -isnot [object] -or $Values['clientSecret'] -isnot [object])) {
        return 'NotEnough'
    }
    if ($Bound['Scope'] -is [string]) { $Values['Scope'] = $Bound['Scope'] }
    if ($Bound['Authority'] -is [string]) { $Values['Authority'] = $Bound['Authority'] }
    if ($Bound['CACertificatePath'] -is [string]) { Use-Part Values; Add-Path $Cmdlet $Bound $Values }
    if ($Bound['OperationTimeoutSeconds'] -is [double]) { Use-Part Values; Add-Timeout $Bound $Settings }
    if ($Bound['MaximumRetryCount'] -is [int]) { $Settings['MaximumRetryCount'] = $Bound['MaximumRetryCount'] -as [long] }
}

# Which proxy to use. Native code does not see what a session sets in its environment (except on Windows), so the
# variables are read here, at each call, and passed as settings; '' keeps the library from reading stale ones.
function script:Add-Proxy($Cmdlet, $Bound, $Values, $Settings) {
    $Values['Proxy'] = ''
    if ($Bound['Proxy'] -is [string]) { $Values['Proxy'] = $Bound['Proxy'] }
    elseif ($env:HTTPS_PROXY) { $Values['Proxy'] = $env:HTTPS_PROXY }
    elseif ($env:https_proxy) { $Values['Proxy'] = $env:https_proxy }
    elseif ($env:ALL_PROXY) { $Values['Proxy'] = $env:ALL_PROXY }
    elseif ($env:all_proxy) { $Values['Proxy'] = $env:all_proxy }
    elseif ($script:OnWindows) {
        Use-Part SystemProxy
        $Values['Proxy'] = Get-SystemProxy $Cmdlet $Bound $Settings
    }
    if ($Values['Proxy'] -and $Bound['Proxy'] -isnot [string]) {
        if ($env:NO_PROXY) { $Values['NoProxy'] = $env:NO_PROXY }
        elseif ($env:no_proxy) { $Values['NoProxy'] = $env:no_proxy }
    }
    if ($Bound['ProxyCredential'] -is [pscredential]) {
        $Values['ProxyUsername'] = $Bound['ProxyCredential'].UserName
        $Values['ProxyPassword'] = $Bound['ProxyCredential'].Password
    }
}

# Begins, waits and frees in one function, or Ctrl-C leaks a call: nothing stands between try and begin, no
# command between begin and wait, and finally frees first of all.
function script:Wait-Answer($Cmdlet, $Bound, $Settings) {
    $native = $script:Native
    $wait = @{}
    $call = [IntPtr]::Zero
    $request = [IntPtr]::Zero
    $loud = $Bound['Verbose'] -or $Cmdlet.GetVariableValue('VerbosePreference') -notlike 'SilentlyContinue'
    try {
        $request = $native['aad_request_new'].Invoke($null, @())
        foreach ($name in $script:TextOptions) {
            $bytes = $Settings[$name]
            if ($bytes -is [byte[]]) {
                $null = $native['aad_request_set_text'].Invoke($null, @($request, $script:Option[$name], $bytes, ($bytes.Length -as [IntPtr])))
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
            if ($loud) { Use-Part Streams; Write-Summary $Cmdlet $Bound $call }
            if (-not ($status -eq $script:Ok)) { Use-Part Failure; return @{ Failure = Write-Refusal $Cmdlet $Bound (Read-Failure $call $status) } }
            # A header is ASCII; 5.1 has no PtrToStringUTF8.
            $text = $native['aad_call_text'].Invoke($null, @($call, $script:HeaderField, $null))
            $header = [System.Runtime.InteropServices.Marshal]::PtrToStringAnsi($text)
            if ($Bound['PassThru']) { Use-Part Token; return @{ Header = $header; Output = Read-Token $call } }
            return @{ Header = $header; Output = 'Authorization successful! Token saved in varable.' }
        }
        finally { $null = $native['aad_call_free'].Invoke($null, @($call)) }
    }
    finally { $null = $native['aad_request_free'].Invoke($null, @($request)) }
}
