# Errors of the native library itself: one sentence for each case, with an id of its own. Read after a failure only.
function script:New-LibraryRecord($Kind, $Target, $Message) {
    $exception = [System.DllNotFoundException]::new($Message)
    [System.Management.Automation.ErrorRecord]::new($exception, "AadAccess.$Kind", 'ResourceUnavailable', $Target)
}

function script:New-VersionRecord($Path, $Version) {
    New-LibraryRecord 'LibraryVersion' $Path "The native library $Path has ABI version $Version, and this module needs version $script:AbiVersion. Take both from the same release."
}

# Why a file could not be loaded.
function script:New-LoadRecord($Path, $Exception) {
    $file = Read-FileHead $Path
    $why = if ($Exception -is [System.EntryPointNotFoundException]) {
        'LibraryNotLoaded', 'it is another library, without aad_abi_version and the other functions of aadaccess'
    }
    else { Get-LoadFailure (Get-SystemError $Path $Exception) $file (Get-RuntimeId) }
    $advice = switch ($why[0]) {
        'LibraryArchitecture' { 'Run the PowerShell of that architecture, or install the whole module again: it brings a library for each.' }
        'LibraryBlocked' { 'Ask whoever set that policy to allow the file, or its publisher.' }
        default { 'Install the module again.' }
    }
    if ($env:AADACCESS_LIBRARY) { $advice = 'The environment variable AADACCESS_LIBRARY names this file: correct or remove it.' }
    elseif (Test-MarkOfTheWeb $Path) { $advice = 'It bears the Mark of the Web: Unblock-File takes that away from each file of the module.' }
    New-LibraryRecord $why[0] $Path "The native library $Path could not be loaded: $($why[1]). $advice"
}

# PowerShell 7 hides what the system says behind an error of its own, so the system is asked again; on Windows the
# exception is the system's already.
function script:Get-SystemError($Path, $Exception) {
    $loader = 'System.Runtime.InteropServices.NativeLibrary' -as [type]
    if ($loader -and $Exception -isnot [System.ComponentModel.Win32Exception]) {
        try { $null = $loader::Load($Path) }
        catch { return $_.Exception.GetBaseException() }
    }
    $Exception
}

# Returns kind and reason.
function script:Get-LoadFailure($Exception, $File, $Rid) {
    $said = $Exception.Message.Trim().TrimEnd('.')
    if (-not $File['System']) { return 'LibraryNotLoaded', "it is no library, or was damaged ($said)" }
    $system, $architecture = $Rid.Replace('musl-', '').Split('-')
    if ($File['System'] -ne $system) { return 'LibraryArchitecture', "it is for $($File['System'])-$($File['Architecture']), and this process is $Rid" }
    if ($File['Architecture'] -ne $architecture) { return 'LibraryArchitecture', "it is for $($File['Architecture']), and this process is $architecture" }
    if ($File['Length'] -lt $File['Needed']) { return 'LibraryDamaged', "it was cut off: $($File['Length']) of at least $($File['Needed']) bytes are there" }
    if ($Exception -is [System.ComponentModel.Win32Exception]) {
        $number = $Exception.NativeErrorCode
        # Access denied; refused by the virus scanner, by a group policy, by App Control.
        if ($number -in 5, 225, 1260, 4551) { return 'LibraryBlocked', "this machine does not allow it: $said (error $number)" }
        if ($number -eq 126) { $said = "a library that it needs is missing: $said" }
        $said = "$said (error $number)"
    }
    'LibraryNotLoaded', $said
}

