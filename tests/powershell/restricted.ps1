# A JEA-like session: it shows the two functions and no language; only what is called by name runs.
. "$PSScriptRoot/assert.ps1"

$state = [initialsessionstate]::CreateDefault2()
$state.ImportPSModule([string[]]@($env:TEST_MODULE))
$runspace = [runspacefactory]::CreateRunspace($state)
$runspace.Open()
foreach ($command in $runspace.SessionStateProxy.InvokeCommand.GetCommands('*', 'Alias, Function, Cmdlet', $true)) {
    if ($command.Name -notlike '*-AzureADApplicationAccess*') { $command.Visibility = 'Private' }
}
$runspace.SessionStateProxy.Applications.Clear()
$runspace.SessionStateProxy.Scripts.Clear()
$runspace.SessionStateProxy.LanguageMode = 'NoLanguage'

function Invoke-Restricted([string] $Name, $Parameters) {
    $ps = [powershell]::Create()
    $ps.Runspace = $runspace
    $null = $ps.AddCommand($Name).AddParameters($Parameters)
    try { @{ Output = @($ps.Invoke()); Errors = @($ps.Streams.Error) } }
    catch { @{ Thrown = $_.Exception.GetBaseException(); Errors = @($ps.Streams.Error) } }
    finally { $ps.Dispose() }
}

$arguments = @{ tenantid = 'jea.contoso.example'; clientid = 'app-1'; clientSecret = $secret; Authority = $env:TEST_AUTHORITY }
foreach ($function in $build, $get) {
    $result = Invoke-Restricted $function $arguments
    Assert-Equal $line $result.Output[0] "$function in a restricted session; $($result.Errors) $($result.Thrown)"
}
$wrong = $arguments.Clone()
$wrong['clientSecret'] = 'wrong-secret'
$result = Invoke-Restricted $build $wrong
Assert-Like 'Authorization not successful. Error while posting body source: invalid_client' $result.Errors[0] 'a refused secret is written'
Assert-Like '*AADSTS7000215*' $result.Thrown.Message 'a refused secret is thrown'
$hidden = Invoke-Restricted 'Import-Module' @{ Name = $env:TEST_MODULE }
Assert-Like '*Import-Module*' $hidden.Thrown.Message 'other commands are not there'
$runspace.Dispose()
Complete-Test 5
