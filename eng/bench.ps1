<#
.SYNOPSIS
How long the PowerShell module takes, for eng/bench.sh: prints lines of a name and milliseconds.
.PARAMETER Module
The module's folder.
.PARAMETER Scratch
A directory for an empty module.
.PARAMETER Interface
Whose leases are read.
.PARAMETER Turns
How often; the best counts, since others use the machine too.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Module,
    [Parameter(Mandatory)] [string] $Scratch,
    [Parameter(Mandatory)] [string] $Interface,
    [int] $Turns = 5
)
Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

# A module with an assembly and a cmdlet, and nothing in them.
$empty = New-Item -ItemType Directory -Force (Join-Path $Scratch Empty)
Add-Type -OutputAssembly (Join-Path $empty Empty.dll) -TypeDefinition @'
using System.Management.Automation;
[Cmdlet(VerbsCommon.Get, "Nothing")]
public sealed class GetNothingCommand : Cmdlet;
'@
New-ModuleManifest -Path (Join-Path $empty Empty.psd1) -RootModule Empty.dll -CmdletsToExport Get-Nothing -PowerShellVersion 7.6

# In a new process, since an assembly is loaded once.
function Measure-Import([string] $Path) {
    $best = foreach ($turn in 1..$Turns) {
        [double] (pwsh -NoProfile -NonInteractive -Command "`$watch = [Diagnostics.Stopwatch]::StartNew(); Import-Module '$Path'; `$watch.Elapsed.TotalMilliseconds")
    }
    ($best | Measure-Object -Minimum).Minimum
}

'import {0:f0}' -f (Measure-Import (Join-Path $Module WgDynamic.psd1))
'empty {0:f0}' -f (Measure-Import (Join-Path $empty Empty.psd1))

Import-Module (Join-Path $Module WgDynamic.psd1)
$measured = foreach ($turn in 1..$Turns) {
    $state = @{ First = 0.0; Count = 0 }
    $watch = [Diagnostics.Stopwatch]::StartNew()
    Get-WgLease -Interface $Interface | . { process { if (-not $state.Count++) { $state.First = $watch.Elapsed.TotalMilliseconds } } }
    [pscustomobject]@{ First = $state.First; All = $watch.Elapsed.TotalMilliseconds; Count = $state.Count }
}
'cold {0:f0}' -f $measured[0].First
'first {0:f0}' -f ($measured | Measure-Object First -Minimum).Minimum
'all {0:f0}' -f ($measured | Measure-Object All -Minimum).Minimum
'count {0}' -f $measured[0].Count
$memory = [GC]::GetTotalMemory($true) / 1MB
'memory {0:f0}' -f $memory
