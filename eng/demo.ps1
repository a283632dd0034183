<#
.SYNOPSIS
The session that eng/demo-powershell.sh shows: each command behind a prompt, and what it gives.
#>
Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$PSStyle.OutputRendering = 'PlainText'
Import-Module WgDynamic
Set-Location (Join-Path $PSScriptRoot ../pester)
$laptop = (Get-Content $env:WGDYNAMIC_SITE/key.laptop).Trim()
$phone = (Get-Content $env:WGDYNAMIC_SITE/key.phone).Trim()

# An error is a part of the session, and not its end. Called with a dot, so that variables stay.
function Show([string] $Command) {
    "PS> $Command"
    $ErrorActionPreference = 'Continue'
    . ([scriptblock]::Create($Command)) 2>&1 | Out-String -Width 80 -Stream | ForEach-Object TrimEnd
}

function Title([string] $Text) { "`n# $Text`n" }

Title 'Start a client, and see its lease'
. Show 'Stop-WgDynamicClient -Interface wg1 -Release'
. Show 'Start-WgDynamicClient -Interface wg1 -Wait -PassThru'

Title 'List leases'
. Show 'Get-WgLease -Interface wg0'
. Show 'Get-WgLease -Interface wg0 | Where-Object Expired'
. Show 'Get-WgPool -Interface wg0 | Get-WgPoolStatistics'

Title 'Reserve one'
. Show 'Get-WgLease -Interface wg0 -PublicKey $laptop -AddressFamily IPv4 -State Active | Add-WgReservation -Description "the laptop" -PassThru'

Title 'Watch events while another is taken back'
. Show '$watch = Start-ThreadJob { Watch-WgEvent -Interface wg0 -EventType Revoked, Granted -IncludeCurrent -MaxEvents 8 -Timeout 30 }'
foreach ($try in 1..100) { if ($watch.Output.Count) { break } Start-Sleep -Milliseconds 50 }
. Show 'Remove-WgLease -Interface wg0 -PublicKey $phone -Reason "lost" -Force -WhatIf'
. Show 'Remove-WgLease -Interface wg0 -PublicKey $phone -Reason "lost" -Force -Confirm:$false -PassThru'
. Show 'Restart-WgDynamicClient -Interface wg2'
. Show '$watch | Receive-Job -Wait -AutoRemoveJob | Select-Object Time, EventType, IPAddress, Message | Format-Table -Wrap'
. Show 'Get-WgLease -Interface wg0 -IPAddress 10.99.0.1'

Title 'Is the machine in order?'
. Show './Invoke-WgDynamicChecks.ps1 -Interface wg0'
. Show '$LASTEXITCODE'

Title 'Somebody takes an address out of AllowedIPs by hand'
$address = (Get-WgLease -Interface wg0 -PublicKey $laptop -State Active -AddressFamily IPv4).IPAddress
$rest = (wg show wg0 allowed-ips | Where-Object { $_.StartsWith($laptop) }) -replace '^\S+\s+' -split ' ' -ne "$address/32" -join ','
# The server mends it at its next look; right behind one, there is time to see it.
$mended = Start-ThreadJob { Watch-WgEvent -Interface wg0 -EventType Mended -MaxEvents 1 -Timeout 30 }
wg set wg0 peer $laptop allowed-ips $rest
$null = $mended | Wait-Job | Receive-Job
. Show 'wg set wg0 peer $laptop allowed-ips $rest'
. Show './Invoke-WgDynamicChecks.ps1 -Interface wg0'
. Show '$LASTEXITCODE'
