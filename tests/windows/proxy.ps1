# The system's proxy, [Net.WebRequest]::DefaultWebProxy, where neither a parameter nor the environment names one.
# TEST_PROXY leads to the host login.test.example.
. "$PSScriptRoot/../powershell/assert.ps1"
$settings = @{
    tenantid = 'contoso.example'; clientid = 'app-1'; clientSecret = $secret; Authority = 'https://login.test.example'
    CACertificatePath = $env:TEST_CA_FILE; MaximumRetryCount = 0; OperationTimeoutSeconds = 20
}
function Get-Id($More = @{}) { (Get-Thrown { Build-AzureADApplicationAccessHeader @settings @More 2>$null } 'direct').FullyQualifiedErrorId }
# What is remembered of the system's answer is forgotten with the module.
function Set-SystemProxy($Proxy) {
    [System.Net.WebRequest]::DefaultWebProxy = $Proxy
    Import-Module AzureADApplicationAccess -DisableNameChecking -Force
}

Set-SystemProxy ([System.Net.WebProxy]::new($env:TEST_PROXY))
$verbose = Build-AzureADApplicationAccessHeader @settings -Verbose 4>&1
Assert-Equal $line "$($verbose[-1])" 'through the proxy of the system'
Assert-Like "*Proxy of the system: 127.0.0.1:*" "$verbose" 'the verbose stream names it'
Assert-Equal 'AadAccess.Network' (Get-Id @{ Proxy = '' }) "-Proxy '' goes direct"
$env:HTTPS_PROXY = 'http://127.0.0.1:1'
Assert-Equal 'AadAccess.Network' (Get-Id) 'the environment wins over the system'
$env:HTTPS_PROXY = $null
Assert-Equal $line (Build-AzureADApplicationAccessHeader @settings) 'the answer is kept'
[System.Net.WebRequest]::DefaultWebProxy = [System.Net.WebProxy]::new('http://127.0.0.1:1')
Assert-Equal $line (Build-AzureADApplicationAccessHeader @settings) 'for some minutes, whatever happens meanwhile'
# A loopback address is never asked through a proxy.
Assert-Equal $line (Build-AzureADApplicationAccessHeader contoso.example app-1 $secret) 'loopback goes direct'

$bypass = [System.Net.WebProxy]::new($env:TEST_PROXY)
$bypass.BypassList = @('login\.test\.example')
Set-SystemProxy $bypass
Assert-Equal 'AadAccess.Network' (Get-Id) 'a host that the system goes to directly'
Set-SystemProxy $null
Assert-Equal 'AadAccess.Network' (Get-Id) 'no proxy at all'
Complete-Test 9
