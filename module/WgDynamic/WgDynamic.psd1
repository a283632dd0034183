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
    'Get-WgDynamicClient',
    'Restart-WgDynamicClient',
    'Start-WgDynamicClient',
    'Stop-WgDynamicClient',
    'Test-WgDynamicClient',
    'Get-WgDynamicConfiguration',
    'New-WgDynamicConfiguration',
    'Test-WgDynamicConfiguration',
    'Get-WgDynamicServer',
    'Restart-WgDynamicServer',
    'Start-WgDynamicServer',
    'Stop-WgDynamicServer',
    'Test-WgDynamicServer',
    'Update-WgDynamicServer',
    'Get-WgDynamicServerStatistics',
    'Reset-WgDynamicServerStatistics',
    'Get-WgEvent',
    'Watch-WgEvent',
    'Get-WgLease',
    'Remove-WgLease',
    'Update-WgLease',
    'Wait-WgLease',
    'Backup-WgLeaseDatabase',
    'Restore-WgLeaseDatabase',
    'Add-WgPool',
    'Disable-WgPool',
    'Enable-WgPool',
    'Get-WgPool',
    'Remove-WgPool',
    'Set-WgPool',
    'Add-WgPoolExclusion',
    'Get-WgPoolExclusion',
    'Remove-WgPoolExclusion',
    'Get-WgPoolStatistics',
    'Get-WgQuickHook',
    'Register-WgQuickHook',
    'Test-WgQuickHook',
    'Unregister-WgQuickHook',
    'Add-WgReservation',
    'Get-WgReservation',
    'Remove-WgReservation',
    'Set-WgReservation'
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
