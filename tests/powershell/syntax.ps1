# Parameters as callers write them: positions, abbreviations, splatting, mixtures; and what is an error now.
. "$PSScriptRoot/assert.ps1"
$tenant = 'syntax.contoso.example'

foreach ($name in $build, $get) {
    $command = Get-Command $name
    $own = 'tenantid', 'clientid', 'clientSecret', 'refreshtoken'
    for ($i = 0; $i -lt 4; $i++) {
        $parameter = $command.Parameters[$own[$i]]
        $attribute = $parameter.Attributes.Where({ $_ -is [Parameter] })[0]
        Assert-Equal $own[$i] $parameter.Name "$name`: spelling of $($own[$i])"
        Assert-Equal $i $attribute.Position "$name`: position of $($own[$i])"
        Assert-Equal $false $attribute.Mandatory "$name`: $($own[$i]) is optional"
        Assert-Equal $false ($attribute.ValueFromPipeline -or $attribute.ValueFromPipelineByPropertyName) "$name`: no pipeline input"
        Assert-Equal '__AllParameterSets' $attribute.ParameterSetName "$name`: $($own[$i]) is in no set of its own"
        Assert-Equal ([object]) $parameter.ParameterType "$name`: type of $($own[$i])"
        Assert-Equal 0 $parameter.Aliases.Count "$name`: no alias for $($own[$i])"
    }
    # Promised abbreviations: whatever begins with them is one of the four.
    $spellings = foreach ($parameter in $command.Parameters.Values) { $parameter.Name; $parameter.Aliases }
    foreach ($start in 't', 'r', 'clienti', 'clients') {
        $hits = @($spellings).Where({ $_ -like "$start*" })
        Assert-Equal 1 $hits.Count "$name`: only one parameter begins with $start"
    }
    foreach ($parameter in $command.Parameters.Values) {
        if ($own -contains $parameter.Name) { continue }
        $attribute = $parameter.Attributes.Where({ $_ -is [Parameter] })[0]
        Assert-True ($attribute.Position -lt 0) "$name`: $($parameter.Name) has no position"
    }

    $calls = [ordered]@{
        'positions'           = { & $name $tenant app-1 $secret }
        '-t -clienti -clients' = { & $name -t $tenant -clienti app-1 -clients $secret }
        '-tenant'             = { & $name -tenant $tenant -clientid app-1 -clientSecret $secret }
        'other case'          = { & $name -TENANTID $tenant -ClientID app-1 -CLIENTsecret $secret }
        'colons'              = { & $name -t:$tenant -clientid:app-1 -clientSecret:$secret }
        'splatted hashtable'  = { $splat = @{ tenantid = $tenant; clientid = 'app-1'; clientSecret = $secret }; & $name @splat }
        'splatted abbreviations' = { $splat = @{ t = $tenant; clienti = 'app-1'; clients = $secret }; & $name @splat }
        'splatted array'      = { $splat = $tenant, 'app-1', $secret; & $name @splat }
        'mixed'               = { & $name -clientSecret $secret $tenant app-1 }
    }
    foreach ($call in $calls.GetEnumerator()) {
        $global:AzureAdAccessToken = $null
        Assert-Equal $line (& $call.Value) "$name`: $($call.Key)"
        Assert-Equal 'client_credentials' (Get-Form $tenant).grant_type "$name`: $($call.Key): grant"
        Assert-Like 'Bearer test-token-*' $global:AzureAdAccessToken "$name`: $($call.Key): token"
    }
    $calls = [ordered]@{
        '-r'                   = { & $name -t $tenant -r refresh-token-1 }
        '-refresh'             = { & $name -tenant $tenant -refresh refresh-token-1 }
        'name before position' = { & $name -refreshtoken refresh-token-1 $tenant }
        'four positions'       = { & $name $tenant $null $null refresh-token-1 }
        'it wins over a secret' = { & $name $tenant app-1 $secret refresh-token-1 }
    }
    foreach ($call in $calls.GetEnumerator()) {
        Assert-Equal $line (& $call.Value) "$name`: $($call.Key)"
        Assert-Equal 'refresh_token' (Get-Form $tenant).grant_type "$name`: $($call.Key): grant"
    }
    $form = Get-Form $tenant
    Assert-Equal "app-1 $secret" "$($form.client_id) $($form.client_secret)" "$name`: client id and secret go with a refresh when given"

    # What does not run at all.
    $count = (Get-Record $tenant).count
    Reset-Globals
    foreach ($abbreviation in 'c', 'client') {
        $record = Get-Thrown { $splat = @{ $abbreviation = 'x' }; & $name @splat } "$name`: -$abbreviation"
        Assert-Equal "AmbiguousParameter,$name" $record.FullyQualifiedErrorId "$name`: -$abbreviation is ambiguous"
        Assert-Like '*-clientid*-clientSecret*' $record "$name`: -$abbreviation names both"
    }
    $record = Get-Thrown { & $name $tenant app-1 $secret -unknown x } "$name`: unknown parameter"
    Assert-Equal "NamedParameterNotFound,$name" $record.FullyQualifiedErrorId "$name`: an unknown parameter is an error"
    $record = Get-Thrown { & $name $tenant app-1 $secret $null surplus } "$name`: surplus value"
    Assert-Equal "PositionalParameterNotFound,$name" $record.FullyQualifiedErrorId "$name`: a surplus value is an error"
    Assert-Equal $count (Get-Record $tenant).count "$name`: nothing was sent"
    Assert-GlobalsUntouched $name

    # Piped input: one error for each object, and the call runs.
    $Error.Clear()
    $output = 1, 2 | & $name $tenant app-1 $secret 2>$null
    Assert-Equal $line $output "$name`: piped input does not stop the call"
    Assert-Equal 2 $Error.Count "$name`: one error for each piped object"
    Assert-Equal ($count + 1) (Get-Record $tenant).count "$name`: one request, whatever is piped in"

    # $PSDefaultParameterValues, which is how all these calls find their endpoint.
    $PSDefaultParameterValues["$name`:Scope"] = 'https://vault.example/.default'
    $null = & $name $tenant app-1 $secret
    Assert-Equal 'https://vault.example/.default' (Get-Form $tenant).scope "$name`: PSDefaultParameterValues"
    $PSDefaultParameterValues.Remove("$name`:Scope")
    $output = & $name $tenant app-1 $secret -OutVariable kept
    Assert-Equal $line "$kept" "$name`: -OutVariable takes effect"
}
Complete-Test 150
