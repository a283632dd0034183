<#
.SYNOPSIS
Breaks a machine on purpose, and sees whether the checks of WgDynamic.Checks.Tests.ps1 tell that, with the right remedy. On the hub that
eng/site.sh makes, never on a live one.
#>
BeforeAll {
    if (-not $env:WGDYNAMIC_SITE) { throw 'These tests break the machine that they run on, and so need the one that eng/site.sh makes.' }
    Import-Module WgDynamic
    $script = Join-Path $PSScriptRoot Invoke-WgDynamicChecks.ps1
    $laptop = (Get-Content $env:WGDYNAMIC_SITE/key.laptop).Trim()
    $pester = (Get-Module Pester).Version

    # In a process of its own, as a monitoring system does it: Pester does not run in itself.
    function Invoke-Check([string[]] $Argument) {
        $command = "Import-Module Pester -RequiredVersion $pester; & '$script' $Argument -OutputFormat Json"
        $output = pwsh -NoProfile -NonInteractive -Command "$command; exit `$LASTEXITCODE" 2>&1
        [pscustomobject]@{
            Code = $LASTEXITCODE
            Checks = @($output | Where-Object { "$_" -like '{*' } | ConvertFrom-Json)
            Said = $output -join "`n"
        }
    }

    # PowerShell's own kill knows no signals.
    function Send-Signal([string] $Signal, [int] $Process) { bash -c "kill -$Signal $Process" }

    # Only this one fails, and says these things.
    function Assert-Red($Run, [string] $Check, [string[]] $Saying) {
        $Run.Code | Should -Be 1 -Because $Run.Said
        $red = @($Run.Checks | Where-Object Result -eq Failed)
        $red | Should -HaveCount 1 -Because $Run.Said
        $red.Check | Should -BeLike $Check
        foreach ($words in $Saying) { $red.Message | Should -BeLike "*$words*" }
    }
}