# What the head of a library says: System (win, linux, osx), Architecture, Length, and Needed, the length that it must
# have at least. Without System it is none.
function script:Read-FileHead($Path) {
    $file = @{ System = $null; Architecture = $null; Length = 0; Needed = 0 }
    try {
        $stream = [System.IO.FileStream]::new($Path, 'Open', 'Read', 'ReadWrite, Delete')
        try {
            $head = [byte[]]::new(4096)
            $file['Length'] = $stream.Length
            $null = $stream.Read($head, 0, $head.Length)
        }
        finally { $stream.Dispose() }
        switch ([System.BitConverter]::ToUInt32($head, 0)) {
            0x464C457F { Read-ElfHead $head $file }
            0xFEEDFACFL {
                $file['System'] = 'osx'
                $file['Architecture'] = @{ 0x01000007 = 'x64'; 0x0100000C = 'arm64' }[[System.BitConverter]::ToInt32($head, 4)]
            }
            default { if ($head[0] -eq 0x4D -and $head[1] -eq 0x5A) { Read-PortableHead $head $file } }
        }
    }
    catch [System.SystemException] { $file['Unreadable'] = $true }
    $file
}

function script:Read-ElfHead($Head, $File) {
    $File['System'] = 'linux'
    $File['Architecture'] = @{ 62 = 'x64'; 183 = 'arm64'; 3 = 'x86'; 40 = 'arm' }[[int][System.BitConverter]::ToUInt16($Head, 18)]
    # The section headers of a 64-bit file are its end.
    if ($Head[4] -eq 2) { $File['Needed'] = [System.BitConverter]::ToInt64($Head, 40) + [System.BitConverter]::ToUInt16($Head, 58) * [System.BitConverter]::ToUInt16($Head, 60) }
}

function script:Read-PortableHead($Head, $File) {
    $at = [System.BitConverter]::ToInt32($Head, 0x3C)
    if ([System.BitConverter]::ToUInt32($Head, $at) -ne 0x4550) { return }
    $File['System'] = 'win'
    $File['Architecture'] = @{ 0x8664 = 'x64'; 0xAA64 = 'arm64'; 0x14C = 'x86' }[[int][System.BitConverter]::ToUInt16($Head, $at + 4)]
    $section = $at + 24 + [System.BitConverter]::ToUInt16($Head, $at + 20)
    for ($left = [System.BitConverter]::ToUInt16($Head, $at + 6); $left -gt 0; $left--) {
        $end = [long][System.BitConverter]::ToUInt32($Head, $section + 16) + [System.BitConverter]::ToUInt32($Head, $section + 20)
        $File['Needed'] = [System.Math]::Max($File['Needed'], $end)
        $section += 40
    }
}

# Only Windows has the second stream that a browser puts beside a file.
function script:Test-MarkOfTheWeb($Path) {
    if (-not $script:OnWindows) { return $false }
    try { [System.IO.File]::Exists("${Path}:Zone.Identifier") } catch [System.SystemException] { $false }
}

# Which library is missing, which are there, how to get it.
function script:Get-MissingText($Rid, $Remedy, $Tried) {
    $here = @()
    if ([System.IO.Directory]::Exists("$script:ModuleRoot/runtimes")) {
        $here = @(foreach ($folder in [System.IO.Directory]::GetDirectories("$script:ModuleRoot/runtimes")) { [System.IO.Path]::GetFileName($folder) })
        [System.Array]::Sort($here)
    }
    $there = if ($here.Count) { 'for ' + ($here -join ', ') + ' only' } else { 'for no system' }
    "The native library for $Rid is missing: this copy of the module in $script:ModuleRoot has libraries $there. $Remedy. " +
        "The environment variable AADACCESS_LIBRARY may hold a library's absolute path. Tried: $Tried."
}

function script:Get-ReleaseRemedy($Rid) {
    $released = 'win-x64', 'win-x86', 'win-arm64', 'linux-x64', 'linux-arm64', 'linux-musl-x64', 'osx-x64', 'osx-arm64'
    if ($released -contains $Rid) { return 'The released package has it: Install-PSResource AzureADApplicationAccess, or the project''s release page' }
    "Releases have libraries for $($released -join ', '); for this system build one from the source"
}
