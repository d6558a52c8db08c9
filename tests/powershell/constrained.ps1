# ConstrainedLanguage: one sentence that says what to do, and nothing else.
param([string] $Module = $env:TEST_MODULE)
. "$PSScriptRoot/assert.ps1"
# What this process's other runspaces may do is nothing to one that is constrained.
Assert-Equal $line (& $build constrained.contoso.example app-1 $secret) 'this session runs in FullLanguage mode'
foreach ($name in $build, $get) {
    $ps = [powershell]::Create([initialsessionstate]::CreateDefault2())
    $null = $ps.AddScript('$ExecutionContext.SessionState.LanguageMode = "ConstrainedLanguage"').Invoke()
    $ps.Commands.Clear()
    $null = $ps.AddScript("Import-Module '$env:TEST_MODULE' -DisableNameChecking").Invoke()
    Assert-Equal 0 $ps.Streams.Error.Count "$name`: the import works: $($ps.Streams.Error)"
    $ps.Commands.Clear()
    # A runspace without Microsoft.PowerShell.Utility has no Write-Error: then the sentence is thrown.
    $null = $ps.AddScript('function Write-Error { param($Message, $ErrorId, $Category) "$ErrorId|$Category|$Message" }').Invoke()
    $ps.Commands.Clear()
    $output = @($ps.AddScript("$name T C S").Invoke())
    Assert-Equal 1 $output.Count "$name`: one error: $($ps.Streams.Error)"
    Assert-Like 'AadAccess.ConstrainedLanguage|PermissionDenied|This session runs in ConstrainedLanguage mode*signed*' "$output" "$name`: id, sentence and remedy"
    Assert-Equal 0 $ps.Streams.Error.Count "$name`: and no other error"
    $ps.Dispose()
}
Complete-Test 9
