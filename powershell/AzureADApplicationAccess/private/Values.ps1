# Values other than strings, and settings that few calls use.

# Makes texts, SecureStrings and the library's numbers of what the parameters may hold, and drops what counts as not
# given, as the original did: 0, '', $null, $false. Returns nothing or why a value is refused.
function script:Expand-Setting($Settings) {
    $secret = $Settings['clientSecret']
    foreach ($name in 'tenantid', 'clientid', 'refreshtoken') {
        if ($Settings[$name] -is [pscredential]) {
            return "A PSCredential was given as -$name. Give it as -clientSecret: its user name is the client id, its password the secret."
        }
    }
    if ($secret -is [pscredential]) {
        if (-not $Settings['clientid']) { $Settings['clientid'] = $secret.UserName }
        $Settings['clientSecret'] = $secret.Password
    }
    foreach ($name in 'tenantid', 'clientid', 'clientSecret', 'refreshtoken') {
        $value = $Settings[$name]
        if ($value -is [securestring]) {
            if ($value.Length -eq 0) { $Settings.Remove($name) }
        }
        elseif ($value) { $Settings[$name] = [string]$value }
        else { $Settings.Remove($name) }
    }
    if ($Settings['OperationTimeoutSeconds'] -is [double]) { $Settings['OperationTimeoutSeconds'] = Get-Milliseconds $Settings['OperationTimeoutSeconds'] }
    if ($Settings['MaximumRetryCount'] -is [int]) { $Settings['MaximumRetryCount'] = [long]$Settings['MaximumRetryCount'] }
    if ($Settings['ProxyCredential'] -is [pscredential]) {
        $Settings['ProxyUsername'] = $Settings['ProxyCredential'].UserName
        $Settings['ProxyPassword'] = $Settings['ProxyCredential'].Password
    }
}

# A path is relative to PowerShell's location, not to the process's.
function script:Resolve-CAPath($Cmdlet, $Settings) {
    if ($Settings['CACertificatePath']) { $Settings['CACertificatePath'] = $Cmdlet.GetUnresolvedProviderPathFromPSPath($Settings['CACertificatePath']) }
}

# Never fewer. Out of range is for the library to refuse; only what no Int64 can hold is put in reach here.
function script:Get-Milliseconds($Seconds) {
    $ms = [System.Math]::Ceiling($Seconds * 1000)
    if (-not ([System.Math]::Abs($ms) -lt 1e15)) { $ms = -1 }
    [long]$ms
}

# Hands a number or a SecureString to the library; the text of the latter is in memory that is wiped here.
function script:Set-Option($Request, $Name, $Settings) {
    $native = $script:Native
    $value = $Settings[$Name]
    if ($value -is [long]) {
        $null = $native['aad_request_set_int'].Invoke($null, @($Request, $script:Option[$Name], $value))
        return
    }
    $setter = $native['aad_request_set_text_utf16']
    $setter = $setter.DeclaringType.GetMethod($setter.Name, [type[]]@([System.IntPtr], [int], [System.IntPtr], [System.IntPtr]))
    $memory = [System.IntPtr]::Zero
    try {
        $memory = [System.Runtime.InteropServices.Marshal]::SecureStringToGlobalAllocUnicode($value)
        $null = $setter.Invoke($null, @($Request, $script:Option[$Name], $memory, [System.IntPtr]$value.Length))
    }
    finally { [System.Runtime.InteropServices.Marshal]::ZeroFreeGlobalAllocUnicode($memory) }
}
