<#
.SYNOPSIS
Is a machine with wg-dynamic in order? Invoke-WgDynamicChecks.ps1 runs this.
.PARAMETER Interface
The interfaces to check.
.PARAMETER PoolThreshold
From how many percent in use on a pool is too full.
.PARAMETER RenewalMargin
From how many percent of its duration that are left on a lease should have been renewed.
#>
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester hands variables from block to block')]
param(
    [Parameter(Mandatory)] [string[]] $Interface,
    [int] $PoolThreshold = 90,
    [int] $RenewalMargin = 25
)

BeforeDiscovery {
    # One case for each daemon; an interface without any should have a server.
    $servers = foreach ($name in $Interface) {
        $hasClient = Test-Path -LiteralPath "/run/wg-dynamic/$name.client.sock"
        if (-not $hasClient -or (Test-Path -LiteralPath "/run/wg-dynamic/$name.server.sock")) {
            # What answers nothing now is told by the check of that.
            @{ Name = $name; Pools = @(Get-WgPool -Interface $name -ErrorAction Ignore | ForEach-Object { @{ Name = $name; Prefix = $_.Prefix } }) }
        }
    }
    $clients = foreach ($name in $Interface) {
        if (Test-Path -LiteralPath "/run/wg-dynamic/$name.client.sock") { @{ Name = $name } }
    }
}

