# Waits in a call until tests/powershell.rs sends SIGINT.
. "$PSScriptRoot/assert.ps1"
Build-AzureADApplicationAccessHeader interrupt.hang.example app-1 $secret
'went on'
