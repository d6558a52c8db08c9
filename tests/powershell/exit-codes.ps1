# One case of what happens to a script that doesn't look: exit code and whether it goes on, for tests/powershell.rs.
param([string] $Case)
$PSDefaultParameterValues = @{ '*-AzureADApplicationAccess*:Authority' = $env:TEST_AUTHORITY }
Import-Module $env:TEST_MODULE -DisableNameChecking
$wrong = 'contoso.example', 'app-1', 'wrong-secret'
function Invoke-InFunction { Build-AzureADApplicationAccessHeader @wrong; 'function went on' }

switch ($Case) {
    'build'            { Build-AzureADApplicationAccessHeader @wrong }
    'get'              { Get-AzureADApplicationAccessToken @wrong }
    'too little'       { Build-AzureADApplicationAccessHeader }
    'function'         { Invoke-InFunction }
    'assignment'       { $x = Build-AzureADApplicationAccessHeader @wrong }
    'silent'           { Build-AzureADApplicationAccessHeader @wrong -ErrorAction SilentlyContinue }
    'ignore'           { Build-AzureADApplicationAccessHeader @wrong -ErrorAction Ignore }
    'stop'             { Build-AzureADApplicationAccessHeader @wrong -ErrorAction Stop }
    'preference stop'  { $ErrorActionPreference = 'Stop'; Build-AzureADApplicationAccessHeader @wrong }
    'preference silent' { $ErrorActionPreference = 'SilentlyContinue'; Build-AzureADApplicationAccessHeader @wrong }
    'trap'             { & { trap { continue } Build-AzureADApplicationAccessHeader @wrong } }
    'try'              { try { Build-AzureADApplicationAccessHeader @wrong } catch { "caught $($_.Exception.StatusCode)" } }
    'binding'          { Build-AzureADApplicationAccessHeader @wrong -nonsense x }
    'success'          { Build-AzureADApplicationAccessHeader contoso.example app-1 s3cret-value-1 }
    'no library'       { Build-AzureADApplicationAccessHeader @wrong }
    default            { throw "no such case: $Case" }
}
'went on'
