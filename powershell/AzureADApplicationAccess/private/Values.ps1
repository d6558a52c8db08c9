# Values other than strings, and settings that few calls use.

# Makes texts and SecureStrings of what the original parameters may hold, and drops what counts as not given, as
# the original did: 0, '', $null, $false. Returns nothing or why a value is refused.
function script:Expand-Value($Given) {
    foreach ($name in @($Given.Keys)) {
        if ($Given[$name] -is [pscredential] -and $name -ne 'clientSecret') {
            return "A PSCredential was given as -$name. Give it as -clientSecret: its user name is the client id, its password the secret."
        }
    }
    if ($Given['clientSecret'] -is [pscredential]) {
        if (-not $Given['clientid']) { $Given['clientid'] = $Given['clientSecret'].UserName }
        $Given['clientSecret'] = $Given['clientSecret'].Password
    }
    foreach ($name in @($Given.Keys)) {
        $value = $Given[$name]
        if ($value -is [securestring]) {
            if ($value.Length -eq 0) { $Given.Remove($name) }
        }
        elseif ($value) { $Given[$name] = [string]$value }
        else { $Given.Remove($name) }
    }
}

function script:Add-Path($Cmdlet, $Bound, $Given) {
    $path = $Bound['CACertificatePath']
    if ($path) { $path = $Cmdlet.GetUnresolvedProviderPathFromPSPath($path) }
    $Given['CACertificatePath'] = $path
}

# Seconds as milliseconds, never fewer. Out of range is for the library to refuse; only what no Int64 can hold
# is put in reach here.
function script:Add-Timeout($Bound, $Settings) {
    $ms = [Math]::Ceiling($Bound['OperationTimeoutSeconds'] * 1000)
    if (-not ([Math]::Abs($ms) -lt 1e15)) { $ms = -1 }
    $Settings['OperationTimeoutSeconds'] = [long]$ms
}

# The comma keeps the array whole: the caller clears it, not a copy.
function script:Get-SecureUtf8($Values, $Name) {
    $secure = $Values[$Name]
    $chars = [char[]]::new($secure.Length)
    $memory = [IntPtr]::Zero
    try {
        $memory = [System.Runtime.InteropServices.Marshal]::SecureStringToGlobalAllocUnicode($secure)
        [System.Runtime.InteropServices.Marshal]::Copy($memory, $chars, 0, $chars.Length)
        , $script:Utf8.GetBytes($chars)
    }
    finally {
        [System.Runtime.InteropServices.Marshal]::ZeroFreeGlobalAllocUnicode($memory)
        [Array]::Clear($chars, 0, $chars.Length)
    }
}
