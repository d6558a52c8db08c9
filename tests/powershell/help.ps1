# Help: complete for every parameter, and true.
. "$PSScriptRoot/assert.ps1"
$common = [System.Management.Automation.Cmdlet]::CommonParameters
foreach ($name in $build, $get) {
    $help = Get-Help $name -Full
    Assert-Like 'Gets an access token from Microsoft Entra ID*' $help.Synopsis "$name`: synopsis"
    Assert-True ("$($help.description.Text)".Length -gt 200) "$name`: description"
    $described = @{}
    foreach ($parameter in $help.parameters.parameter) { $described[$parameter.name] = "$($parameter.description.Text)" }
    foreach ($parameter in (Get-Command $name).Parameters.Keys) {
        if ($common -contains $parameter) { continue }
        Assert-True ($described[$parameter].Length -gt 20) "$name`: -$parameter is described"
        if ($parameter -notin 'tenantid') { Assert-True ($described[$parameter] -match 'Default: |No default') "$name`: -$parameter has a default in its description" }
    }
    Assert-Like '*Required*' $described['tenantid'] "$name`: -tenantid is required"
    Assert-Like '*in seconds*0.001 to 86400*100*' $described['OperationTimeoutSeconds'] "$name`: unit, range and default of the time limit"
    Assert-Like '*from 0 to 10*2*' $described['MaximumRetryCount'] "$name`: range and default of the retries"
    Assert-True (@($help.examples.example).Count -ge 2) "$name`: examples"
    foreach ($example in $help.examples.example) {
        Assert-Like "*$name*" $example.code "$name`: an example calls it"
        $errors = $null
        $null = [System.Management.Automation.Language.Parser]::ParseInput("$($example.code)`n$($example.remarks.Text)", [ref]$null, [ref]$errors)
        Assert-Equal 0 $errors.Count "$name`: an example parses"
    }
    Assert-Like '*System.String*AzureADApplicationAccess.Token*' (@($help.returnValues.returnValue.type.name) -join ' ') "$name`: outputs"
    Assert-Like '*pipe*' "$($help.inputTypes.inputType.type.name)" "$name`: inputs"
    $types = (Get-Command $name).OutputType.Name -join ' '
    Assert-Equal 'System.String AzureADApplicationAccess.Token' $types "$name`: OutputType"
}
$manifest = Test-ModuleManifest "$env:TEST_MODULE/AzureADApplicationAccess.psd1"
Assert-Equal 2 $manifest.ExportedFunctions.Count 'exported functions'
Assert-True ($manifest.ExportedFunctions[$build] -and $manifest.ExportedFunctions[$get]) 'names of the exported functions'
Assert-Equal 0 ($manifest.ExportedAliases.Count + $manifest.ExportedVariables.Count + $manifest.ExportedCmdlets.Count) 'nothing else is exported'
Assert-Equal '0.1.0' "$($manifest.Version)" 'version'
Assert-Equal '5.1' "$($manifest.PowerShellVersion)" 'PowerShell version'
# 5.1 reads a file without byte order mark in the ANSI code page.
foreach ($file in [System.IO.Directory]::GetFiles([System.IO.Path]::GetDirectoryName($env:TEST_MODULE), '*.ps*1*', 'AllDirectories')) {
    $beyond = @([System.IO.File]::ReadAllBytes($file)).Where({ $_ -gt 126 -or ($_ -lt 32 -and $_ -ne 10) }).Count
    Assert-Equal 0 $beyond "pure ASCII, LF: $file"
}
# For [IntPtr] the engine looks into every loaded assembly, for [System.IntPtr] into one.
$accelerators = [psobject].Assembly.GetType('System.Management.Automation.TypeAccelerators')::Get
$isType = { param($ast) $ast -is [System.Management.Automation.Language.TypeExpressionAst] -or $ast -is [System.Management.Automation.Language.TypeConstraintAst] }
foreach ($file in [System.IO.Directory]::GetFiles($env:TEST_MODULE, '*.ps*1', 'AllDirectories')) {
    $ast = [System.Management.Automation.Language.Parser]::ParseFile($file, [ref]$null, [ref]$null)
    $names = @($ast.FindAll($isType, $true)).ForEach({ $_.TypeName.FullName -split '[][,]' }).Where({ $_ })
    $short = @($names).Where({ $_ -notlike 'System.*' -and -not $accelerators.ContainsKey($_) })
    Assert-Equal '' "$short" "types are named in full: $file"
}
# The static check for 5.1 does not see what is called by name; each of these is in .NET Framework 4.7.2.
$known = @(
    'string.ToLowerInvariant', 'string.get_Length', 'System.AppDomain.GetData', 'System.AppDomain.SetData', 'System.IO.File.Exists',
    'System.Management.Automation.PSCmdlet.GetVariableValue', 'System.Reflection.AssemblyName.',
    'System.Reflection.Emit.AssemblyBuilder.DefineDynamicAssembly', 'System.Reflection.Emit.AssemblyBuilder.DefineDynamicModule',
    'System.Reflection.Emit.MethodBuilder.SetImplementationFlags', 'System.Reflection.Emit.ModuleBuilder.DefineType',
    'System.Reflection.Emit.TypeBuilder.CreateType', 'System.Reflection.Emit.TypeBuilder.DefinePInvokeMethod',
    'System.Runtime.InteropServices.Marshal.PtrToStringAnsi', 'System.Threading.Monitor.Enter', 'System.Threading.Monitor.Exit', 'type.GetMethod'
)
foreach ($file in [System.IO.Directory]::GetFiles("$env:TEST_MODULE/private")) {
    foreach ($call in [regex]::Matches([System.IO.File]::ReadAllText($file), '(?m)^[^#\n]*?(InvokeMember\.Invoke\(.*)$')) {
        $found = [regex]::Match($call.Groups[1].Value, "^InvokeMember\.Invoke\(\[([\w.]+)\], @\('(\w*)'")
        $method = $found.Groups[1].Value + '.' + $found.Groups[2].Value
        Assert-True ($known -ccontains $method) "$file`: $($call.Value.Trim()) calls a method that is known to be in 5.1"
    }
}
Complete-Test 120
