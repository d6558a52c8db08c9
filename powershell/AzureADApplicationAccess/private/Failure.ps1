# The error records. Scripts know two texts and two ids of the original functions; the rest says more.
Use-Part Fields
$script:WriteErrorId = 'Microsoft.PowerShell.Commands.WriteErrorException'
$script:WebErrorId = 'WebCmdletWebResponseException,Microsoft.PowerShell.Commands.InvokeRestMethodCommand'

# Status of the native library -> name of the kind (ids are AadAccess.<kind>) and category.
$script:Kind = @{
    -1 = 'InvalidArgument', 'InvalidArgument'; -2 = 'OAuth', 'AuthenticationError'
    -3 = 'InteractionRequired', 'AuthenticationError'; -4 = 'AuthorizationPending', 'OperationTimeout'
    -5 = 'Throttled', 'LimitsExceeded'; -6 = 'Server', 'ResourceUnavailable'; -7 = 'Http', 'InvalidResult'
    -8 = 'Protocol', 'InvalidData'; -9 = 'Redirect', 'InvalidResult'; -10 = 'Network', 'ConnectionError'
    -11 = 'Proxy', 'ConnectionError'; -12 = 'Tls', 'SecurityError'; -13 = 'Timeout', 'OperationTimeout'
    -14 = 'Cancelled', 'OperationStopped'; -15 = 'Unsupported', 'NotImplemented'; -16 = 'Internal', 'NotSpecified'
}

# Values that are refused before the library is asked: N, thrown, or E with our sentence.
function script:New-ValueFailure($Cmdlet, $Bound, $Refusal) {
    if ($Refusal -ne 'NotEnough') { return Write-Refusal $Cmdlet $Bound @{ Status = -1; HttpStatus = -1; ErrorText = $Refusal } }
    New-ScriptRecord $Cmdlet 'Authorization not successful. Not enough information provided.' "$script:WriteErrorId,$($Cmdlet.MyInvocation.MyCommand.Name)"
}

function script:Read-Failure($Call, $Status) {
    $answer = @{ Status = $Status; HttpStatus = Read-Number $Call 'HttpStatus' }
    foreach ($name in 'ErrorText', 'ErrorAdvice', 'ErrorJson', 'OAuthError', 'Host') { $answer[$name] = Read-Text $Call $name }
    $answer
}

# Writes E as the caller wants errors, and returns the record to be thrown: the detailed one, or E itself where
# the caller's own preference is Stop.
function script:Write-Refusal($Cmdlet, $Bound, $Answer) {
    $action = if ($Bound.ContainsKey('ErrorAction')) { $Bound['ErrorAction'] } else { $Cmdlet.GetVariableValue('ErrorActionPreference') }
    $action = $action -as [System.Management.Automation.ActionPreference]
    $reason = if ($Answer['OAuthError']) { $Answer['OAuthError'] } else { $Answer['ErrorText'] }
    $message = "Authorization not successful. Error while posting body source: $reason"
    if ($action -ne 'Stop') {
        $record = New-ScriptRecord $Cmdlet $message $script:WriteErrorId
        Add-Response $record.Exception $Answer
        $ErrorActionPreference = if ($null -eq $action) { 'Continue' } else { $action }
        $Cmdlet.WriteError($record)
    }
    elseif (-not $Bound.ContainsKey('ErrorAction')) {
        # The suffix is what WriteError appends.
        $record = New-ScriptRecord $Cmdlet $message "$script:WriteErrorId,$($Cmdlet.MyInvocation.MyCommand.Name)"
        Add-Response $record.Exception $Answer
        return $record
    }
    New-DetailedRecord $Cmdlet $Answer
}

# A record as Write-Error makes it.
function script:New-ScriptRecord($Cmdlet, $Message, $Id) {
    $type = 'Microsoft.PowerShell.Commands.WriteErrorException' -as [type]
    $exception = if ($type) { $type::new($Message) } else { [System.SystemException]::new($Message) }
    $record = [System.Management.Automation.ErrorRecord]::new($exception, $Id, 'NotSpecified', $null)
    $record.CategoryInfo.Activity = $Cmdlet.MyInvocation.MyCommand.Name
    $record
}

# A record as Invoke-RestMethod throws it: ErrorDetails.Message is the answer's JSON.
function script:New-DetailedRecord($Cmdlet, $Answer) {
    $kind, $category = $script:Kind[[int]$Answer['Status']]
    $id = if ($Answer['HttpStatus'] -ge 0) { $script:WebErrorId } else { "AadAccess.$kind" }
    $exception = New-WebException $Answer
    Add-Response $exception $Answer
    $record = [System.Management.Automation.ErrorRecord]::new($exception, $id, $category, $Answer['Host'])
    $record.ErrorDetails = [System.Management.Automation.ErrorDetails]::new("$($Answer['ErrorJson'])")
    $sentences = foreach ($text in $Answer['ErrorText'], $Answer['ErrorAdvice']) { if ($text) { $text.TrimEnd('.') + '.' } }
    $record.ErrorDetails.RecommendedAction = $sentences -join ' '
    $record.CategoryInfo.Activity = $Cmdlet.MyInvocation.MyCommand.Name
    $record
}

# The type that Invoke-RestMethod throws in this edition, so that typed catch clauses match.
function script:New-WebException($Answer) {
    if ([System.Environment]::Version.Major -eq 4) { return [System.Net.WebException]::new($Answer['ErrorText']) }
    $type = 'Microsoft.PowerShell.Commands.HttpResponseException' -as [type]
    if ($type -and $Answer['HttpStatus'] -ge 0) {
        $code = [System.Enum]::ToObject([System.Net.HttpStatusCode], $Answer['HttpStatus'])
        return $type::new($Answer['ErrorText'], [System.Net.Http.HttpResponseMessage]::new($code))
    }
    [System.Net.Http.HttpRequestException]::new($Answer['ErrorText'])
}

# Exception.StatusCode and Exception.Response.StatusCode, as note properties where they can't be real.
function script:Add-Response($Exception, $Answer) {
    $code = if ($Answer['HttpStatus'] -ge 0) { [System.Enum]::ToObject([System.Net.HttpStatusCode], $Answer['HttpStatus']) } else { $null }
    $response = if ($null -ne $code) { [pscustomobject]@{ StatusCode = $code } } else { $null }
    $values = @{ StatusCode = $code; Response = $response }
    $members = ([psobject]$Exception).PSObject.Properties
    foreach ($name in $values.Keys) {
        $present = $members[$name]
        if ($present -and $null -ne $present.Value) { continue }
        $members.Add([System.Management.Automation.PSNoteProperty]::new($name, $values[$name]))
    }
}
