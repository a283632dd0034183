using System.CommandLine;
using WgDynamic.Control;

namespace WgDynamic.Tool;

/// <summary><c>wg-dynamic leases</c>.</summary>
internal sealed class LeasesCommand : DaemonCommand
{
    private readonly Option<PublicKey[]> _keys = Values.Keys("Those of this peer; may be given several times");
    private readonly Option<IpRange[]> _addresses = Values.Ranges("--address", "Those of this address, prefix or range; may be given several times");
    private readonly Option<AddressFamilyName?> _family = Values.Name<AddressFamilyName>("--family", "Those of one family");
    private readonly Option<LeaseState[]> _states = Values.Names<LeaseState>("--state", "Those in this state");
    private readonly Option<string[]> _pools = new("--pool") { Description = "Those of this pool, by its name or range; may be given several times", HelpName = "POOL" };

    public LeasesCommand(Terminal terminal)
        : base(terminal, "leases", "List leases, those that have ended among them", role: null, isChange: false)
    {
        _keys.CompletionSources.Add(Offers.Keys);
        _addresses.CompletionSources.Add(Offers.Addresses);
        _pools.CompletionSources.Add(Offers.Pools);
        Add(_keys);
        Add(_addresses);
        Add(_family);
        Add(_states);
        Add(_pools);
    }

    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => new LeasesRequest
    {
        PublicKeys = result.GetValue(_keys) ?? [],
        Addresses = result.GetValue(_addresses) ?? [],
        Family = result.GetValue(_family),
        States = result.GetValue(_states) ?? [],
        Pools = result.GetValue(_pools) ?? [],
    };

    /// <inheritdoc/>
    protected override IAnswers ForPeople(ParseResult result, bool several) => TableOrFields(Columns.Leases(Terminal.Clock.GetUtcNow(), several));

    // Who names a peer, an address or a pool expects it to be there.
    /// <inheritdoc/>
    protected override string? Missing(ParseResult result) =>
        Request(result) is LeasesRequest { PublicKeys.Count: 0, Addresses.Count: 0, Pools.Count: 0 } ? null : "there is no such lease; see: wg-dynamic leases";
}

/// <summary><c>wg-dynamic revoke</c>.</summary>
internal sealed class RevokeCommand : DaemonCommand
{
    private readonly Argument<IpAddress[]> _addresses = Values.Addresses("The addresses to take back");
    private readonly Option<PublicKey?> _key = Values.KeyOption("All that this peer has, or with addresses: only if they are this peer's");
    private readonly Option<string> _reason = new("--reason") { Description = "Why, for the log and the event", HelpName = "TEXT" };

    public RevokeCommand(Terminal terminal)
        : base(terminal, "revoke", "Take leases back at once; a client that is there soon asks for another address", DaemonRole.Server, isChange: true)
    {
        _addresses.CompletionSources.Add(Offers.Addresses);
        _key.CompletionSources.Add(Offers.Keys);
        Add(_addresses);
        Add(_key);
        Add(_reason);
        Validators.Add(result =>
        {
            if (result.GetResult(_key) is null && result.GetResult(_addresses) is null or { Tokens.Count: 0 })
                result.AddError("say which leases: an address, or --key KEY for all that a peer has");
        });
    }

    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => new RevokeRequest
    {
        Addresses = result.GetValue(_addresses) ?? [],
        PublicKey = result.GetValue(_key),
        Reason = result.GetValue(_reason),
    };

    /// <inheritdoc/>
    protected override IAnswers ForPeople(ParseResult result, bool several) =>
        Sentences(answer => answer is LeaseAnswer lease ? $"revoked {lease.Address} of {lease.PublicKey}" : null);

    /// <inheritdoc/>
    protected override string? Missing(ParseResult result) => "there is no such lease that is active; see: wg-dynamic leases";
}
