@{
    RootModule           = 'AzureADApplicationAccess.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '5d0e8a62-6d0c-4f43-9a5b-1f3f4f8f9c1e'
    Author               = 'The aadaccess authors'
    Copyright            = '(c) The aadaccess authors. MIT License.'
    Description          = 'Access tokens and Authorization headers from Microsoft Entra ID (Azure AD) for unattended scripts, over one small native library and without any managed dependency.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    TypesToProcess       = @('AzureADApplicationAccess.types.ps1xml')
    FunctionsToExport    = @('Build-AzureADApplicationAccessHeader', 'Get-AzureADApplicationAccessToken')
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    # The package command adds the libraries, the release notes and the project's address.
    FileList             = @(
        'AzureADApplicationAccess.psd1',
        'AzureADApplicationAccess.psm1',
        'AzureADApplicationAccess.types.ps1xml',
        'private/Checkout.ps1',
        'private/Failure.ps1',
        'private/Fields.ps1',
        'private/Invoke.ps1',
        'private/Library.ps1',
        'private/LibraryFailure.ps1',
        'private/Native.ps1',
        'private/Proxy.ps1',
        'private/Streams.ps1',
        'private/Token.ps1',
        'private/Values.ps1'
    )
    PrivateData          = @{
        PSData = @{
            Tags         = @('Entra', 'AzureAD', 'OAuth2', 'Token', 'Graph', 'Windows', 'Linux', 'MacOS', 'PSEdition_Desktop', 'PSEdition_Core')
            LicenseUri   = 'https://licenses.nuget.org/MIT'
            ReleaseNotes = 'See CHANGELOG.md.'
        }
    }
}
