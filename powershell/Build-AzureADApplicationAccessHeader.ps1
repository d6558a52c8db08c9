# For scripts that dot-source a file of this name: the function now comes from the module beside it.
Import-Module -Name "$PSScriptRoot/AzureADApplicationAccess/AzureADApplicationAccess.psd1" -DisableNameChecking