BeforeAll {
    # Fails with all that is wrong, and what to do about it.
    function Assert-InOrder([string[]] $Problem, [string] $Remedy) {
        if ($Problem) { throw "$($Problem -join "`n")`nWhat to do: $Remedy" }
    }

    # Why something of root's cannot be checked; $null if it can.
    function Get-WhyNotRoot {
        if ([Environment]::UserName -ne 'root') { 'it needs root: sudo pwsh' }
    }

    function Get-WhyNoSystemd {
        if (-not (Test-Path /run/systemd/system)) { 'no systemd runs here' }
    }

    # The addresses that a peer may send from, each as 'key address/length', as the device has them.
    function Get-AllowedIP([string] $Name) {
        foreach ($line in wg show $Name allowed-ips) {
            $key, $list = $line -split "`t"
            foreach ($prefix in $list -split ' ' -ne '(none)') { "$key $prefix" }
        }
    }

    function Get-ActiveLease([string] $Name) {
        foreach ($lease in Get-WgLease -Interface $Name -Role Server -State Active) { "$($lease.PublicKey) $($lease.IPAddress)/$($lease.PrefixLength)" }
    }
}

# Pester 6 takes no empty list for a mistake only where it is told so, and Pester 5 cannot be told.
if ($servers) { Describe 'wg-dynamic-server of <Name>' -ForEach $servers {
    It 'answers, and neither its store nor its device has a problem' -Tag Server {
        try { $server = Get-WgDynamicServer -Interface $Name }
        catch { Assert-InOrder "$Name`: $_" "start it: systemctl start wg-dynamic-server@$Name, or Start-WgDynamicServer $Name; what is in its way: journalctl -u wg-dynamic-server@$Name, or Test-WgDynamicServer $Name -Detailed" }
        $problems = @($server.StoreProblem) + @($server.DeviceProblem) -ne $null
        Assert-InOrder $problems "see what else it says: journalctl -u wg-dynamic-server@$Name; a full disk and a database of another user are usual causes"
    }

    It 'lets every peer use what it has leased, and nobody what he has not' -Tag AllowedIPs {
        if ($why = Get-WhyNotRoot) { Set-ItResult -Skipped -Because $why }
        # What changes meanwhile is no difference: what is leased before and after must be there in between.
        $before = @(Get-ActiveLease $Name)
        $allowed = @(Get-AllowedIP $Name)
        $after = @(Get-ActiveLease $Name)
        $leased = @($before | Where-Object { $_ -in $after })
        $missing = @($leased | Where-Object { $_ -notin $allowed })
        Assert-InOrder ($missing | ForEach-Object { $key, $prefix = $_ -split ' '; "$prefix is leased to $key, and not in its AllowedIPs on $Name" }) (
            'the server puts it back within seconds; if it does not stay, something sets the interface anew (wg syncconf, wg-quick, networkd): ' +
            "journalctl -u wg-dynamic-server@$Name tells when. By hand: wg set $Name peer $(($missing | Select-Object -First 1) -replace ' ', ' allowed-ips +')")
        # The other way round: leased to one, and let in from another.
        $owner = @{}
        foreach ($lease in $leased) { $key, $prefix = $lease -split ' '; $owner[$prefix] = $key }
        $foreign = $allowed | ForEach-Object { $key, $prefix = $_ -split ' '; if ($owner.ContainsKey($prefix) -and $owner[$prefix] -cne $key) { "$prefix is leased to $($owner[$prefix]), and in the AllowedIPs of $key" } }
        Assert-InOrder $foreign "take it from who should not have it: wg set $Name peer KEY allowed-ips …, in $Name.conf too"
    }

    It 'has leased no address twice, nor one of this machine' -Tag Addresses {
        $leases = Get-WgLease -Role Server -State Active
        $twice = $leases | Group-Object IPAddress | Where-Object Count -gt 1 | ForEach-Object { "$($_.Name) is leased to $(($_.Group | ForEach-Object { "$($_.PublicKey) on $($_.Interface)" }) -join ' and ')" }
        Assert-InOrder $twice 'the pools of two interfaces overlap: Get-WgPool; take the addresses out of one of them, and Remove-WgLease the lease there'
        $own = ip -j address show | ConvertFrom-Json | ForEach-Object addr_info | ForEach-Object local
        $taken = $leases | Where-Object { $_.Interface -eq $Name -and $_.IPAddress -in $own } | ForEach-Object { "$($_.IPAddress) is leased to $($_.PublicKey), and an address of this machine" }
        Assert-InOrder $taken "Add-WgPoolExclusion $Name -Prefix ADDRESS keeps it out of the pool; then Remove-WgLease $Name -IPAddress ADDRESS"
    }

    if ($Pools) { It '<Prefix> is less than <PoolThreshold> % full' -Tag Pools -ForEach $Pools {
        $pool = Get-WgPoolStatistics -Interface $Name -Prefix $Prefix
        $problem = if ($pool.PercentageInUse -ge $PoolThreshold) { "$Prefix of $Name is $([Math]::Round($pool.PercentageInUse, 1)) % full: $($pool.AddressesInUse) in use, $($pool.AddressesFree) free" }
        Assert-InOrder $problem "make room: a larger range in the configuration or Add-WgPool $Name; a shorter LeaseTime gives back sooner what nobody uses; Get-WgLease $Name | Sort-Object LastHandshake shows who has not been here for long"
    } }

    It 'has no lease that is about to run out for want of a renewal' -Tag Leases {
        $late = foreach ($lease in Get-WgLease -Interface $Name -Role Server -State Active) {
            if ($lease.TimeRemaining * 100 -lt $lease.LeaseDuration * $RenewalMargin) {
                "$($lease.IPAddress) of $($lease.HostName ?? $lease.PublicKey) has $([int] $lease.TimeRemaining.TotalSeconds) s of $([int] $lease.LeaseDuration.TotalSeconds) s left; last handshake: $($lease.LastHandshake ?? 'never')"
            }
        }
        Assert-InOrder $late 'an old handshake means that the peer is away, and nothing is wrong; with a new one its client does not run or is not heard: on the peer, wg-dynamic check INTERFACE'
    }

    It 'has a clock that can be relied on' -Tag Clock {
        $problem = if (-not (Get-WgDynamicServer -Interface $Name).ClockIsSane) { "the time of day here, $(Get-Date -Format s), is behind what the lease database has seen, or runs away from the uptime" }
        Assert-InOrder $problem 'set the clock, and let NTP keep it: timedatectl set-ntp true; who had which address when is only as right as the clock'
        if ($why = Get-WhyNoSystemd) { return }
        $problem = if ((timedatectl show --property NTPSynchronized --value) -eq 'no') { 'nothing keeps the clock of this machine right' }
        Assert-InOrder $problem 'timedatectl set-ntp true, or another NTP client'
    }

    It 'has wg-quick''s hook, if its configuration says auto' -Tag Hook {
        if ($why = Get-WhyNotRoot) { Set-ItResult -Skipped -Because $why }
        $file = "/etc/wireguard/$Name.conf"
        if (-not (Test-Path -LiteralPath $file)) { Set-ItResult -Skipped -Because "there is no $file" }
        if (-not (Select-String -LiteralPath $file -Pattern '^\s*Address\s*=.*\bauto\b' -Quiet)) { Set-ItResult -Skipped -Because "$file has no address auto" }
        $problem = if (-not (Test-WgQuickHook)) { "$file says auto, and wg-quick does not know that" }
        Assert-InOrder $problem 'Register-WgQuickHook, or wg-dynamic quick install'
    }

    It 'runs confined as its unit says' -Tag Unit {
        if ($why = Get-WhyNoSystemd) { Set-ItResult -Skipped -Because $why }
        $unit = "wg-dynamic-server@$(systemd-escape $Name).service"
        if ((systemctl is-active $unit) -ne 'active') { Set-ItResult -Skipped -Because "$Name has a server that is not $unit" }
        $null = systemd-analyze security --no-pager --threshold=20 $unit 2>&1
        $problem = if ($LASTEXITCODE) { "$unit may do more than it should: $(systemd-analyze security --no-pager $unit 2>&1 | Select-Object -Last 1)" }
        Assert-InOrder $problem "see what loosens it: systemctl cat $unit; and take it out of the drop-in: systemctl edit $unit"
    }

    It 'has an intact database' -Tag Database {
        $database = (Get-WgDynamicServer -Interface $Name).DatabasePath
        if (-not $database) { Set-ItResult -Skipped -Because 'its leases are in memory only (--ephemeral)' }
        if ($why = Get-WhyNotRoot) { Set-ItResult -Skipped -Because $why }
        $said = wg-dynamic-server $Name --check-database --database $database 2>&1
        $problem = if ($LASTEXITCODE) { $said | ForEach-Object { "$_" } }
        Assert-InOrder $problem "the leases go on; keep a copy of $database, and then: Restore-WgLeaseDatabase $Name from a backup, or let the server write it anew from what it has in memory"
    }
} }

if ($clients) { Describe 'wg-dynamic-client of <Name>' -ForEach $clients {
    It 'has a lease, and nothing is in its way' -Tag Client {
        try { $client = Get-WgDynamicClient -Interface $Name }
        catch { Assert-InOrder "$Name`: $_" "start it: systemctl start wg-dynamic-client@$Name, or Start-WgDynamicClient $Name" }
        $problem = @($client.Problem) -ne $null
        if ($client.State -notin 'Bound', 'Renewing') { $problem += "its state is $($client.State)" }
        Assert-InOrder $problem "Test-WgDynamicClient $Name -Detailed says what is missing"
    }

    It 'has what it has leased on the interface' -Tag Client {
        $own = ip -j address show dev $Name | ConvertFrom-Json | ForEach-Object addr_info | ForEach-Object local
        $missing = Get-WgLease -Interface $Name -Role Client -State Active | Where-Object IPAddress -notin $own | ForEach-Object { "$($_.IPAddress) is leased, and not on $Name" }
        Assert-InOrder $missing "the client puts it back by itself; if it does not stay: journalctl -u wg-dynamic-client@$Name"
    }
} }
