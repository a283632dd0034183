<#
.SYNOPSIS
Checks a machine with wg-dynamic: is it in order, and if not, what is to be done?

.DESCRIPTION
Runs the checks of WgDynamic.Checks.Tests.ps1, with Pester 5.5 or newer, against the daemons of this machine. They read and change nothing.
A check that fails says what is wrong, with what, and what to do about it; one that cannot be made here says why, and counts as skipped.

The exit code is 0 if no check failed, 1 if one did, 2 if they could not be made at all.

.PARAMETER Interface
The interfaces to check. Without any: those that have a daemon.

.PARAMETER Tag
Only checks with one of these tags: Server, AllowedIPs, Addresses, Pools, Leases, Clock, Hook, Unit, Database, Client.

.PARAMETER ExcludeTag
No checks with one of these tags.

.PARAMETER PoolThreshold
From how many percent in use on a pool is too full.

.PARAMETER RenewalMargin
From how many percent of its duration that are left on a lease should have been renewed. Clients renew when half of it is left.

.PARAMETER OutputFormat
Text, for people; Json, one line for each check on standard output; or a file for a build server: JUnitXml, NUnitXml, NUnit3 (see Pester). The files need OutputPath.

.PARAMETER OutputPath
The file for JUnitXml, NUnitXml and NUnit3.

.PARAMETER PassThru
Gives an object for each check: Interface, Tag, Check, Result (Passed, Failed or Skipped), Message, Duration.

.EXAMPLE
./Invoke-WgDynamicChecks.ps1 -Interface wg0

Checks all of wg0.

.EXAMPLE
./Invoke-WgDynamicChecks.ps1 -Interface wg0 -Tag Pools, Leases -PoolThreshold 80 -OutputFormat Json

Checks pools and leases, for a monitoring system.

.EXAMPLE
./Invoke-WgDynamicChecks.ps1 -PassThru | Where-Object Result -eq 'Failed'

The checks that fail, of all interfaces with a daemon, as objects.
#>
#Requires -Version 7.6
[CmdletBinding()]
param(
    [Parameter(Position = 0)] [string[]] $Interface,
    [ValidateSet('Server', 'AllowedIPs', 'Addresses', 'Pools', 'Leases', 'Clock', 'Hook', 'Unit', 'Database', 'Client')] [string[]] $Tag,
    [ValidateSet('Server', 'AllowedIPs', 'Addresses', 'Pools', 'Leases', 'Clock', 'Hook', 'Unit', 'Database', 'Client')] [string[]] $ExcludeTag,
    [ValidateRange(1, 100)] [int] $PoolThreshold = 90,
    [ValidateRange(1, 99)] [int] $RenewalMargin = 25,
    [ValidateSet('Text', 'Json', 'JUnitXml', 'NUnitXml', 'NUnit3')] [string] $OutputFormat = 'Text',
    [string] $OutputPath,
    [switch] $PassThru
)
Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

# Standard error, so that neither objects nor lines of JSON are mixed up with it.
function Stop-Checking([string] $Message) {
    [Console]::Error.WriteLine("Invoke-WgDynamicChecks: $Message")
    exit 2
}

$isFile = $OutputFormat -in 'JUnitXml', 'NUnitXml', 'NUnit3'
if ($isFile -ne [bool] $OutputPath) { Stop-Checking '-OutputPath goes with -OutputFormat JUnitXml, NUnitXml or NUnit3, and they with it' }

try { Import-Module Pester -MinimumVersion 5.5 }
catch { Stop-Checking 'Pester 5.5 or newer is needed: Install-PSResource Pester' }
try { Import-Module WgDynamic }
catch { Stop-Checking "the module WgDynamic is needed, from the package wg-dynamic-powershell: $_" }

if (-not $Interface) {
    $Interface = @(Get-WgDynamicServer -Interface * -ErrorAction Ignore) + @(Get-WgDynamicClient -Interface * -ErrorAction Ignore) |
        ForEach-Object Interface | Sort-Object -Unique
    if (-not $Interface) { Stop-Checking 'no daemon of wg-dynamic runs here; name the interface that should have one: -Interface wg0' }
}

$configuration = New-PesterConfiguration
$configuration.Run.Container = New-PesterContainer -Path (Join-Path $PSScriptRoot 'WgDynamic.Checks.Tests.ps1') -Data @{
    Interface = $Interface; PoolThreshold = $PoolThreshold; RenewalMargin = $RenewalMargin
}
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = $OutputFormat -eq 'Json' -or $PassThru ? 'None' : 'Detailed'
if ($Tag) { $configuration.Filter.Tag = $Tag }
if ($ExcludeTag) { $configuration.Filter.ExcludeTag = $ExcludeTag }
if ($isFile) {
    $configuration.TestResult.Enabled = $true
    $configuration.TestResult.OutputFormat = $OutputFormat
    $configuration.TestResult.OutputPath = $OutputPath
}
$run = Invoke-Pester -Configuration $configuration

$checks = foreach ($test in $run.Tests | Where-Object Result -ne 'NotRun') {
    [pscustomobject]@{
        Interface = $test.Block.ExpandedName -replace '^.* of '
        Tag = $test.Tag + $test.Block.Tag | Select-Object -First 1
        Check = $test.ExpandedName
        Result = "$($test.Result)"
        # Pester's "is skipped, because" is said by Result.
        Message = "$($test.ErrorRecord | Select-Object -First 1)" -replace '^is skipped, because '
        Duration = $test.Duration
    }
}
if ($PassThru) { $checks }
elseif ($OutputFormat -eq 'Json') { $checks | Select-Object Interface, Tag, Check, Result, Message, @{ n = 'Seconds'; e = { $_.Duration.TotalSeconds } } | ForEach-Object { ConvertTo-Json $_ -Compress } }

# What fails outside of a check has made no check; a tag that fits none has made none either.
$outside = @($run.Containers + $run.FailedBlocks | Where-Object { $_.ErrorRecord } | ForEach-Object { "$($_.ErrorRecord)" })
if ($outside) { Stop-Checking ($outside -join "`n") }
if (-not $checks) { Stop-Checking 'no check has such a tag here' }
exit [int] ($run.FailedCount -gt 0)
