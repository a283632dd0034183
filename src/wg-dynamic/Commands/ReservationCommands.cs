using System.CommandLine;
using WgDynamic.Control;

namespace WgDynamic.Tool;

/// <summary><c>wg-dynamic reservations</c>.</summary>
internal sealed class ReservationsCommand : DaemonCommand
{
    private readonly Option<PublicKey[]> _keys = Values.Keys("Those for this peer; may be given several times");
    private readonly Option<IpRange[]> _addresses = Values.Ranges("--address", "Those of this address, prefix or range; may be given several times");

    public ReservationsCommand(Terminal terminal)
        : base(terminal, "reservations", "List the addresses that are kept for peers", DaemonRole.Server, isChange: false)
    {
        _keys.CompletionSources.Add(Offers.Keys);
        _addresses.CompletionSources.Add(Offers.Reservations);
        Add(_keys);
        Add(_addresses);
    }

    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => new ReservationsRequest { PublicKeys = result.GetValue(_keys) ?? [], Addresses = result.GetValue(_addresses) ?? [] };

    /// <inheritdoc/>
    protected override IAnswers ForPeople(ParseResult result, bool several) => TableOrFields(Columns.Reservations(several));

    /// <inheritdoc/>
    protected override string? Missing(ParseResult result) =>
        Request(result) is ReservationsRequest { PublicKeys.Count: 0, Addresses.Count: 0 } ? null : "there is no such reservation; see: wg-dynamic reservations";
}

/// <summary><c>wg-dynamic reserve</c>.</summary>
internal sealed class ReserveCommand : DaemonCommand
{
    private readonly Argument<PublicKey> _key = Values.Key("The peer's public key");
    private readonly Argument<IpAddress> _address = Values.Address("The address to keep for it");
    private readonly Option<TimeSpan?> _leaseTime = Values.Time("--lease-time", "How long its lease lasts, such as 7d; with --change, 0 for the server's time again");
    private readonly Option<string> _description = new("--description") { Description = "What it is for; with --change, empty for nothing", HelpName = "TEXT" };
    private readonly Option<bool> _change = new("--change") { Description = "Change what is said of this address, which is reserved already" };

    public ReserveCommand(Terminal terminal)
        : base(terminal, "reserve", "Keep an address for a peer", DaemonRole.Server, isChange: true)
    {
        _key.CompletionSources.Add(Offers.Keys);
        _address.CompletionSources.Add(Offers.Addresses);
        Add(_key);
        Add(_address);
        Add(_leaseTime);
        Add(_description);
        Add(_change);
        Validators.Add(result =>
        {
            // Its value is not to be had where it is none.
            if (result.GetResult(_change) is null && result.GetResult(_leaseTime) is { Tokens: [{ Value: var text }] } && Values.TryTime(text, out TimeSpan time) && time == TimeSpan.Zero)
                result.AddError("--lease-time must be at least 1 second");
        });
    }

    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => result.GetValue(_change)
        ? new SetReservationRequest
        {
            Address = result.GetValue(_address),
            PublicKey = result.GetValue(_key),
            LeaseTime = result.GetValue(_leaseTime),
            Description = result.GetValue(_description),
        }
        : new AddReservationRequest
        {
            Address = result.GetValue(_address),
            PublicKey = result.GetValue(_key),
            LeaseTime = result.GetValue(_leaseTime),
            Description = result.GetValue(_description),
        };

    /// <inheritdoc/>
    protected override IAnswers ForPeople(ParseResult result, bool several) => Sentences(answer => answer is ReservationAnswer { } reservation
        ? $"{reservation.Address} is kept for {reservation.PublicKey}{(reservation.Problem is { } problem ? $", who could not have it: {Words.Harmless(problem)}" : "")}"
        : null);
}

/// <summary><c>wg-dynamic unreserve</c>.</summary>
internal sealed class UnreserveCommand : DaemonCommand
{
    private readonly Argument<(IpAddress? Address, PublicKey? Key)> _which = new("address-or-key")
    {
        HelpName = "address|key",
        Description = "The address, or the public key of the peer whose reservations are to end",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (IpAddress.TryParse(text, out IpAddress address))
                return (address, null);
            return Values.TryKey(result, text, out PublicKey key) ? (null, key) : default;
        },
    };

    public UnreserveCommand(Terminal terminal)
        : base(terminal, "unreserve", "Keep addresses for a peer no longer; a lease goes on until it ends", DaemonRole.Server, isChange: true)
    {
        _which.CompletionSources.Add(Offers.Reservations);
        Add(_which);
    }

    /// <inheritdoc/>
    protected override ControlRequest Request(ParseResult result) => new RemoveReservationRequest { Address = result.GetValue(_which).Address, PublicKey = result.GetValue(_which).Key };

    /// <inheritdoc/>
    protected override IAnswers ForPeople(ParseResult result, bool several) =>
        Sentences(answer => answer is ReservationAnswer reservation ? $"{reservation.Address} is kept for {reservation.PublicKey} no longer" : null);

    /// <inheritdoc/>
    protected override string? Missing(ParseResult result) => "there is no such reservation; see: wg-dynamic reservations";
}
