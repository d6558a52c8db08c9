# The library is not in the package: for contributors, the newer build of the checkout that the module lies in.
Use-Part LibraryFailure
function script:Find-Build($Rid, $Name, $Packaged) {
    $tried = @($Packaged)
    $remedy = Get-ReleaseRemedy $Rid
    $root = [System.IO.Path]::GetFullPath("$script:ModuleRoot/../..")
    $manifest = "$root/Cargo.toml"
    if ([System.IO.File]::Exists($manifest) -and [System.IO.File]::ReadAllText($manifest).Contains('name = "aadaccess"')) {
        $remedy = "Build it: cargo build --release in $root"
        $newest = $null
        foreach ($build in "$root/target/release/$Name", "$root/target/debug/$Name") {
            $tried += $build
            if (-not [System.IO.File]::Exists($build)) { continue }
            $time = [System.IO.File]::GetLastWriteTimeUtc($build)
            if (-not $newest -or $time -gt $newest) { $path = $build; $newest = $time }
        }
        if ($newest) { return $path }
    }
    throw New-LibraryRecord 'LibraryNotFound' $Name (Get-MissingText $Rid $remedy ($tried -join ', '))
}
