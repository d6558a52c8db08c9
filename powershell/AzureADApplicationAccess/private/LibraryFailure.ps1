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

# Which library is missing, which are there, where to get it.
function script:Get-MissingText($Rid, $Tried) {
    $here = @()
    if ([System.IO.Directory]::Exists("$script:ModuleRoot/runtimes")) {
        $here = @(foreach ($folder in [System.IO.Directory]::GetDirectories("$script:ModuleRoot/runtimes")) { [System.IO.Path]::GetFileName($folder) })
        [Array]::Sort($here)
    }
    $there = if ($here.Count) { 'for ' + ($here -join ', ') + ' only' } else { 'for no system' }
    $released = 'win-x64', 'win-x86', 'win-arm64', 'linux-x64', 'linux-arm64', 'linux-musl-x64', 'osx-x64', 'osx-arm64'
    $remedy = if ($released -contains $Rid) {
        'The released package has it: Install-PSResource AzureADApplicationAccess, or the project''s release page'
    }
    else { "Releases have libraries for $($released -join ', '); for this system build one from the source" }
    "The native library for $Rid is missing: this copy of the module in $script:ModuleRoot has libraries $there. $remedy. " +
        "The environment variable AADACCESS_LIBRARY may hold a library's absolute path. Tried: $Tried."
}
