<#
.SYNOPSIS
Runs Pester tests and writes a report in the Common Test Report Format, as the other tests do, for eng/test.sh to count.
.PARAMETER Path
Files with tests.
.PARAMETER Report
The report.
.PARAMETER PesterVersion
Which Pester.
.PARAMETER Filter
Only tests whose full name fits; * stands for anything.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string[]] $Path,
    [Parameter(Mandatory)] [string] $Report,
    [Parameter(Mandatory)] [version] $PesterVersion,
    [string] $Filter
)
Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
Import-Module Pester -RequiredVersion $PesterVersion

$configuration = New-PesterConfiguration
# pwsh -File hands an array over as one text.
$configuration.Run.Path = $Path -split ','
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
$configuration.Output.RenderMode = 'Plaintext'
if ($Filter) { $configuration.Filter.FullName = $Filter }
$result = Invoke-Pester -Configuration $configuration

$states = @{ Passed = 'passed'; Failed = 'failed'; Skipped = 'skipped'; Inconclusive = 'failed' }
# What a filter left out is no test of this run.
$tests = foreach ($test in $result.Tests | Where-Object Result -in $states.Keys) {
    @{
        name = "$($test.ScriptBlock.File | Split-Path -Leaf): $($test.ExpandedPath)"
        status = $states[$test.Result]
        duration = [int] $test.Duration.TotalMilliseconds
        message = "$($test.ErrorRecord | ForEach-Object Exception | ForEach-Object Message)"
    }
}
# A file that cannot even be read, or a block that cannot be set up, holds tests that nobody counts.
$errors = foreach ($container in $result.FailedContainers) { @{ name = "$container"; message = "$($container.ErrorRecord)" } }
$errors = @($errors) + @(foreach ($block in $result.FailedBlocks) { if ($block.ErrorRecord) { @{ name = "$block"; message = "$($block.ErrorRecord)" } } })
@{
    results = @{
        tool = @{ name = "Pester $PesterVersion" }
        summary = @{
            tests = @($tests).Count
            passed = @($tests | Where-Object status -eq 'passed').Count
            failed = @($tests | Where-Object status -eq 'failed').Count
            skipped = @($tests | Where-Object status -eq 'skipped').Count
        }
        tests = @($tests)
        extra = @{ suites = @(@{ errors = @($errors | Where-Object { $_ }) }) }
    }
} | ConvertTo-Json -Depth 8 | Set-Content -LiteralPath $Report
exit [int] ($result.Result -ne 'Passed')
