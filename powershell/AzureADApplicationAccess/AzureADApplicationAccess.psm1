# Two functions over one native library. What they share lies in private/, one file for each thing, and is
# read at the first call, so that importing stays fast: Invoke.ps1 is the way of one call from end to end.

function Build-AzureADApplicationAccessHeader {
<#
.SYNOPSIS
Gets an access token from Microsoft Entra ID and builds the Authorization header of it.

.DESCRIPTION
Asks for a new token at each call, with a client secret or a refresh token, and on success sets two globals:
$global:AzureAdAccessToken, the text "Bearer <token>", and $global:Header, a new hashtable with the key
Authorization, for Invoke-RestMethod -Headers. A failure leaves both as they were. It writes the error
"Authorization not successful. Error while posting body source: <error>" and then throws a record with the
server's answer, which ends the script unless it is caught.

.PARAMETER tenantid
The tenant: its GUID or one of its domain names, such as contoso.onmicrosoft.com. Required.

.PARAMETER clientid
The application (client) ID. Required with a client secret; wanted by Entra ID with a refresh token, too.
Default: the user name, when -clientSecret is a PSCredential.

.PARAMETER clientSecret
The client secret's value (not its ID): a string, a SecureString, or a PSCredential whose password it is.
No default. Sent along with a refresh token when given.

.PARAMETER refreshtoken
A refresh token: a string or a SecureString. No default. With a tenant it wins over a client secret.
A rotated refresh token is handed out by -PassThru only.

.PARAMETER Scope
What the token is for. Default: https://graph.microsoft.com/.default

.PARAMETER Authority
The base URL of the sign-in service. Default: https://login.microsoftonline.com
Only https, or http to a loopback address.

.PARAMETER OperationTimeoutSeconds
The time limit of the whole call in seconds, retries and waits included: 0.001 to 86400. Default: 100

.PARAMETER MaximumRetryCount
How often a request is sent again after a failure that may pass, a number from 0 to 10. Default: 2

.PARAMETER CACertificatePath
A PEM file of certificate authorities that are trusted in addition to the system's. Default: none.

.PARAMETER Proxy
The URL of an HTTP proxy, http://[user:password@]host:port; '' goes direct.
Default: HTTPS_PROXY or ALL_PROXY with NO_PROXY of this session's environment; on Windows then the system's proxy.

.PARAMETER ProxyCredential
User name and password for the proxy; they win over those in its URL. Default: none.

.PARAMETER PassThru
Returns an object with TokenType, ExpiresOn, Scope, CorrelationId, AccessToken, RefreshToken and GetHeader()
instead of the success line. Default: off. Globals are set all the same.

.INPUTS
None. You cannot pipe to this function.

.OUTPUTS
System.String: the line "Authorization successful! Token saved in varable."

.OUTPUTS
AzureADApplicationAccess.Token: with -PassThru. ExpiresOn is a UTC DateTimeOffset, or $null when unknown;
AccessToken and RefreshToken are SecureStrings; GetHeader() returns a hashtable such as $global:Header.

.EXAMPLE
Build-AzureADApplicationAccessHeader -tenantid $tenantId -clientid $clientId -clientSecret $clientSecret
Invoke-RestMethod -Uri https://graph.microsoft.com/v1.0/users -Headers $Header

.EXAMPLE
Build-AzureADApplicationAccessHeader -tenantid $tenantId -clientSecret (Get-Credential -Message 'client id and secret')

.EXAMPLE
$token = Build-AzureADApplicationAccessHeader -tenantid $tenantId -clientid $clientId -refreshtoken $refreshToken -PassThru
if ($token.RefreshToken) { $refreshToken = $token.RefreshToken }
#>
    [CmdletBinding()]
    [OutputType('System.String', 'AzureADApplicationAccess.Token')]
    param(
        [Parameter(Position = 0)] $tenantid,
        [Parameter(Position = 1)] $clientid,
        [Parameter(Position = 2)] $clientSecret,
        [Parameter(Position = 3)] $refreshtoken,
        [string] $Scope,
        [string] $Authority,
        [double] $OperationTimeoutSeconds,
        [int] $MaximumRetryCount,
        [string] $CACertificatePath,
        [string] $Proxy,
        [pscredential] $ProxyCredential,
        [switch] $PassThru
    )
    if ($ExecutionContext.SessionState.LanguageMode -notlike 'FullLanguage') { . $script:DenyLanguageMode; return }
    if ($script:Native -isnot [hashtable]) { . ($PSScriptRoot, '/private/Invoke.ps1' -join '') }
    $result = Invoke-TokenRequest $PSCmdlet $PSBoundParameters
    if ($result['Failure'] -is [System.Object]) {
        # A throw ends the script; under any other preference this function would go on behind it.
        $ErrorActionPreference = 'Continue'
        throw $result['Failure']
        return
    }
    # One statement: Ctrl-C finds both globals changed or none.
    $global:AzureAdAccessToken, $global:Header = $result['Header'], @{ Authorization = $result['Header'] }
    $result['Output']
}