Describe 'The checks' {
    It 'are green on a machine that is in order, and say why they skip what cannot be checked there' {
        $run = Invoke-Check '-Interface wg0'
        $run.Code | Should -Be 0 -Because $run.Said
        @($run.Checks | Where-Object Result -eq Passed).Count | Should -BeGreaterOrEqual 8
        $skipped = @($run.Checks | Where-Object Result -eq Skipped)
        $skipped.Tag | Sort-Object | Should -Be @('Hook', 'Unit')
        $skipped | ForEach-Object { $_.Message | Should -Not -BeNullOrEmpty }
        ($skipped | Where-Object Tag -eq Unit).Message | Should -BeLike '*no systemd*'
    }

    It 'are green for a client' {
        $run = Invoke-Check '-Interface wg1 -Tag Client'
        # Its interface is in another namespace, so that only its own word can be checked from here.
        ($run.Checks | Where-Object Check -Like 'has a lease*').Result | Should -Be Passed -Because $run.Said
    }

    It 'can be chosen by tag' {
        (Invoke-Check '-Interface wg0 -Tag Clock').Checks.Tag | Should -Be @('Clock')
        (Invoke-Check '-Interface wg0 -ExcludeTag Pools').Checks.Tag | Should -Not -Contain 'Pools'
    }

    It 'find out by themselves which interfaces there are, and write the file of a build server' {
        $file = Join-Path $env:WGDYNAMIC_SITE checks.xml
        $null = pwsh -NoProfile -NonInteractive -Command "Import-Module Pester -RequiredVersion $pester; & '$script' -ExcludeTag Client -OutputFormat JUnitXml -OutputPath '$file'; exit `$LASTEXITCODE"
        $LASTEXITCODE | Should -Be 0
        ([xml] (Get-Content $file)).testsuites.failures | Should -Be 0
        Remove-Item $file
    }

    It 'say that an interface without a daemon has none, and how to start it' {
        $run = Invoke-Check '-Interface wgnone -Tag Server'
        Assert-Red $run 'answers*' 'wgnone', 'Start-WgDynamicServer wgnone'
    }

    It 'have a status of their own for when they cannot be made' {
        (Invoke-Check '-Interface wg0 -OutputPath x').Code | Should -Be 2
        (Invoke-Check '-Interface wg1 -Tag Pools').Code | Should -Be 2
    }

    It 'tell an address that is leased and not in AllowedIPs' {
        $address = (Get-WgLease -Interface wg0 -PublicKey $laptop -State Active -AddressFamily IPv4).IPAddress
        $without = (wg show wg0 allowed-ips | Where-Object { $_.StartsWith($laptop) }) -replace '^\S+\s+' -split ' ' -ne "$address/32" -join ','
        # The server mends it at its next look: so it is as where something sets the interface anew all the time.
        $again = Start-Process bash -ArgumentList '-c', "`"while wg set wg0 peer $laptop allowed-ips $without; do sleep 0.01; done`"" -PassThru
        try { $run = Invoke-Check '-Interface wg0 -Tag AllowedIPs' }
        finally { $again.Kill() }
        Assert-Red $run 'lets every peer use*' "$address/32 is leased to $laptop", "wg set wg0 peer $laptop allowed-ips +$address/32"
    }

    It 'tell a pool that is full' {
        # All but what is leased is taken out of the pool.
        $leased = (Get-WgLease -Interface wg0 -State Active -AddressFamily IPv4).IPAddress | ForEach-Object { [int] ($_ -split '\.')[3] } | Sort-Object
        $from = 2
        foreach ($last in @($leased) + 255) {
            if ($last -gt $from) { Add-WgPoolExclusion -Interface wg0 -StartAddress "10.66.0.$from" -EndAddress "10.66.0.$($last - 1)" }
            $from = $last + 1
        }
        try { $run = Invoke-Check '-Interface wg0 -Tag Pools -PoolThreshold 90' }
        finally { Get-WgPoolExclusion -Interface wg0 | Where-Object Origin -eq Runtime | Remove-WgPoolExclusion -Confirm:$false }
        Assert-Red $run '10.66.0.0/24 is less than 90 % full' '100 % full', 'Add-WgPool wg0'
        (Invoke-Check '-Interface wg0 -Tag Pools -PoolThreshold 90').Code | Should -Be 0
    }

    It 'tell a lease that nobody renews' {
        $lease = Get-WgLease -Interface wg0 -PublicKey $laptop -State Active -AddressFamily IPv4
        $lease | Add-WgReservation -LeaseDuration 30s
        try {
            Update-WgLease -Interface wg1 -Wait
            $process = (Get-WgDynamicClient -Interface wg1).ProcessId
            Send-Signal STOP $process
            foreach ($try in 1..200) {
                $late = Get-WgLease -Interface wg0 -IPAddress $lease.IPAddress
                if ($late.State -eq 'Active' -and $late.TimeRemaining.TotalSeconds -lt 26) { break }
                Start-Sleep -Milliseconds 50
            }
            $run = Invoke-Check '-Interface wg0 -Tag Leases -RenewalMargin 90'
        }
        finally {
            Send-Signal CONT $process
            Remove-WgReservation -Interface wg0 -IPAddress $lease.IPAddress -Confirm:$false
            Update-WgLease -Interface wg1 -Wait
        }
        Assert-Red $run 'has no lease that is about to run out*' $lease.IPAddress, 'left; last handshake'
    }

    It 'tell a server that does not answer, without waiting for it for long' {
        $process = (Get-WgDynamicServer -Interface wg0).ProcessId
        Send-Signal STOP $process
        try { $run = Invoke-Check '-Interface wg0 -Tag Server' }
        finally { Send-Signal CONT $process }
        Assert-Red $run 'answers*' 'wg0', 'journalctl -u wg-dynamic-server@wg0'
    }

    It 'tell a database that is broken' {
        Stop-WgDynamicServer -Interface wg0
        $database = Join-Path $env:WGDYNAMIC_SITE leases.db
        Copy-Item $database "$database.good"
        Start-WgDynamicServer -Interface wg0
        # Zeros over the tables, behind SQLite's header; what is in the write-ahead log stays.
        dd if=/dev/zero of=$database bs=1024 seek=4 count=64 conv=notrunc status=none
        try { $run = Invoke-Check '-Interface wg0 -Tag Database' }
        finally {
            Stop-WgDynamicServer -Interface wg0
            Remove-Item "$database-*"
            Move-Item "$database.good" $database -Force
            Start-WgDynamicServer -Interface wg0
        }
        Assert-Red $run 'has an intact database' 'Restore-WgLeaseDatabase wg0'
    }
}
