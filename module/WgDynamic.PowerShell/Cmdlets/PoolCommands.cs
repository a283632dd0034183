using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>Gets the pools that addresses are leased out of.</summary>
/// <remarks>Gives the pools of the configuration file, those of routes, and those that were added by Add-WgPool: see their Origin. Format-Wide shows how full they are.</remarks>
/// <example>
/// <code>Get-WgPool -Interface wg0 | Format-Wide</code>
/// How full are they?
/// </example>
/// <example>
/// <code>Get-WgPool | Where-Object PercentageInUse -gt 80</code>
/// Which are nearly full?
/// </example>
[Cmdlet(VerbsCommon.Get, "WgPool")]
[OutputType(typeof(WgPool))]
public sealed class GetWgPoolCommand : WgGetCmdlet
{
    /// <summary>Only these pools: prefixes, ranges or names, with wildcards if you like.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("Pool", "Name")]
    [ArgumentCompleter(typeof(PoolCompleter))]
    [SupportsWildcards]
    public string[]? Prefix { get; set; }

    internal override DaemonRole? Daemon => DaemonRole.Server;

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForItem(Prefix, () => Pools.ForEach(this, Interface, Prefix, (_, answer) => WriteObject(new WgPool(answer))));
}

/// <summary>Gets how many addresses of the pools are free, leased and reserved.</summary>
/// <remarks>The numbers are as large as IPv6 needs them (BigInteger). What is only remembered for a peer whose lease has ended counts as free.</remarks>
/// <example>
/// <code>Get-WgPoolStatistics | Sort-Object PercentageInUse -Descending</code>
/// The fullest pool on top.
/// </example>
[Cmdlet(VerbsCommon.Get, "WgPoolStatistics")]
[OutputType(typeof(WgPoolStatistics))]
public sealed class GetWgPoolStatisticsCommand : WgGetCmdlet
{
    /// <summary>Only these pools: prefixes, ranges or names, with wildcards if you like.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("Pool", "Name")]
    [ArgumentCompleter(typeof(PoolCompleter))]
    [SupportsWildcards]
    public string[]? Prefix { get; set; }

    internal override DaemonRole? Daemon => DaemonRole.Server;

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForItem(Prefix, () => Pools.ForEach(this, Interface, Prefix, (_, answer) => WriteObject(new WgPoolStatistics(answer))));
}

