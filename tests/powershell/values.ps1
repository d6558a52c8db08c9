# Values as text, as the original took them; SecureString and PSCredential understood.
. "$PSScriptRoot/assert.ps1"
$tenant = 'values.contoso.example'
$any = 'values.error200.example' # records whatever is sent

function Get-Sent([hashtable] $Arguments) {
    $null = Get-Thrown { Get-AzureADApplicationAccessToken @Arguments -ErrorAction SilentlyContinue } 'a refusal'
    Get-Form $Arguments.tenantid
}

# Texts
$guid = [guid]'11112222-3333-4444-5555-666677778888'
$form = Get-Sent @{ tenantid = $any; clientid = $guid; clientSecret = 12345 }
Assert-Equal '11112222-3333-4444-5555-666677778888' $form.client_id 'a [guid] is its text'
Assert-Equal '12345' $form.client_secret 'a number is its text'
$form = Get-Sent @{ tenantid = $any; clientid = 'app-1'; clientSecret = $true }
Assert-Equal 'True' $form.client_secret '$true is its text'
$form = Get-Sent @{ tenantid = $any; clientid = 'app-1'; clientSecret = 1.5 }
Assert-Equal '1.5' $form.client_secret 'a fraction is its text, whatever the culture'
$form = Get-Sent @{ tenantid = $any; clientid = 'app-1'; clientSecret = 'a', 'b' }
Assert-Equal 'a b' $form.client_secret 'an array is its text'
Assert-Equal $line (Get-AzureADApplicationAccessToken $guid app-1 x) 'a tenant may be a [guid]'
Assert-Equal 'app-1' (Get-Form "$guid").client_id 'the text of the [guid] is the tenant'
$form = Get-Sent @{ tenantid = $any; clientid = 'app-1'; clientSecret = [psobject]'wrapped' }
Assert-Equal 'wrapped' $form.client_secret 'a wrapped string is its text'

# Bit for bit
foreach ($value in ' leading and trailing ', '& = + % " ''', 'p&q=r+s%t "u'' v', "s$([char]0xE9)cret $([char]0xD83D)$([char]0xDD11)", "tab`tin it", ('x' * 65536), '0', '-_.!*()~') {
    $form = Get-Sent @{ tenantid = $any; clientid = 'app-1'; clientSecret = $value }
    Assert-Equal $value $form.client_secret "secret of $($value.Length) characters: $($value.Substring(0, [Math]::Min(20, $value.Length)))"
}

# Not given
Reset-Globals
foreach ($value in 0, $false, '', $null, 0.0, @()) {
    foreach ($name in 'tenantid', 'clientid', 'clientSecret') {
        $arguments = @{ tenantid = $tenant; clientid = 'app-1'; clientSecret = $secret }
        $arguments[$name] = $value
        $record = Get-Thrown { Build-AzureADApplicationAccessHeader @arguments } "$name = $(Show $value)"
        Assert-Equal $notEnough "$record" "$name = $(Show $value) counts as not given"
    }
    $null = Build-AzureADApplicationAccessHeader $tenant app-1 $secret $value
    Assert-Equal 'client_credentials' (Get-Form $tenant).grant_type "refreshtoken = $(Show $value) counts as not given"
    $null = Build-AzureADApplicationAccessHeader $tenant $value $value refresh-token-1
    Assert-Equal $false (Get-Form $tenant).ContainsKey('client_id') "clientid = $(Show $value) is not sent along"
    Reset-Globals
}
foreach ($name in 'clientid', 'clientSecret') {
    $arguments = @{ tenantid = $tenant; clientid = 'app-1'; clientSecret = $secret }
    $arguments[$name] = ' '
    $record = Get-Thrown { Build-AzureADApplicationAccessHeader @arguments 2>$null } "$name is a blank"
    Assert-Equal 'AadAccess.InvalidArgument' $record.FullyQualifiedErrorId "a blank $name counts as given and is refused"
}
$record = Get-Thrown { Build-AzureADApplicationAccessHeader ' ' app-1 $secret 2>$null } 'tenant is a blank'
Assert-Equal 'AadAccess.InvalidArgument' $record.FullyQualifiedErrorId 'a blank tenant counts as given and is refused'
Assert-GlobalsUntouched 'refused values'

