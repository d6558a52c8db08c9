# Calls under module logging (Windows' event 4103; here syslog, which tests/powershell.rs captures). The values come
# from the environment, so that the text of this file holds none of them.
. "$PSScriptRoot/assert.ps1"
(Get-Module AzureADApplicationAccess).LogPipelineExecutionDetails = $true
$secure = ConvertTo-SecureString $env:TEST_HIDDEN -AsPlainText -Force
$tenant = 'logging.contoso.example'
foreach ($name in $build, $get) {
    Assert-Equal $line (& $name $tenant app-1 $secure) "$name with a SecureString"
    Assert-Equal $line (& $name $tenant -clientSecret ([pscredential]::new('app-1', $secure))) "$name with a PSCredential"
    $token = & $name $tenant app-1 $secure -PassThru -Verbose 4>$null
    Assert-Like 'Bearer test-token-*' $token.GetHeader().Authorization "$name -PassThru"
    $proxy = [pscredential]::new('user', (ConvertTo-SecureString $env:TEST_HIDDEN_PROXY -AsPlainText -Force))
    Assert-Equal $line (& $name $tenant app-1 $secure -Proxy '' -ProxyCredential $proxy) "$name with a proxy's password"
    $refresh = ConvertTo-SecureString $env:TEST_HIDDEN_REFRESH -AsPlainText -Force
    $token = & $name -tenantid $tenant -refreshtoken $refresh -PassThru
    Assert-True $token.RefreshToken "$name with a refresh token"
    $record = Get-Thrown { & $name $tenant app-1 (ConvertTo-SecureString $env:TEST_HIDDEN_WRONG -AsPlainText -Force) 2>$null } $name
    Assert-Equal $webErrorId $record.FullyQualifiedErrorId "$name with a wrong secret"
    # Plain strings given to the exported function are logged by the engine; the internal functions add nothing.
    Assert-Equal $line (& $name $tenant app-1 $env:TEST_PLAIN) "$name with a plain string"
}
Complete-Test 14
