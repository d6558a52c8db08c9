# A whole session in ConstrainedLanguage with a real Write-Error; prints what tests/powershell.rs looks at.
$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
Import-Module $env:TEST_MODULE -DisableNameChecking
Build-AzureADApplicationAccessHeader T C S
Get-AzureADApplicationAccessToken T C S
"errors: $($Error.Count)"
foreach ($record in $Error) { $record.FullyQualifiedErrorId }
