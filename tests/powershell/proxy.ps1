# Proxies: what a session sets in its environment counts, at each call; parameters win. TEST_PROXY leads to the host
# login.test.example, TEST_STRICT_PROXY demands credentials; TEST_CA_FILE is trusted. How often each was used is for
# tests/powershell.rs to see.
. "$PSScriptRoot/assert.ps1"
$settings = @{ tenantid = 'contoso.example'; clientid = 'app-1'; clientSecret = $secret; Authority = 'https://login.test.example'; CACertificatePath = $env:TEST_CA_FILE }
$direct = { $record = Get-Thrown { Build-AzureADApplicationAccessHeader @settings -MaximumRetryCount 0 -OperationTimeoutSeconds 10 2>$null } 'direct'; $record.FullyQualifiedErrorId }

Assert-Equal 'AadAccess.Network' (& $direct) 'without a proxy that host cannot be reached'
foreach ($variable in 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy') {
    [Environment]::SetEnvironmentVariable($variable, $env:TEST_PROXY)
    Assert-Equal $line (Build-AzureADApplicationAccessHeader @settings) "$variable set in this session"
    foreach ($no in 'NO_PROXY', 'no_proxy') {
        [Environment]::SetEnvironmentVariable($no, '.test.example')
        Assert-Equal 'AadAccess.Network' (& $direct) "$no takes the host out of $variable"
        [Environment]::SetEnvironmentVariable($no, $null)
    }
    Assert-Equal 'AadAccess.Network' $(Get-Thrown { Build-AzureADApplicationAccessHeader @settings -Proxy '' -MaximumRetryCount 0 2>$null } '').FullyQualifiedErrorId "-Proxy '' goes direct in spite of $variable"
    [Environment]::SetEnvironmentVariable($variable, $null)
    Assert-Equal 'AadAccess.Network' (& $direct) "$variable taken away in this session"
}
$env:HTTPS_PROXY = 'http://127.0.0.1:1'
Assert-Equal $line (Build-AzureADApplicationAccessHeader @settings -Proxy $env:TEST_PROXY) '-Proxy wins over the environment'
$env:HTTPS_PROXY = 'no url at all'
$record = Get-Thrown { Build-AzureADApplicationAccessHeader @settings 2>$null } 'a bad value'
Assert-Equal 'AadAccess.InvalidArgument' $record.FullyQualifiedErrorId 'a bad value in the environment is an invalid argument'
$env:HTTPS_PROXY = $null

# Credentials
$record = Get-Thrown { Build-AzureADApplicationAccessHeader @settings -Proxy $env:TEST_STRICT_PROXY 2>$null } 'no credentials'
Assert-Equal 'AadAccess.Proxy' ($record.FullyQualifiedErrorId -replace [regex]::Escape($webErrorId), 'AadAccess.Proxy') 'a proxy that wants credentials'
$user = 'DOMAIN\u@/%'
$password = "p$([char]0xE4)ss:w@rd/%"
$credential = [pscredential]::new($user, (ConvertTo-SecureString $password -AsPlainText -Force))
Assert-Equal $line (Build-AzureADApplicationAccessHeader @settings -Proxy $env:TEST_STRICT_PROXY -ProxyCredential $credential) '-ProxyCredential'
$env:HTTPS_PROXY = $env:TEST_STRICT_PROXY
Assert-Equal $line (Build-AzureADApplicationAccessHeader @settings -ProxyCredential $credential) '-ProxyCredential with a proxy of the environment'
$encoded = $env:TEST_STRICT_PROXY.Replace('//', "//$([uri]::EscapeDataString($user)):$([uri]::EscapeDataString($password))@")
Assert-Equal $line (Build-AzureADApplicationAccessHeader @settings -Proxy $encoded) 'credentials in the URL'
$env:HTTPS_PROXY = $null

# A relative path of a CA file is one in PowerShell's location, not in the process's.
$folder = [System.IO.Path]::GetDirectoryName($env:TEST_CA_FILE)
$null = $ExecutionContext.SessionState.Path.SetLocation($folder)
$settings.CACertificatePath = [System.IO.Path]::GetFileName($env:TEST_CA_FILE)
Assert-Equal $line (Build-AzureADApplicationAccessHeader @settings -Proxy $env:TEST_PROXY) 'a relative path of a CA file'
$settings.Remove('CACertificatePath')
$record = Get-Thrown { Build-AzureADApplicationAccessHeader @settings -Proxy $env:TEST_PROXY 2>$null } 'not trusted'
Assert-Equal 'AadAccess.Tls' $record.FullyQualifiedErrorId 'without the CA file the certificate is not trusted'

# Asking Windows: the same code on every system, with a proxy set as the system's.
$module = Get-Module AzureADApplicationAccess
$ask = {
    param($cmdlet, $authority)
    Use-Part Proxy
    $settings = @{}
    Get-SystemProxy $cmdlet @{ Authority = $authority } $settings
    if ($settings.Count) { 'limit ' + ($settings['OperationTimeoutSeconds'] -gt 0 -and $settings['OperationTimeoutSeconds'] -le 100000) }
}
function Get-Asked { [CmdletBinding()] param($Authority) & $module $ask $PSCmdlet $Authority }
$old = [System.Net.WebRequest]::DefaultWebProxy
try {
    [System.Net.WebRequest]::DefaultWebProxy = [System.Net.WebProxy]::new('http://proxy.example:3128', $false, @('direct\.example'))
    Assert-Equal 'http://proxy.example:3128|limit True' ((Get-Asked https://one.example) -join '|') 'the proxy of the system'
    Assert-Equal '|limit True' ((Get-Asked https://direct.example) -join '|') 'a host that the system reaches directly'
    Assert-Equal '' "$(Get-Asked http://127.0.0.1:1)" 'no question for a loopback address'
    Assert-Equal '' "$(Get-Asked 'no url')" 'no question for what is no URL'
    [System.Net.WebRequest]::DefaultWebProxy = [System.Net.WebProxy]::new('http://other.example:3128')
    Assert-Equal 'http://proxy.example:3128' (Get-Asked https://one.example) 'the answer is kept'
}
finally { [System.Net.WebRequest]::DefaultWebProxy = $old }

Complete-Test 34
