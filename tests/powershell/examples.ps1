# The examples of examples/powershell, run as they are, against the endpoint.
. "$PSScriptRoot/assert.ps1"
$examples = "$PSScriptRoot/../../examples/powershell"
$secure = ConvertTo-SecureString $secret -AsPlainText -Force

$output = @(& "$examples/client-secret.ps1" -TenantId contoso.example -Credential ([pscredential]::new('app-1', $secure)))
Assert-Equal $line $output[0] 'client-secret.ps1: the success line'
Assert-Equal 'The header begins with: Bearer test-' $output[1] 'client-secret.ps1: the header'
Assert-Like 'Bearer test-token-*' $output[2].GetHeader().Authorization 'client-secret.ps1: the object'

$file = [System.IO.Path]::GetTempFileName()
try {
    $first = ConvertTo-SecureString 'refresh-token-1' -AsPlainText -Force
    [System.IO.File]::WriteAllText($file, [System.Management.Automation.PSSerializer]::Serialize($first))
    foreach ($expected in 'refresh-token-1', 'refresh-token-2', 'refresh-token-1') {
        $output = & "$examples/refresh-token.ps1" -TenantId examples.contoso.example -ClientId app-1 -File $file
        Assert-Like 'The token is good until *' "$output" 'refresh-token.ps1'
        Assert-Equal $expected (Get-Form examples.contoso.example).refresh_token 'refresh-token.ps1: the kept token is the one sent'
    }
    Assert-Equal $false ([System.IO.File]::ReadAllText($file) -like '*refresh-token-*') 'refresh-token.ps1: no plain text in the file'
}
finally { [System.IO.File]::Delete($file) }

$wrong = ConvertTo-SecureString 'wrong-secret' -AsPlainText -Force
$output = (& "$examples/errors.ps1" -TenantId contoso.example -ClientId app-1 -ClientSecret $wrong) -join "`n"
foreach ($part in 'What happened: *AADSTS7000215*', '*HTTP status:   Unauthorized*', "*Error id:      $webErrorId*", '*Answer:        {*invalid_client*', '*What to do:    *secret*') {
    Assert-Like $part $output 'errors.ps1'
}
Assert-Equal 1 $LASTEXITCODE 'errors.ps1: exit code'
Assert-Equal $line (& "$examples/errors.ps1" -TenantId contoso.example -ClientId app-1 -ClientSecret $secure) 'errors.ps1 without an error'

Complete-Test 16
