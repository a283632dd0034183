using System.CommandLine;
using WgDynamic.Control;

namespace WgDynamic.Tool;

/// <summary><c>wg-dynamic pools</c>, and what changes them.</summary>
internal sealed class PoolsCommand : DaemonCommand
{
    private readonly Option<string[]> _pools = new("--pool") { Description = "This pool, by its name or range; may be given several times", HelpName = "POOL" };

    public PoolsCommand(Terminal terminal)
        : base(terminal, "pools", "List the pools and how full they are", DaemonRole.Server, isChange: false)
    {
        _pools.CompletionSources.Add(Offers.Pools);
        Add(_pools);
        Add(new AddPoolCommand(terminal));
        Add(new SetPoolCommand(terminal));
        Add(new RemovePoolCommand(terminal));
        Add(new ExclusionsCommand(terminal));
        Add(new ExcludeCommand(terminal));
        Add(new IncludeCommand(terminal));
    }

    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => new PoolsRequest { Pools = result.GetValue(_pools) ?? [] };

    /// <inheritdoc/>
    protected override IAnswers ForPeople(ParseResult result, bool several) => TableOrFields(Columns.Pools(several));

    /// <inheritdoc/>
    protected override string? Missing(ParseResult result) => result.GetValue(_pools) is { Length: > 0 } ? "there is no such pool; see: wg-dynamic pools" : null;
}

/// <summary>A command that changes a pool and shows it as it is then.</summary>
internal abstract class PoolChangeCommand(Terminal terminal, string name, string description, string done)
    : DaemonCommand(terminal, name, description, DaemonRole.Server, isChange: true)
{
    /// <inheritdoc/>
    protected override IAnswers ForPeople(ParseResult result, bool several) => Sentences(answer => answer is PoolAnswer pool
        ? $"{done} pool {(pool.Name is { } named ? $"{named}, " : "")}{pool.Range}: {(pool.Enabled ? "" : "disabled, ")}{Words.Count(pool.Free)} of {Words.Count(pool.Size)} free"
        : null);
}

/// <summary><c>wg-dynamic pools add</c>.</summary>
internal sealed class AddPoolCommand : PoolChangeCommand
{
    private readonly Argument<IpRange> _range = Values.Range("The addresses to lease, such as 10.66.1.0/24 or 10.66.1.10-10.66.1.99");
    private readonly Option<string> _name = new("--name") { Description = "What to call it", HelpName = "NAME" };
    private readonly Option<TimeSpan?> _leaseTime = Values.Time("--lease-time", "How long its leases last, such as 12h, instead of the server's time");
    private readonly Option<bool> _disabled = new("--disable") { Description = "Lease nothing out of it yet" };

    public AddPoolCommand(Terminal terminal)
        : base(terminal, "add", "Add a pool", "added")
    {
        Add(_range);
        Add(_name);
        Add(_leaseTime);
        Add(_disabled);
    }

    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => new AddPoolRequest
    {
        Range = result.GetValue(_range),
        Name = result.GetValue(_name),
        LeaseTime = result.GetValue(_leaseTime),
        Enabled = !result.GetValue(_disabled),
    };
}

/// <summary><c>wg-dynamic pools set</c>.</summary>
internal sealed class SetPoolCommand : PoolChangeCommand
{
    private readonly Argument<string> _pool = new("pool") { HelpName = "pool", Description = "The pool, by its name or range" };
    private readonly Option<string> _name = new("--name") { Description = "What to call it; empty for nothing", HelpName = "NAME" };
    private readonly Option<IpRange?> _range = Values.RangeOption("--range", "Its addresses from now on");
    private readonly Option<TimeSpan?> _leaseTime = Values.Time("--lease-time", "How long its leases last from now on; 0 for the server's time again");
    private readonly Option<bool> _enable = new("--enable") { Description = "Lease addresses out of it" };
    private readonly Option<bool> _disable = new("--disable") { Description = "Lease nothing new out of it; leases that exist are still renewed" };

    public SetPoolCommand(Terminal terminal)
        : base(terminal, "set", "Change a pool; one of the configuration file or a route can only be enabled and disabled", "changed")
    {
        _pool.CompletionSources.Add(Offers.Pools);
        Add(_pool);
        Add(_name);
        Add(_range);
        Add(_leaseTime);
        Add(_enable);
        Add(_disable);
        Validators.Add(result =>
        {
            if (result.GetResult(_enable) is not null && result.GetResult(_disable) is not null)
                result.AddError("--enable and --disable do not go together");
            if (new Option[] { _name, _range, _leaseTime, _enable, _disable }.All(option => result.GetResult(option) is null))
                result.AddError("say what to change: --name, --range, --lease-time, --enable or --disable");
        });
    }

    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => new SetPoolRequest
    {
        Pool = result.GetRequiredValue(_pool),
        Name = result.GetValue(_name),
        Range = result.GetValue(_range),
        LeaseTime = result.GetValue(_leaseTime),
        Enabled = result.GetValue(_enable) ? true : result.GetValue(_disable) ? false : null,
    };
}

/// <summary><c>wg-dynamic pools remove</c>.</summary>
internal sealed class RemovePoolCommand : PoolChangeCommand
{
    private readonly Argument<string> _pool = new("pool") { HelpName = "pool", Description = "The pool, by its name or range" };
    private readonly Option<bool> _force = new("--force") { Description = "Also if it has active leases, which are revoked then" };

    public RemovePoolCommand(Terminal terminal)
        : base(terminal, "remove", "Remove a pool that was added with: wg-dynamic pools add", "removed")
    {
        _pool.CompletionSources.Add(Offers.Pools);
        Add(_pool);
        Add(_force);
    }

    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => new RemovePoolRequest { Pool = result.GetRequiredValue(_pool), Force = result.GetValue(_force) };
}
