using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>Gets leases, in all states.</summary>
/// <remarks>
/// Gives an object for each leased address, as it comes from the daemon. A server also gives leases that have ended, for as long as it
/// remembers them; a client gives its own. All filters that are given must fit.
/// </remarks>
/// <example>
/// <code>Get-WgLease | Where-Object Expired</code>
/// Whose lease has run out without a renewal?
/// </example>
/// <example>
/// <code>Get-WgLease -Interface wg0 -State Active -IPAddress 10.66.0.0/25 | Sort-Object TimeRemaining</code>
/// The active leases of a part of a pool, the one that ends first on top.
/// </example>
/// <example>
/// <code>Get-WgLease -State Active | Where-Object HostName -like 'lab-*' | Add-WgReservation</code>
/// Keeps the addresses of some machines for them.
/// </example>
[Cmdlet(VerbsCommon.Get, "WgLease")]
[OutputType(typeof(WgLease))]
public sealed class GetWgLeaseCommand : WgGetCmdlet
{
    /// <summary>Only the leases of these peers: public keys, or wildcards.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PublicKeyCompleter))]
    [SupportsWildcards]
    public string[]? PublicKey { get; set; }

    /// <summary>Only these addresses: addresses, prefixes (10.66.0.0/25), ranges (10.66.0.10-10.66.0.99), or wildcards (10.66.0.*).</summary>
    [Parameter]
    [ArgumentCompleter(typeof(AddressCompleter))]
    [SupportsWildcards]
    public string[]? IPAddress { get; set; }

    /// <summary>Only addresses of this family.</summary>
    [Parameter]
    [ValidateSet("IPv4", "IPv6")]
    public string? AddressFamily { get; set; }

    /// <summary>Only leases in these states. Without it: all.</summary>
    [Parameter]
    [ValidateSet("Active", "Expired", "Released", "Revoked")]
    public string[]? State { get; set; }

    /// <summary>Only leases out of these pools: names or ranges, or wildcards.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PoolCompleter))]
    [SupportsWildcards]
    public string[]? Pool { get; set; }

    /// <summary>Only what this daemon says: Server or Client. Without it: both.</summary>
    [Parameter]
    [ValidateSet("Server", "Client")]
    public string? Role { get; set; }

    internal override DaemonRole? Daemon => Role is null ? null : Enum.Parse<DaemonRole>(Role, ignoreCase: true);

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForItem(PublicKey, () =>
    {
        Filter keys = new(PublicKey), pools = new(Pools.Normalize(Pool));
        AddressFilter addresses = new(IPAddress);
        LeasesRequest request = new()
        {
            PublicKeys = [.. keys.Literals.Select(Read.Key)],
            Addresses = addresses.Ranges,
            Family = AddressFamily is null ? null : Enum.Parse<AddressFamilyName>(AddressFamily, ignoreCase: true),
            States = [.. (State ?? []).Select(state => Enum.Parse<LeaseState>(state, ignoreCase: true))],
            Pools = [.. pools.Literals],
        };
        bool checksHere = !(keys.IsEmpty && addresses.IsEmpty && pools.IsEmpty);
        using ProgressMeter progress = new(this, "Reading leases", "leases");
        bool asked = false, knowsPools = false;
        ForEachDaemon(Interface, socket =>
        {
            asked = true;
            foreach (LeaseAnswer answer in Ask<LeaseAnswer>(socket, request))
            {
                progress.Add(1);
                // Each filter looks at each lease, so that it learns what there is. Of a pool the daemon knows the range and the name.
                if (!checksHere || (keys.Takes($"{answer.PublicKey}") & addresses.Takes(answer.Address) & (pools.Literals.Count > 0 || pools.Takes(answer.Pool))))
                    WriteObject(new WgLease(answer, Clock));
            }

            // Nothing may be leased out of a pool; that there is no such pool is another thing.
            if (socket.Role != DaemonRole.Server || pools.Unseen.Count == 0)
                return;
            foreach (PoolAnswer pool in Ask<PoolAnswer>(socket, new PoolsRequest()))
                _ = pools.Takes($"{pool.Range}", pool.Name);
            knowsPools = true;
        });
        foreach (string name in knowsPools ? pools.Unseen : [])
            Report(Pools.NotFound(name), name);
        if (!asked || State is not null || AddressFamily is not null || Pool is not null)
            return;
        foreach (string name in keys.Unseen.Concat(addresses.Unseen))
            Report(Leases.NotFound($"no lease of {name} is known", name), name);
    });
}
