# What -PassThru returns. Its method and display are in AzureADApplicationAccess.types.ps1xml.
Use-Part Fields
function script:Read-Token($Call) {
    $seconds = Read-Number $Call 'ExpiresOn'
    [pscustomobject]@{
        PSTypeName    = 'AzureADApplicationAccess.Token'
        TokenType     = Read-Text $Call 'TokenType'
        ExpiresOn     = if ($seconds -ge 0 -and $seconds -lt 253402300800) { [System.DateTimeOffset]::FromUnixTimeSeconds($seconds) } else { $null }
        Scope         = Read-Text $Call 'Scope'
        CorrelationId = Read-Text $Call 'CorrelationId'
        AccessToken   = Read-SecureString $Call 'AccessToken'
        RefreshToken  = Read-SecureString $Call 'RefreshToken'
    }
}

# Tokens are printable ASCII: each byte is a character, and no string is made of it.
function script:Read-SecureString($Call, $Field) {
    $length = [System.IntPtr[]]@(0)
    $text = $script:Native['aad_call_text'].Invoke($null, @($Call, $script:Field[$Field], $length))
    if ($text -eq [System.IntPtr]::Zero) { return $null }
    $secure = [securestring]::new()
    $length = [int]$length[0]
    for ($i = 0; $i -lt $length; $i++) {
        $secure.AppendChar([char][System.Runtime.InteropServices.Marshal]::ReadByte($text, $i))
    }
    $secure.MakeReadOnly()
    $secure
}
