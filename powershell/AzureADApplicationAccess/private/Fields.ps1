# What a call tells. The numbers are AAD_FIELD_... of include/aadaccess.h.
$script:Field = @{
    Header = 1; AccessToken = 2; TokenType = 3; RefreshToken = 4; Scope = 5
    ErrorText = 6; ErrorAdvice = 7; ErrorJson = 8; OAuthError = 9; CorrelationId = 13; Host = 17; Grant = 18
    ExpiresOn = 64; HttpStatus = 65; Attempts = 67; WaitReason = 68; WaitRemainingMs = 69; WaitedMs = 70; DurationMs = 71
}

function script:Read-Number($Call, $Field) {
    $script:Native['aad_call_int'].Invoke($null, @($Call, $script:Field[$Field]))
}

# UTF-8; $null when absent.
function script:Read-Text($Call, $Field) {
    $length = [System.IntPtr[]]@(0)
    $text = $script:Native['aad_call_text'].Invoke($null, @($Call, $script:Field[$Field], $length))
    if ($text -eq [System.IntPtr]::Zero) { return $null }
    $bytes = [byte[]]::new([int]$length[0])
    [System.Runtime.InteropServices.Marshal]::Copy($text, $bytes, 0, $bytes.Length)
    [System.Text.Encoding]::UTF8.GetString($bytes)
}