function Get-AzureADApplicationAccessToken {
<#
.SYNOPSIS
Gets an access token from Microsoft Entra ID.

.DESCRIPTION
Asks for a new token at each call, with a client secret or a refresh token, and on success sets
$global:AzureAdAccessToken to the text "Bearer <token>". $global:Header is left alone:
Build-AzureADApplicationAccessHeader sets it. A failure leaves the globals as they were. It writes the error
"Authorization not successful. Error while posting body source: <error>" and then throws a record with the
server's answer, which ends the script unless it is caught.

.PARAMETER tenantid
The tenant: its GUID or one of its domain names, such as contoso.onmicrosoft.com. Required.

.PARAMETER clientid
The application (client) ID. Required with a client secret; wanted by Entra ID with a refresh token, too.
Default: the user name, when -clientSecret is a PSCredential.

.PARAMETER clientSecret
The client secret's value (not its ID): a string, a SecureString, or a PSCredential whose password it is.
No default. Sent along with a refresh token when given.

.PARAMETER refreshtoken
A refresh token: a string or a SecureString. No default. With a tenant it wins over a client secret.
A rotated refresh token is handed out by -PassThru only.

.PARAMETER Scope
What the token is for. Default: https://graph.microsoft.com/.default

.PARAMETER Authority
The base URL of the sign-in service. Default: https://login.microsoftonline.com
Only https, or http to a loopback address.

.PARAMETER OperationTimeoutSeconds
The time limit of the whole call in seconds, retries and waits included: 0.001 to 86400. Default: 100

.PARAMETER MaximumRetryCount
How often a request is sent again after a failure that may pass, a number from 0 to 10. Default: 2

.PARAMETER CACertificatePath
A PEM file of certificate authorities that are trusted in addition to the system's. Default: none.

.PARAMETER Proxy
The URL of an HTTP proxy, http://[user:password@]host:port; '' goes direct.
Default: HTTPS_PROXY or ALL_PROXY with NO_PROXY of this session's environment; on Windows then the system's proxy.

.PARAMETER ProxyCredential
User name and password for the proxy; they win over those in its URL. Default: none.

.PARAMETER PassThru
Returns an object with TokenType, ExpiresOn, Scope, CorrelationId, AccessToken, RefreshToken and GetHeader()
instead of the success line. Default: off. Globals are set all the same.

.INPUTS
None. You cannot pipe to this function.

.OUTPUTS
System.String: the line "Authorization successful! Token saved in varable."

.OUTPUTS
AzureADApplicationAccess.Token: with -PassThru. ExpiresOn is a UTC DateTimeOffset, or $null when unknown;
AccessToken and RefreshToken are SecureStrings; GetHeader() returns a hashtable with the key Authorization.

.EXAMPLE
Get-AzureADApplicationAccessToken -tenantid $tenantId -clientid $clientId -clientSecret $clientSecret
Invoke-RestMethod -Uri https://graph.microsoft.com/v1.0/users -Headers @{ Authorization = $AzureAdAccessToken }

.EXAMPLE
$token = Get-AzureADApplicationAccessToken -tenantid $tenantId -clientid $clientId -clientSecret $secureString -PassThru
Invoke-RestMethod -Uri https://graph.microsoft.com/v1.0/users -Headers $token.GetHeader()
#>
    [CmdletBinding()]
    [OutputType('System.String', 'AzureADApplicationAccess.Token')]
    param(
        [Parameter(Position = 0)] $tenantid,
        [Parameter(Position = 1)] $clientid,
        [Parameter(Position = 2)] $clientSecret,
        [Parameter(Position = 3)] $refreshtoken,
        [string] $Scope,
        [string] $Authority,
        [double] $OperationTimeoutSeconds,
        [int] $MaximumRetryCount,
        [string] $CACertificatePath,
        [string] $Proxy,
        [pscredential] $ProxyCredential,
        [switch] $PassThru
    )
    if ($ExecutionContext.SessionState.LanguageMode -notlike 'FullLanguage') { . $script:DenyLanguageMode; return }
    if ($script:Native -isnot [hashtable]) { . ($PSScriptRoot, '/private/Invoke.ps1' -join '') }
    $result = Invoke-TokenRequest $PSCmdlet $PSBoundParameters
    if ($result['Failure'] -is [System.Object]) {
        $ErrorActionPreference = 'Continue'
        throw $result['Failure']
        return
    }
    $global:AzureAdAccessToken = $result['Header']
    $result['Output']
}

# Reads the files of private/ that only some calls need, once.
$script:ModuleRoot = $PSScriptRoot
$script:Parts = @{}
$script:Native = $null
function Use-Part($Name) {
    if ($script:Parts[$Name] -is [System.Object]) { return }
    . ($script:ModuleRoot, '/private/', $Name, '.ps1' -join '')
    $script:Parts[$Name] = $Name
}

# Dot-sourced, so that the error is the caller's. ConstrainedLanguage allows no .NET type and no method, so this is
# the one place that takes a command from outside Microsoft.PowerShell.Core.
$script:DenyLanguageMode = {
    $sentence = "This session runs in $($ExecutionContext.SessionState.LanguageMode) mode, in which the module " +
        'AzureADApplicationAccess cannot call its native library: install the module signed, from a publisher or ' +
        'a location that the policy of this machine allows (App Control, AppLocker).'
    if (-not (Get-Command -Name Write-Error -ErrorAction Ignore)) { throw $sentence }
    Write-Error -Message $sentence -ErrorId AadAccess.ConstrainedLanguage -Category PermissionDenied # 5.1: asked for above
}
