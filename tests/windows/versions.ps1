# Two versions side by side in one process, and a third that is installed while they are in use.
. "$PSScriptRoot/../powershell/assert.ps1"
$name = 'AzureADApplicationAccess'
function Get-Library { & (Get-Module $name) { Find-Library } }

# A runspace of its own that imports this version, or the newest, and goes on living.
function Start-Runspace($Version) {
    $ps = [powershell]::Create([initialsessionstate]::CreateDefault2())
    $null = $ps.AddScript({
            param($name, $version)
            if ($version) { Import-Module $name -RequiredVersion $version -DisableNameChecking } else { Import-Module $name -DisableNameChecking }
        }).AddArgument($name).AddArgument($Version).Invoke()
    $ps
}
function Invoke-There($Ps, $Text) {
    $Ps.Commands.Clear()
    $Ps.AddScript($Text).Invoke()
}
$call = "Build-AzureADApplicationAccessHeader contoso.example app-1 $secret -Authority '$env:TEST_AUTHORITY'; (Get-Module $name).Version.ToString(); & (Get-Module $name) { Find-Library }"
function Assert-Version($Ps, $Version, $What) {
    $said = @(Invoke-There $Ps $call)
    Assert-Equal $line $said[0] "$What`: a header"
    Assert-Equal $Version $said[1] "$What`: the version"
    Assert-Like "*\$name\$Version\runtimes\win-x64\native\aadaccess.dll" $said[2] "$What`: the library of that version"
}
function Get-Loaded {
    @([System.Diagnostics.Process]::GetCurrentProcess().Modules | ForEach-Object { $_.FileName } | Where-Object { $_ -like '*aadaccess.dll' })
}

Assert-Equal '0.2.0' (Get-Module $name).Version.ToString() 'the newest is imported by name'
Assert-Equal $line (Build-AzureADApplicationAccessHeader contoso.example app-1 $secret) 'the newest'
$old = Start-Runspace '0.1.0'
Assert-Version $old '0.1.0' 'the old one in another runspace'
Assert-Equal $line (Build-AzureADApplicationAccessHeader contoso.example app-1 $secret) 'the newest, beside it'
Assert-Equal 2 (Get-Loaded).Count 'each version has its own library in the process'

# An update: a folder more, and no file of the others touched.
$new = "$env:TEST_FOLDER\$name\0.3.0"
[System.IO.Directory]::Move("$env:TEST_FOLDER\new\$name\0.3.0", $new)
Assert-Version $old '0.1.0' 'the old one after the update'
$newest = Start-Runspace
Assert-Version $newest '0.3.0' 'a new session after the update'
Assert-Equal 3 (Get-Loaded).Count 'three libraries in the process'
Assert-Equal $line (Build-AzureADApplicationAccessHeader contoso.example app-1 $secret) 'the first session after the update'
Assert-Like "*\0.2.0\*" (Get-Library) 'which stays with its version'

# In one session, one after the other. Without Remove-Module the engine complains of the type data of the second.
Remove-Module $name
Import-Module $name -RequiredVersion 0.1.0 -DisableNameChecking
Assert-Equal $line (Build-AzureADApplicationAccessHeader contoso.example app-1 $secret) 'the old one in the same session'
$old.Dispose()
$newest.Dispose()
Complete-Test 15
