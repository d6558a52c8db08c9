# The way of one call: settings -> native request -> wait -> answer. Returns a hashtable: Failure, the record that
# the caller throws, or Header (text) and Output.
#
# Two rules of this folder. A secret never is a parameter of a function: Windows' module logging writes bound
# values; secrets travel in hashtables. And what runs in every call is slow once: the engine compiles each member,
# index, cast and operator, each array of one element and each output of a function for each new combination of types,
# for 1 to 3 ms. So -is, -as, -like and -join (which are not compiled) stand for comparisons and casts, a comma makes an
# array of one, methods are called through $script:InvokeMember, and what only some calls need is read by Use-Part.

# Name of the setting -> AAD_OPTION_... of include/aadaccess.h.
$script:Option = @{
    tenantid = 1; clientid = 2; clientSecret = 3; refreshtoken = 4; Scope = 5; Authority = 6; CACertificatePath = 7
    Proxy = 8; ProxyUsername = 9; ProxyPassword = 10; NoProxy = 11
    OperationTimeoutSeconds = 64; MaximumRetryCount = 65
}
$script:OptionNames = 'tenantid', 'clientid', 'clientSecret', 'refreshtoken', 'Scope', 'Authority', 'CACertificatePath',
    'Proxy', 'ProxyUsername', 'ProxyPassword', 'NoProxy', 'OperationTimeoutSeconds', 'MaximumRetryCount'
$script:OnWindows = $PSScriptRoot -notlike '/*'
$script:Ok = 0
$script:Running = 1
$script:Slice = 100 # milliseconds: how long Ctrl-C waits at most
$script:HeaderField = 1

# $script:InvokeMember.Invoke(TYPE, @('Method', $script:AnyMethod, $null, TARGET, (, ARGUMENT))) calls any method,
# static ones with the target $null, and the engine compiles this one call for all of them.
$script:InvokeMember = [System.Reflection.RuntimeReflectionExtensions]::GetRuntimeMethod([type], 'InvokeMember',
    (@([string], [System.Reflection.BindingFlags], [System.Reflection.Binder], [System.Object], [System.Object[]]) -as [type[]]))
$script:AnyMethod = 'InvokeMethod, Public, Static, Instance' -as [System.Reflection.BindingFlags]

function script:Invoke-TokenRequest($Cmdlet, $Bound) {
    $ErrorActionPreference = 'Stop'
    # Texts, SecureStrings and numbers. '' as proxy goes direct, and keeps the library from reading the environment.
    $settings = @{ Proxy = '' }
    $other = $null
    $refusal = $null
    try {
        foreach ($name in 'tenantid', 'clientid', 'clientSecret', 'refreshtoken') {
            $value = $Bound[$name]
            if ($value -is [string]) {
                if ($value -like '?*') { $settings[$name] = $value }
            }
            elseif ($value -is [System.Object]) { $other = $settings[$name] = $value }
        }
        foreach ($name in 'OperationTimeoutSeconds', 'MaximumRetryCount', 'ProxyCredential') {
            $value = $Bound[$name]
            if ($value -is [System.Object]) { $other = $settings[$name] = $value }
        }
        foreach ($name in 'Scope', 'Authority', 'CACertificatePath', 'Verbose', 'PassThru', 'Proxy') {
            $value = $Bound[$name]
            if ($value -is [System.Object]) { $settings[$name] = $value }
        }
        if ($other -is [System.Object]) { Use-Part Values; $refusal = Expand-Setting $settings }
        if ($refusal -isnot [string]) {
            $enough = $settings['refreshtoken'] -is [System.Object] -or ($settings['clientid'] -is [System.Object] -and $settings['clientSecret'] -is [System.Object])
            if ($settings['tenantid'] -isnot [System.Object] -or -not $enough) { $refusal = 'NotEnough' }
        }
        if ($refusal -is [string]) { Use-Part Failure; return @{ Failure = New-ValueFailure $Cmdlet $Bound $refusal } }
        if ($settings['CACertificatePath'] -is [string]) { Use-Part Values; Resolve-CAPath $Cmdlet $settings }
        if ($script:Native -isnot [hashtable]) {
            . ($PSScriptRoot, '/Library.ps1' -join '')
            . ($PSScriptRoot, '/Native.ps1' -join '')
            Set-NativeFunction (Find-Library)
        }
        # The proxy came last. Native code does not see what a session sets in its environment (except on Windows).
        if ($value -isnot [string] -and ($script:OnWindows -or $env:HTTPS_PROXY, $env:https_proxy, $env:ALL_PROXY, $env:all_proxy -join '' -like '?*')) {
            Use-Part Proxy
            Add-Proxy $Cmdlet $Bound $settings
        }
        return Wait-Answer $Cmdlet $Bound $settings
    }
    catch { return @{ Failure = $_ } }
}

# Begins, waits and frees in one function, or Ctrl-C leaks a call: nothing stands between try and begin, no
# command between begin and wait, and finally frees first of all.
function script:Wait-Answer($Cmdlet, $Bound, $Settings) {
    $native = $script:Native
    $wait = @{}
    $call = [System.IntPtr]::Zero
    $request = [System.IntPtr]::Zero
    $verbose = $script:InvokeMember.Invoke([System.Management.Automation.PSCmdlet], @('GetVariableValue', $script:AnyMethod, $null, $Cmdlet, (, 'VerbosePreference')))
    try {
        $request = $native['aad_request_new'].Invoke($null, @())
        foreach ($name in $script:OptionNames) {
            $value = $Settings[$name]
            if ($value -is [string]) {
                # Without -as, a string with properties, such as Get-Content makes, is no string for Invoke.
                $text = $value -as [string]
                $length = $script:InvokeMember.Invoke([string], @('get_Length', $script:AnyMethod, $null, $text, @())) -as [System.IntPtr]
                $null = $native['aad_request_set_text_utf16'].Invoke($null, @($request, $script:Option[$name], $text, $length))
            }
            elseif ($value -is [System.Object]) { Use-Part Values; Set-Option $request $name $Settings }
        }
        try {
            $call = $native['aad_call_begin'].Invoke($null, (, $request))
            while (($status = $native['aad_call_wait'].Invoke($null, @($call, $script:Slice))) -like $script:Running) {
                Use-Part Streams
                Show-Wait $Cmdlet $Bound $call $wait
            }
            if ($wait['Shown'] -is [bool]) { Show-Wait $Cmdlet $Bound $call $wait }
            if ($Settings['Verbose'] -is [switch] -or $verbose -notlike 'SilentlyContinue') { Use-Part Streams; Write-Summary $Cmdlet $Bound $call }
            if ($status -like $script:Ok) {
                # A header is ASCII; 5.1 has no PtrToStringUTF8.
                $text = $native['aad_call_text'].Invoke($null, @($call, $script:HeaderField, $null))
                $header = $script:InvokeMember.Invoke([System.Runtime.InteropServices.Marshal], @('PtrToStringAnsi', $script:AnyMethod, $null, $null, (, $text)))
                if ($Settings['PassThru'] -is [switch] -and $Settings['PassThru']) { Use-Part Token; return @{ Header = $header; Output = Read-Token $call } }
                return @{ Header = $header; Output = 'Authorization successful! Token saved in varable.' }
            }
            Use-Part Failure
            return @{ Failure = Write-Refusal $Cmdlet $Bound (Read-Failure $call $status) }
        }
        finally { $null = $native['aad_call_free'].Invoke($null, (, $call)) }
    }
    finally { $null = $native['aad_request_free'].Invoke($null, (, $request)) }
}
