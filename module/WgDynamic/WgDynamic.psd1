@{
  RootModule = 'WgDynamic.PowerShell.dll'
  ModuleVersion = '0.1.0'
  GUID = '6a1f1c3e-8a0b-4c0e-9c83-3f2b5f0d7d4e'
  Author = 'The WgDynamic authors'
  CompanyName = 'WgDynamic'
  Copyright = 'Copyright (c) 2026 The WgDynamic authors. MIT License.'
  Description = 'Dynamic addresses for WireGuard, as objects: leases, reservations, pools and events of the daemons wg-dynamic-server and wg-dynamic-client, which this module starts, stops, asks and checks. Linux only.'
  CompatiblePSEditions = @('Core')
  PowerShellVersion = '7.6'
  TypesToProcess = @('WgDynamic.types.ps1xml')
  FormatsToProcess = @('WgDynamic.format.ps1xml')
  CmdletsToExport = @(
    'Get-WgLease'
  )
  FunctionsToExport = @()
  VariablesToExport = @()
  AliasesToExport = @()
  PrivateData = @{
    PSData = @{
      Tags = @('WireGuard', 'VPN', 'DHCP', 'IPAM', 'Networking', 'Linux', 'PSEdition_Core')
      LicenseUri = 'https://opensource.org/license/mit'
      ReleaseNotes = 'The first release. See CHANGELOG.md of the project.'
    }
  }
}
