# Texts are the same whatever the console's code page: the server's, and those with paths of ours.
. "$PSScriptRoot/../powershell/assert.ps1"
$before = [Console]::OutputEncoding
$name = "$env:TEST_FOLDER\Zertifikat $([char]0xFC)$([char]0x8A3C)$([char]0x20AC).pem"
# As words.example says it; tests/windows/module.rs has the same text.
$said = "Zugriff verweigert: Schl$([char]0xFC)ssel abgelaufen $([char]0x671F)$([char]0x9650)$([char]0x5207)$([char]0x308C) $([char]0x20AC)"
foreach ($page in 1252, 437, 932, 65001) {
    [Console]::OutputEncoding = [System.Text.Encoding]::GetEncoding($page)
    try {
        Assert-Equal $page ([Console]::OutputEncoding.CodePage) 'the code page is set'
        $record = Get-Thrown { Build-AzureADApplicationAccessHeader words.example app-1 $secret 2>$null } 'words'
        Assert-Like "*$said*" $record.Exception.Message "page ${page}: the server's words"
        Assert-Equal $said ($record.ErrorDetails.Message | ConvertFrom-Json).error_description "page ${page}: its JSON"
        $record = Get-Thrown { Build-AzureADApplicationAccessHeader contoso.example app-1 $secret -CACertificatePath $name 2>$null } 'a missing CA file'
        Assert-Equal 'AadAccess.InvalidArgument' $record.FullyQualifiedErrorId "page ${page}: a missing CA file"
        Assert-Equal $line (Build-AzureADApplicationAccessHeader contoso.example app-1 "s$([char]0xE9)cret $([char]0xD83D)$([char]0xDD11)") "page ${page}: a secret"
    }
    finally { [Console]::OutputEncoding = $before }
}
Complete-Test 20
