# Errors of the native library itself.
function script:New-LibraryRecord($Kind, $Target, $Message) {
    $exception = [System.DllNotFoundException]::new($Message)
    [System.Management.Automation.ErrorRecord]::new($exception, "AadAccess.$Kind", 'ResourceUnavailable', $Target)
}

# Why the system does not load it. PowerShell 7 hides that behind an error of its own, so it is asked again.
function script:Get-LoadFailure($Path, $Exception) {
    $loader = 'System.Runtime.InteropServices.NativeLibrary' -as [type]
    if ($loader) {
        try { $null = $loader::Load($Path) }
        catch { return $_.Exception.GetBaseException().Message }
    }
    $Exception.GetBaseException().Message
}
