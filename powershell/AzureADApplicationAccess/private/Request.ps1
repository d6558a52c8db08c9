# What the caller gave, as settings of a native request: name of the option -> byte[] or long. The numbers are
# AAD_OPTION_... of include/aadaccess.h.
$script:Option = @{
    tenantid = 1; clientid = 2; clientSecret = 3; refreshtoken = 4; Scope = 5; Authority = 6; CACertificatePath = 7
    Proxy = 8; ProxyUsername = 9; ProxyPassword = 10; NoProxy = 11
    OperationTimeoutSeconds = 64; MaximumRetryCount = 65
}
$script:TextOptions = 'tenantid', 'clientid', 'clientSecret', 'refreshtoken', 'Scope', 'Authority', 'CACertificatePath',
    'Proxy', 'ProxyUsername', 'ProxyPassword', 'NoProxy'
# Half of a surrogate pair is refused, not replaced.
$script:Utf8 = [System.Text.UTF8Encoding]::new($false, $true)

# Fills $Settings. Returns nothing, 'NotEnough', or a sentence that says which value is refused and why.
function script:Add-Value($Cmdlet, $Bound, $Settings) {
    $given = @{}
    $other = $false
    foreach ($name in 'tenantid', 'clientid', 'clientSecret', 'refreshtoken') {
        $value = $Bound[$name]
        if ($value -is [string]) {
            if ($value) { $given[$name] = $value }
        }
        elseif ($value -is [object]) {
            $given[$name] = $value
            $other = $true
        }
    }
    if ($other) {
        Use-Part Values
        $refusal = Expand-Value $given
        if ($refusal) { return $refusal }
    }
    if (-not ($given['tenantid'] -and ($given['refreshtoken'] -or ($given['clientid'] -and $given['clientSecret'])))) {
        return 'NotEnough'
    }
    if ($Bound['Scope'] -is [string]) { $given['Scope'] = $Bound['Scope'] }
    if ($Bound['Authority'] -is [string]) { $given['Authority'] = $Bound['Authority'] }
    if ($Bound['CACertificatePath'] -is [string]) { Use-Part Values; Add-Path $Cmdlet $Bound $given }
    if ($Bound['OperationTimeoutSeconds'] -is [double]) { Use-Part Values; Add-Timeout $Bound $Settings }
    if ($Bound['MaximumRetryCount'] -is [int]) { $Settings['MaximumRetryCount'] = [long]$Bound['MaximumRetryCount'] }
    Add-Text $given $Settings
}

# Each value as UTF-8. Returns nothing, or which value is refused and why.
function script:Add-Text($Values, $Settings) {
    foreach ($name in $script:TextOptions) {
        try {
            if ($Values[$name] -is [string]) { $Settings[$name] = $script:Utf8.GetBytes($Values[$name]) }
            elseif ($Values[$name] -is [securestring]) {
                Use-Part Values
                $Settings[$name] = [byte[]](Get-SecureUtf8 $Values $name)
            }
        }
        catch { return "The value of -$name is not a text: half of a surrogate pair stands alone in it." }
    }
}

# Which proxy to use; returns as Add-Text does. Native code does not see what a session sets in its environment
# (except on Windows), so the variables are read here, at each call, and passed as settings; '' keeps the library
# from reading stale ones.
function script:Add-Proxy($Cmdlet, $Bound, $Settings) {
    $values = @{ Proxy = '' }
    if ($Bound['Proxy'] -is [string]) { $values['Proxy'] = $Bound['Proxy'] }
    elseif ($env:HTTPS_PROXY) { $values['Proxy'] = $env:HTTPS_PROXY }
    elseif ($env:https_proxy) { $values['Proxy'] = $env:https_proxy }
    elseif ($env:ALL_PROXY) { $values['Proxy'] = $env:ALL_PROXY }
    elseif ($env:all_proxy) { $values['Proxy'] = $env:all_proxy }
    elseif ($script:OnWindows) {
        Use-Part SystemProxy
        $values['Proxy'] = Get-SystemProxy $Cmdlet $Bound $Settings
    }
    if ($values['Proxy'] -and -not ($Bound['Proxy'] -is [string])) {
        if ($env:NO_PROXY) { $values['NoProxy'] = $env:NO_PROXY }
        elseif ($env:no_proxy) { $values['NoProxy'] = $env:no_proxy }
    }
    if ($Bound['ProxyCredential'] -is [pscredential]) {
        $values['ProxyUsername'] = $Bound['ProxyCredential'].UserName
        $values['ProxyPassword'] = $Bound['ProxyCredential'].Password
    }
    Add-Text $values $Settings
}
