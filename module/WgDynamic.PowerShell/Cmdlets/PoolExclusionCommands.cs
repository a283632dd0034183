using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>Gets the addresses that are not leased although pools have them.</summary>
/// <remarks>
/// Gives what the configuration file excludes, what Add-WgPoolExclusion added, the server's own addresses, and what peers have in AllowedIPs by
/// your hand: see their Origin.
/// </remarks>
/// <example>
/// <code>Get-WgPoolExclusion -Interface wg0</code>
/// All of an interface.
/// </example>
/// <example>
/// <code>Get-WgPoolExclusion | Where-Object PublicKey</code>
/// What some peer has by your hand.
/// </example>
[Cmdlet(VerbsCommon.Get, "WgPoolExclusion")]
[OutputType(typeof(WgPoolExclusion))]
public sealed class GetWgPoolExclusionCommand : WgGetCmdlet
{
    /// <summary>Only these exclusions: prefixes, ranges or addresses, with wildcards if you like.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PoolCompleter))]
    [SupportsWildcards]
    public string[]? Prefix { get; set; }

    /// <summary>Only those of these pools: names or ranges, with wildcards if you like.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[]? Pool { get; set; }

    /// <summary>A pool, whose exclusions are meant.</summary>
    [Parameter(ValueFromPipeline = true)]
    public WgPool? InputObject { get; set; }

    internal override DaemonRole? Daemon => DaemonRole.Server;

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForItem(Prefix, () =>
    {
        // The prefix of a pool is not that of an exclusion.
        if (InputObject is { } input)
            (Prefix, Pool) = (null, [input.Prefix]);
        foreach (string literal in (Prefix ?? []).Where(prefix => !Names.IsWildcard(prefix)))
            _ = Read.Range(literal);
        Filter prefixes = new(Pools.Normalize(Prefix)), pools = new(Pools.Normalize(Pool));
        bool asked = false;
        ForEachDaemon(Interface, socket =>
        {
            asked = true;
            foreach (ExclusionAnswer answer in Ask<ExclusionAnswer>(socket, new ExclusionsRequest { Pools = pools.Literals }))
            {
                if (prefixes.Takes($"{answer.Range}") && (pools.Literals.Count > 0 || pools.Takes(answer.Pool)))
                    WriteObject(new WgPoolExclusion(answer));
            }
        });
        foreach (string name in asked ? prefixes.Unseen : [])
            Report(Exclusions.NotFound(name), name);
    });
}

/// <summary>Keeps addresses of pools from being leased.</summary>
/// <remarks>A lease that exists there goes on until it ends, and is not renewed. The exclusion is kept in the server's database and survives restarts.</remarks>
/// <example>
/// <code>Add-WgPoolExclusion -Interface wg0 -Prefix 10.66.0.0/28</code>
/// Keeps the first sixteen addresses for other things.
/// </example>
/// <example>
/// <code>Add-WgPoolExclusion -Interface wg0 -StartAddress 10.66.0.200 -EndAddress 10.66.0.254</code>
/// The same with a range.
/// </example>
[Cmdlet(VerbsCommon.Add, "WgPoolExclusion", SupportsShouldProcess = true, DefaultParameterSetName = "Prefix")]
[OutputType(typeof(WgPoolExclusion))]
public sealed class AddWgPoolExclusionCommand : WgPassThruCmdlet
{
    /// <summary>The addresses: a prefix, a range, or one address.</summary>
    [Parameter(Position = 1, Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Prefix")]
    public string? Prefix { get; set; }

    /// <summary>The first address.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Range")]
    public string? StartAddress { get; set; }

    /// <summary>The last address. Without it: only the first.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = "Range")]
    public string? EndAddress { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForItem(Prefix ?? StartAddress, () =>
    {
        IpRange range = Read.Range(Prefix, StartAddress, EndAddress);
        ForEachDaemon(Interface, socket => ForItem($"{range}", () =>
        {
            if (!ShouldChange($"{range} on {socket.Interface}", "Lease none of it"))
                return;
            foreach (ExclusionAnswer answer in Ask<ExclusionAnswer>(socket, new AddExclusionRequest { Range = range }))
                Give(new WgPoolExclusion(answer));
        }));
    });
}

/// <summary>Has addresses leased again that Add-WgPoolExclusion kept from it.</summary>
/// <remarks>The exclusion is named exactly as it was added. Those of the configuration file are removed there.</remarks>
/// <example>
/// <code>Remove-WgPoolExclusion -Interface wg0 -Prefix 10.66.0.0/28</code>
/// Ends an exclusion.
/// </example>
/// <example>
/// <code>Get-WgPoolExclusion -Interface wg0 | Where-Object Origin -eq Runtime | Remove-WgPoolExclusion</code>
/// Ends all of them.
/// </example>
[Cmdlet(VerbsCommon.Remove, "WgPoolExclusion", SupportsShouldProcess = true, DefaultParameterSetName = "Prefix")]
[OutputType(typeof(WgPoolExclusion))]
public sealed class RemoveWgPoolExclusionCommand : WgPassThruCmdlet
{
    /// <summary>The addresses: a prefix, a range, or one address.</summary>
    [Parameter(Position = 1, Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Prefix")]
    [ArgumentCompleter(typeof(PoolCompleter))]
    public string? Prefix { get; set; }

    /// <summary>The first address.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Range")]
    public string? StartAddress { get; set; }

    /// <summary>The last address. Without it: only the first.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = "Range")]
    public string? EndAddress { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForItem(Prefix ?? StartAddress, () =>
    {
        IpRange range = Read.Range(Prefix, StartAddress, EndAddress);
        ForEachDaemon(Interface, socket => ForItem($"{range}", () =>
        {
            if (!Ask<ExclusionAnswer>(socket, new ExclusionsRequest()).Any(answer => answer.Range == range))
                throw Exclusions.NotFound($"{range}");
            if (!ShouldChange($"{range} on {socket.Interface}", "Lease it again"))
                return;
            foreach (ExclusionAnswer answer in Ask<ExclusionAnswer>(socket, new RemoveExclusionRequest { Range = range }))
                Give(new WgPoolExclusion(answer));
        }));
    });
}

/// <summary>What the cmdlets of exclusions share.</summary>
internal static class Exclusions
{
    public static WgDynamicException NotFound(string range) =>
        new("WgPoolExclusionNotFound", ErrorCategory.ObjectNotFound, $"{range} is not excluded as such", "Get-WgPoolExclusion lists the exclusions that there are; name one exactly as it was added.", range);
}