# SecureString and PSCredential
$secure = ConvertTo-SecureString $secret -AsPlainText -Force
Assert-Equal $line (Build-AzureADApplicationAccessHeader $tenant app-1 $secure) 'SecureString as secret'
Assert-Equal $secret (Get-Form $tenant).client_secret 'the text of a SecureString is sent'
$unicode = "s$([char]0xE9)cret $([char]0xD83D)$([char]0xDD11)"
Assert-Equal $line (Build-AzureADApplicationAccessHeader $tenant app-1 (ConvertTo-SecureString $unicode -AsPlainText -Force)) 'SecureString beyond ASCII'
Assert-Equal $unicode (Get-Form $tenant).client_secret 'a SecureString beyond ASCII arrives'
$refresh = ConvertTo-SecureString 'refresh-token-1' -AsPlainText -Force
Assert-Equal $line (Get-AzureADApplicationAccessToken -tenantid $tenant -refreshtoken $refresh) 'SecureString as refresh token'
$credential = [pscredential]::new('app-of-credential', $secure)
Assert-Equal $line (Build-AzureADApplicationAccessHeader $tenant -clientSecret $credential) 'PSCredential as secret'
$form = Get-Form $tenant
Assert-Equal "app-of-credential $secret" "$($form.client_id) $($form.client_secret)" 'its user name is the client id'
Assert-Equal $line (Build-AzureADApplicationAccessHeader $tenant app-2 $credential) 'PSCredential and client id'
Assert-Equal 'app-2' (Get-Form $tenant).client_id 'a client id that is given wins'
$record = Get-Thrown { Build-AzureADApplicationAccessHeader -CACertificatePath nodrive:\x -OperationTimeoutSeconds 1 } 'too little, and a bad path'
Assert-Equal $notEnough "$record" 'what is missing is said before what is wrong'
$empty = [securestring]::new()
$record = Get-Thrown { Build-AzureADApplicationAccessHeader $tenant app-1 $empty } 'empty SecureString'
Assert-Equal $notEnough "$record" 'an empty SecureString counts as not given'
foreach ($name in 'tenantid', 'clientid', 'refreshtoken') {
    $arguments = @{ tenantid = $tenant; clientid = 'app-1'; clientSecret = $secret }
    $arguments[$name] = $credential
    $record = Get-Thrown { Build-AzureADApplicationAccessHeader @arguments 2>$null } "PSCredential as $name"
    Assert-Like "*PSCredential was given as -$name*-clientSecret*" $record.Exception.Message "a PSCredential as $name is refused"
}

# Not a text; and a refused value is never repeated
$record = Get-Thrown { Build-AzureADApplicationAccessHeader $tenant app-1 "lone $([char]0xD800) half" 2>$null } 'half a surrogate pair'
Assert-Like '*client secret holds a lone half of a surrogate pair*' $record.Exception.Message 'half a surrogate pair is refused'
$half = [securestring]::new()
foreach ($char in 'lone'.ToCharArray() + [char]0xD800) { $half.AppendChar($char) }
$record = Get-Thrown { Build-AzureADApplicationAccessHeader $tenant app-1 $half 2>$null } 'half a surrogate pair in a SecureString'
Assert-Like '*client secret holds a lone half of a surrogate pair*' $record.Exception.Message 'half a surrogate pair in a SecureString is refused'
$record = Get-Thrown { Build-AzureADApplicationAccessHeader $tenant app-1 $secret -Proxy "http://lone$([char]0xD800):1" 2>$null } 'half a surrogate pair as proxy'
Assert-Equal 'AadAccess.InvalidArgument' $record.FullyQualifiedErrorId 'a proxy that is not a text is refused, too'
foreach ($position in 0..1) {
    $arguments = @($tenant, 'app-1', $secret)
    $arguments[$position] = "Zz9~swapped secret`r`n"
    Reset-Globals
    $Error.Clear()
    $record = Get-Thrown { Build-AzureADApplicationAccessHeader @arguments 2>$null } 'swapped arguments'
    Assert-Equal 'AadAccess.InvalidArgument' $record.FullyQualifiedErrorId "swapped at $position`: refused"
    Assert-Like '*. Check *swapped*' $record.ErrorDetails.RecommendedAction "swapped at $position`: the problem and the advice are two sentences"
    $all = foreach ($item in $Error) { "$item"; $item.Exception.Message; $item.ErrorDetails.Message; $item.ErrorDetails.RecommendedAction; $item.TargetObject }
    Assert-Equal $false ("$all" -like '*Zz9*') "swapped at $position`: the value is in no error"
    Assert-GlobalsUntouched "swapped at $position"
}

Complete-Test 70
