# Puts the certificate TEST_CA_FILE into the user's store of roots, as certutil and the certificate manager do; then,
# a process each, for the store is read once, one that trusts it, and one after it was taken out again.
. "$PSScriptRoot/../powershell/assert.ps1"
$pem = [System.IO.File]::ReadAllText($env:TEST_CA_FILE) -replace '-----[^-]+-----' -replace '\s'
switch ($env:TEST_STEP) {
    'add' {
        # Wine writes a store when the last handle of it and of its certificates is closed.
        $certificate = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new([Convert]::FromBase64String($pem))
        $store = [System.Security.Cryptography.X509Certificates.X509Store]::new('Root', 'CurrentUser')
        $store.Open('ReadWrite')
        $store.Add($certificate)
        $store.Dispose()
        $certificate.Dispose()
    }
    'trust' { Assert-Equal $line (Build-AzureADApplicationAccessHeader contoso.example app-1 $secret) 'a root of the store' }
    'distrust' {
        $record = Get-Thrown { Build-AzureADApplicationAccessHeader contoso.example app-1 $secret 2>$null } 'no longer trusted'
        Assert-Equal 'AadAccess.Tls' $record.FullyQualifiedErrorId 'a root that was taken out of the store'
    }
}
Complete-Test ([int]($env:TEST_STEP -like '*trust'))
