# Trust from the Windows certificate store, and refused certificates in words. TEST_CA_FILE is the root of
# TEST_AUTHORITY's certificate; TEST_EXPIRED and so on show bad ones.
. "$PSScriptRoot/../powershell/assert.ps1"
function Get-Refusal($Authority, $More = @{}) {
    $record = Get-Thrown { Build-AzureADApplicationAccessHeader contoso.example app-1 $secret -Authority $Authority @More 2>$null } $Authority
    Assert-Equal 'AadAccess.Tls' $record.FullyQualifiedErrorId $Authority
    $record.Exception.Message
}
$issuer = "Pr$([char]0xFC)fstelle $([char]0x6E2C)$([char]0x8A66) (aadaccess tests)"

Assert-Like "*comes from an unknown issuer (issued by $issuer); trusted are the operating system's certificates*" (Get-Refusal $env:TEST_AUTHORITY) 'nobody trusts the root'
$file = @{ CACertificatePath = $env:TEST_CA_FILE }
Assert-Equal $line (Build-AzureADApplicationAccessHeader contoso.example app-1 $secret @file) 'the CA file'
$file.CACertificatePath = "$env:TEST_UNUSUAL\root [1].pem"
Assert-Equal $line (Build-AzureADApplicationAccessHeader contoso.example app-1 $secret @file) 'a CA file with an unusual path'

foreach ($row in @{ At = $env:TEST_EXPIRED; Says = 'has expired' }, @{ At = $env:TEST_NOT_YET; Says = 'has expired' }, @{ At = $env:TEST_HOST; Says = 'is for another host than localhost' }) {
    Assert-Like "*the server's certificate $($row.Says)*(issued by $issuer); trusted are*and those of the CA file*" (Get-Refusal $row.At $file) $row.Says
}
Assert-Like "*comes from an unknown issuer (issued by a root nobody trusts*" (Get-Refusal $env:TEST_ISSUER $file) 'another root'

Complete-Test 12
