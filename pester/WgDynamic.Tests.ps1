<#
.SYNOPSIS
The module in pwsh itself, on the hub with two clients that eng/site.sh makes. What the engine alone can show is tested in
tests/WgDynamic.PowerShell.Tests; this is about what comes with pwsh: importing, formatting, files, jobs and exit codes.
#>
BeforeDiscovery {
    $cmdlets = (Import-PowerShellDataFile (Join-Path (Get-Module WgDynamic -ListAvailable)[0].ModuleBase WgDynamic.psd1)).CmdletsToExport
}

BeforeAll {
    if (-not $env:WGDYNAMIC_SITE) { throw 'These tests need the hub that eng/site.sh makes: eng/test.sh runs them there.' }
    Import-Module WgDynamic
    $laptop = (Get-Content $env:WGDYNAMIC_SITE/key.laptop).Trim()
    $phone = (Get-Content $env:WGDYNAMIC_SITE/key.phone).Trim()
}

Describe 'The module' -Tag Module {
    It 'is found by the name of one of its cmdlets, without being imported' {
        $gave = pwsh -NoProfile -NonInteractive -Command '(Get-WgLease -Interface wg0 -State Active).Count; (Get-Module WgDynamic).Name'
        $gave | Should -Be @('4', 'WgDynamic')
    }

    It 'comes into a session that has other modules and leaves again' {
        pwsh -NoProfile -NonInteractive -Command 'Import-Module Microsoft.PowerShell.Archive, WgDynamic; Remove-Module WgDynamic; @(Get-Command *-Wg*).Count -ge 0; exit 3' | Should -Be 'True'
        $LASTEXITCODE | Should -Be 3
    }

    It 'has help for <_> that fits a terminal' -ForEach $cmdlets {
        $help = Get-Help $_ -Full | Out-String -Width 80
        $help | Should -Match ([regex]::Escape($_))
        $help | Should -Match 'EXAMPLE 1|Example 1'
    }
}

Describe 'Leases' -Tag Leases {
    It 'are shown as a table of 80 columns' {
        $lines = Get-WgLease -Interface wg0 | Out-String -Width 80 -Stream | Where-Object { $_ }
        $lines.Count | Should -Be 6 -Because 'there are four leases below a heading'
        ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
        $lines[0] | Should -Match 'IPAddress'
    }

    It 'go through a CSV file and become reservations' {
        Get-WgLease -Interface wg0 -PublicKey $phone -State Active | Export-Csv TestDrive:/leases.csv
        Import-Csv TestDrive:/leases.csv | Add-WgReservation
        try { (Get-WgReservation -Interface wg0 -PublicKey $phone).Count | Should -Be 2 }
        finally { Get-WgReservation -Interface wg0 | Where-Object Origin -eq Runtime | Remove-WgReservation -Confirm:$false }
    }

    It 'can be asked for in a job and in parallel' {
        Start-ThreadJob { Get-WgLease -Interface wg0 -State Active } | Receive-Job -Wait -AutoRemoveJob | Should -HaveCount 4
        1..8 | ForEach-Object -Parallel { Get-WgLease -Interface wg0 -State Active } -ThrottleLimit 4 | Should -HaveCount 32
    }

    It 'are found expired by a plain Where' {
        Get-WgLease -Interface wg0 | Where-Object Expired | Should -BeNullOrEmpty
        Get-WgLease -Interface wg0 | Where-Object -Not Expired | Should -HaveCount 4
    }

    It 'are taken back only when the question is answered' {
        $null = pwsh -NoProfile -NonInteractive -Command "Remove-WgLease -Interface wg0 -PublicKey '$phone' -Force:`$false" 2>&1
        Get-WgLease -Interface wg0 -PublicKey $phone -State Active | Should -HaveCount 2
    }
}

Describe 'Errors' -Tag Errors {
    It 'of <Script> are <Id>' -ForEach @(
        @{ Script = 'Get-WgLease -Interface wgnone'; Id = 'WgInterfaceNotFound' }
        @{ Script = 'Get-WgLease -Interface wg0 -IPAddress 10.99.0.1'; Id = 'WgLeaseNotFound' }
        @{ Script = 'Get-WgReservation -Interface wg0 -IPAddress 10.99.0.1'; Id = 'WgReservationNotFound' }
        @{ Script = 'Get-WgPool -Interface wg0 -Prefix 10.99.0.0/24'; Id = 'WgPoolNotFound' }
        @{ Script = 'Wait-WgLease -Interface wg0 -IPAddress 10.99.0.1 -Timeout 200ms'; Id = 'WgWaitTimeout' }
    ) {
        $failure = { & ([scriptblock]::Create("$Script -ErrorAction Stop")) } | Should -Throw -PassThru
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'make a script end with a status' {
        $null = pwsh -NoProfile -NonInteractive -Command "`$ErrorActionPreference = 'Stop'; Get-WgLease -Interface wgnone" 2>&1
        $LASTEXITCODE | Should -Be 1
    }
}

Describe 'Daemons' -Tag Daemons {
    It 'of <Interface> can be restarted' -ForEach @(@{ Interface = 'wg0'; Noun = 'WgDynamicServer' }, @{ Interface = 'wg1'; Noun = 'WgDynamicClient' }) {
        $before = (& "Get-$Noun" -Interface $Interface).ProcessId
        & "Restart-$Noun" -Interface $Interface
        (& "Get-$Noun" -Interface $Interface).ProcessId | Should -Not -Be $before
        Wait-WgLease -Interface wg1 -Timeout 30 | Should -Not -BeNullOrEmpty
    }
}