/// <summary>Adds a pool.</summary>
/// <remarks>
/// Addresses are leased out of it at once, unless -Disabled is given. It is kept in the server's database and survives restarts. It must not
/// overlap another pool; network and broadcast addresses of an IPv4 prefix are never leased. Routing it is yours to do.
/// </remarks>
/// <example>
/// <code>Add-WgPool -Interface wg0 -Prefix 10.67.0.0/24 -Name lab -LeaseDuration 12h</code>
/// A pool of a prefix.
/// </example>
/// <example>
/// <code>Add-WgPool -Interface wg0 -StartAddress 10.68.0.10 -EndAddress 10.68.0.99 -PassThru</code>
/// A pool of a range, shown as it is then.
/// </example>
[Cmdlet(VerbsCommon.Add, "WgPool", SupportsShouldProcess = true, DefaultParameterSetName = "Prefix")]
[OutputType(typeof(WgPool))]
public sealed class AddWgPoolCommand : WgPassThruCmdlet
{
    /// <summary>Its addresses: a prefix such as 10.67.0.0/24, or a range such as 10.67.0.10-10.67.0.99.</summary>
    [Parameter(Position = 1, Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Prefix")]
    public string? Prefix { get; set; }

    /// <summary>Its first address.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Range")]
    public string? StartAddress { get; set; }

    /// <summary>Its last address.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Range")]
    public string? EndAddress { get; set; }

    /// <summary>What it is called: letters, digits, hyphens, underscores and dots.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Name { get; set; }

    /// <summary>How long its leases last: seconds, or a time such as 12h or 7d. Without it: as the server's do.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Duration]
    [ValidateSeconds(1, Durations.Longest)]
    public TimeSpan? LeaseDuration { get; set; }

    /// <summary>Gives nothing out of it until Enable-WgPool.</summary>
    [Parameter]
    public SwitchParameter Disabled { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForItem(Prefix ?? StartAddress, () =>
    {
        AddPoolRequest request = new()
        {
            Range = Read.Range(Prefix, StartAddress, EndAddress),
            Name = string.IsNullOrEmpty(Name) ? null : Name,
            LeaseTime = LeaseDuration,
            Enabled = !Disabled,
        };
        ForEachDaemon(Interface, socket => ForItem($"{request.Range}", () =>
        {
            if (!ShouldChange($"{request.Range} on {socket.Interface}", "Add the pool"))
                return;
            foreach (PoolAnswer answer in Ask<PoolAnswer>(socket, request))
                Give(new WgPool(answer));
        }));
    });
}

/// <summary>A cmdlet that changes pools that exist.</summary>
public abstract class WgPoolCmdlet : WgPassThruCmdlet
{
    /// <summary>The pools: prefixes, ranges or names, with wildcards if you like.</summary>
    [Parameter(Position = 1, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Pool")]
    [ArgumentCompleter(typeof(PoolCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Prefix { get; set; } = [];

    internal abstract string Action { get; }

    internal abstract ControlRequest? RequestFor(PoolAnswer pool);

    internal virtual bool Forced => false;

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForItem(Prefix, () =>
    {
        // All of them first: one that is removed while they are listed would change the list.
        List<(ControlSocket Socket, PoolAnswer Pool)> found = [];
        Pools.ForEach(this, Interface, Prefix, (socket, pool) => found.Add((socket, pool)));
        foreach ((ControlSocket socket, PoolAnswer pool) in found)
        {
            ForItem($"{pool.Range}", () =>
            {
                string target = $"{(pool.Name is null ? "" : $"{pool.Name}, ")}{pool.Range} on {socket.Interface}";
                if (RequestFor(pool) is not { } request || !ShouldChange(target, Action, Forced))
                    return;
                foreach (PoolAnswer answer in Ask<PoolAnswer>(socket, request))
                    Give(new WgPool(answer));
            });
        }
    });
}

/// <summary>Changes a pool.</summary>
/// <remarks>
/// Changes what is given, and leaves the rest. Only pools that Add-WgPool added can be changed: those of the configuration file are changed there,
/// those of routes go with the route. All can be disabled.
/// </remarks>
/// <example>
/// <code>Set-WgPool -Interface wg0 -Prefix lab -LeaseDuration 30m</code>
/// Shorter leases out of a pool, named by its name.
/// </example>
/// <example>
/// <code>Set-WgPool -Interface wg0 -Prefix 10.67.0.0/24 -StartAddress 10.67.0.20 -EndAddress 10.67.0.99 -PassThru</code>
/// Fewer addresses.
/// </example>
[Cmdlet(VerbsCommon.Set, "WgPool", SupportsShouldProcess = true)]
[OutputType(typeof(WgPool))]
public sealed class SetWgPoolCommand : WgPoolCmdlet
{
    /// <summary>What it is called from now on; empty for nothing.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string? Name { get; set; }

    /// <summary>Its first address from now on.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? StartAddress { get; set; }

    /// <summary>Its last address from now on.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? EndAddress { get; set; }

    /// <summary>How long its leases last from now on: seconds, or a time such as 12h; 0 for as long as the server's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Duration]
    [ValidateSeconds(0, Durations.Longest)]
    public TimeSpan? LeaseDuration { get; set; }

    internal override string Action => "Change the pool";

    // What is as it was is not said: piped from Get-WgPool, everything is there.
    internal override ControlRequest? RequestFor(PoolAnswer pool)
    {
        IpRange range = Read.Range(null, StartAddress ?? $"{pool.Range.First}", EndAddress ?? $"{pool.Range.Last}");
        SetPoolRequest request = new()
        {
            Pool = $"{pool.Range}",
            Name = Name is null || Name == (pool.Name ?? "") ? null : Name,
            Range = range == pool.Range ? null : range,
            LeaseTime = LeaseDuration == pool.LeaseTime ? null : LeaseDuration,
        };
        if (request is { Name: null, Range: null, LeaseTime: null })
        {
            WriteVerbose($"{pool.Range} is so already.");
            Give(new WgPool(pool));
            return null;
        }

        return request;
    }
}

/// <summary>Gives addresses out of a pool again.</summary>
/// <remarks>Undoes Disable-WgPool, or the -Disabled of Add-WgPool.</remarks>
/// <example>
/// <code>Enable-WgPool -Interface wg0 -Prefix 10.67.0.0/24</code>
/// Leases out of it again.
/// </example>
[Cmdlet(VerbsLifecycle.Enable, "WgPool", SupportsShouldProcess = true)]
[OutputType(typeof(WgPool))]
public sealed class EnableWgPoolCommand : WgPoolCmdlet
{
    internal override string Action => "Enable the pool";

    internal override ControlRequest? RequestFor(PoolAnswer pool) => new SetPoolRequest { Pool = $"{pool.Range}", Enabled = true };
}

/// <summary>Gives no new leases out of a pool.</summary>
/// <remarks>
/// Leases that exist go on and are renewed, so that a pool can be emptied: see AddressesInUse of Get-WgPool. Pools of the configuration file and of
/// routes can be disabled, too.
/// </remarks>
/// <example>
/// <code>Disable-WgPool -Interface wg0 -Prefix lab -PassThru</code>
/// Leases nothing new out of a pool.
/// </example>
[Cmdlet(VerbsLifecycle.Disable, "WgPool", SupportsShouldProcess = true)]
[OutputType(typeof(WgPool))]
public sealed class DisableWgPoolCommand : WgPoolCmdlet
{
    internal override string Action => "Disable the pool";

    internal override ControlRequest? RequestFor(PoolAnswer pool) => new SetPoolRequest { Pool = $"{pool.Range}", Enabled = false };
}

/// <summary>Removes a pool.</summary>
/// <remarks>
/// Removes pools that Add-WgPool added; those of the configuration file are removed there. While leases of it are active that is the error
/// WgPoolInUse; with -Force they are taken back, and nothing is asked.
/// </remarks>
/// <example>
/// <code>Remove-WgPool -Interface wg0 -Prefix 10.67.0.0/24</code>
/// Removes a pool that nobody uses.
/// </example>
/// <example>
/// <code>Get-WgPool -Interface wg0 -Prefix lab* | Remove-WgPool -Force</code>
/// Removes pools, and takes their leases back.
/// </example>
[Cmdlet(VerbsCommon.Remove, "WgPool", SupportsShouldProcess = true)]
[OutputType(typeof(WgPool))]
public sealed class RemoveWgPoolCommand : WgPoolCmdlet
{
    /// <summary>Also when leases of it are active, which are taken back then.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    internal override string Action => Force ? "Remove the pool and take its leases back" : "Remove the pool";

    internal override bool Forced => Force;

    internal override ControlRequest? RequestFor(PoolAnswer pool) => new RemovePoolRequest { Pool = $"{pool.Range}", Force = Force };
}

/// <summary>What the cmdlets of pools share.</summary>
internal static class Pools
{
    // 10.0.0.0-10.0.0.255 is 10.0.0.0/24: as the daemon writes it. What is no range is a name.
    public static string[]? Normalize(string[]? pools) => pools is null ? null : [.. pools.Select(pool => IpRange.TryParse(pool, out IpRange range) ? $"{range}" : pool)];

    // The pools of these names or ranges, of all daemons that are meant; a literal one that none has is an error.
    public static void ForEach(WgControlCmdlet cmdlet, string[]? interfaces, string[]? wanted, Action<ControlSocket, PoolAnswer> work)
    {
        Filter filter = new(Normalize(wanted));
        bool asked = false;
        cmdlet.ForEachDaemon(interfaces, socket =>
        {
            // Pools are few. That each is looked at here tells which names nothing has, whatever the daemon makes of those.
            foreach (PoolAnswer pool in cmdlet.Ask<PoolAnswer>(socket, new PoolsRequest()))
            {
                if (filter.Takes($"{pool.Range}", pool.Name))
                    work(socket, pool);
            }

            // Of a daemon that did not answer, nothing can be said to be missing.
            asked = true;
        });
        foreach (string name in asked ? filter.Unseen : [])
            cmdlet.Report(NotFound(name), name);
    }

    public static WgDynamicException NotFound(string name) =>
        new("WgPoolNotFound", ErrorCategory.ObjectNotFound, $"there is no pool {name}", "Get-WgPool lists the pools that there are; name one by its range or its name.", name);
}
