# Signs every library and script below a folder that has no signature yet, with the certificate in WINDOWS_CERTIFICATE.
param([Parameter(Mandatory)] [string] $Folder)

$ErrorActionPreference = 'Stop'
$flags = [System.Security.Cryptography.X509Certificates.X509KeyStorageFlags]::EphemeralKeySet
$certificate = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new(
    [Convert]::FromBase64String($env:WINDOWS_CERTIFICATE), $env:WINDOWS_CERTIFICATE_PASSWORD, $flags)
$files = Get-ChildItem $Folder -Recurse -File -Include *.dll, *.ps1, *.psm1, *.psd1, *.ps1xml
foreach ($file in $files) {
    if ((Get-AuthenticodeSignature -LiteralPath $file.FullName).Status -eq 'Valid') { continue }
    $signature = Set-AuthenticodeSignature -LiteralPath $file.FullName -Certificate $certificate -HashAlgorithm SHA256 -TimestampServer http://timestamp.digicert.com
    if ($signature.Status -ne 'Valid') { throw "$($file.FullName): $($signature.StatusMessage)" }
    "signed $($file.FullName)"
}
