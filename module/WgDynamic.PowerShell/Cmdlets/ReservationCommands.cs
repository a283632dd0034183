using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>Gets the addresses that are kept for peers.</summary>
/// <remarks>Gives the reservations of the configuration file and those that were added by Add-WgReservation: see their Origin.</remarks>
/// <example>
/// <code>Get-WgReservation -Interface wg0</code>
/// All reservations of an interface.
/// </example>
/// <example>
/// <code>Get-WgReservation | Where-Object Problem | Format-List</code>
/// Those whose peer could not have its address, and why.
/// </example>
[Cmdlet(VerbsCommon.Get, "WgReservation")]
[OutputType(typeof(WgReservation))]
public sealed class GetWgReservationCommand : WgGetCmdlet
{
    /// <summary>Only those for these peers: public keys, or wildcards.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PublicKeyCompleter))]
    [SupportsWildcards]
    public string[]? PublicKey { get; set; }

    /// <summary>Only these addresses: addresses, prefixes, ranges, or wildcards.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(AddressCompleter))]
    [SupportsWildcards]
    public string[]? IPAddress { get; set; }

    internal override DaemonRole? Daemon => DaemonRole.Server;

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForItem(PublicKey, () =>
    {
        Filter keys = new(PublicKey);
        AddressFilter addresses = new(IPAddress);
        ReservationsRequest request = new() { PublicKeys = [.. keys.Literals.Select(Read.Key)], Addresses = addresses.Ranges };
        bool asked = false;
        ForEachDaemon(Interface, socket =>
        {
            asked = true;
            foreach (ReservationAnswer answer in Ask<ReservationAnswer>(socket, request))
            {
                if (keys.Takes($"{answer.PublicKey}") & addresses.Takes(answer.Address))
                    WriteObject(new WgReservation(answer));
            }
        });
        foreach (string name in asked ? keys.Unseen.Concat(addresses.Unseen) : [])
            Report(Reservations.NotFound($"there is no reservation of {name}", name), name);
    });
}

/// <summary>Keeps an address for a peer.</summary>
/// <remarks>
/// The peer gets the address when it next asks; nobody else does. The reservation is kept in the server's database and survives restarts. What
/// comes from Get-WgLease is reserved as it is leased; the duration of that lease is not taken over. From a CSV file, the columns PublicKey,
/// IPAddress, and if you like Interface, LeaseDuration and Description are read.
/// </remarks>
/// <example>
/// <code>Add-WgReservation -Interface wg0 -PublicKey xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg= -IPAddress 10.66.0.7 -Description 'the printer'</code>
/// Keeps an address for a machine.
/// </example>
/// <example>
/// <code>Get-WgLease -Interface wg0 -State Active | Where-Object HostName -eq printer | Add-WgReservation</code>
/// Keeps for a machine what it has now.
/// </example>
/// <example>
/// <code>Import-Csv reservations.csv | Add-WgReservation -Interface wg0 -WhatIf</code>
/// Says what would be reserved from a file with the columns PublicKey, IPAddress and Description.
/// </example>
[Cmdlet(VerbsCommon.Add, "WgReservation", SupportsShouldProcess = true)]
[OutputType(typeof(WgReservation))]
public sealed class AddWgReservationCommand : WgPassThruCmdlet
{
    private bool _durationIsTyped;

    /// <summary>The peer's public key.</summary>
    [Parameter(Position = 1, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PublicKeyCompleter))]
    public string PublicKey { get; set; } = "";

    /// <summary>The address.</summary>
    [Parameter(Position = 2, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(AddressCompleter))]
    public string IPAddress { get; set; } = "";

    /// <summary>How long its leases last: seconds, or a time such as 12h or 7d. Without it: as the server's do.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Duration]
    [ValidateSeconds(1, Durations.Longest)]
    public TimeSpan? LeaseDuration { get; set; }

    /// <summary>For people.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Description { get; set; }

    /// <summary>A lease, whose address and peer are taken.</summary>
    [Parameter(ValueFromPipeline = true)]
    public WgLease? Lease { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => _durationIsTyped = IsBound(nameof(LeaseDuration));

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForItem(IPAddress, () =>
    {
        AddReservationRequest request = new()
        {
            PublicKey = Read.Key(PublicKey),
            Address = Read.Address(IPAddress),
            LeaseTime = Lease is null || _durationIsTyped ? LeaseDuration : null,
            Description = Read.Description(Description) is { Length: > 0 } description ? description : null,
        };
        ForEachDaemon(Interface, socket => ForItem(IPAddress, () =>
        {
            if (!ShouldChange($"{request.Address} on {socket.Interface}", $"Reserve for {request.PublicKey}"))
                return;
            foreach (ReservationAnswer answer in Ask<ReservationAnswer>(socket, request))
                Give(new WgReservation(answer));
        }));
    });
}

/// <summary>Changes a reservation.</summary>
/// <remarks>Changes what is given, and leaves the rest. Reservations of the configuration file are changed there.</remarks>
/// <example>
/// <code>Set-WgReservation -Interface wg0 -IPAddress 10.66.0.7 -LeaseDuration 7d -Description 'the old printer'</code>
/// Longer leases, and another description.
/// </example>
/// <example>
/// <code>Get-WgReservation -Interface wg0 | Where-Object Origin -eq Runtime | Set-WgReservation -LeaseDuration 0 -PassThru</code>
/// Has the leases of all of them last as the server's do.
/// </example>
[Cmdlet(VerbsCommon.Set, "WgReservation", SupportsShouldProcess = true)]
[OutputType(typeof(WgReservation))]
public sealed class SetWgReservationCommand : WgPassThruCmdlet
{
    /// <summary>The address whose reservation is changed.</summary>
    [Parameter(Position = 1, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(AddressCompleter))]
    public string IPAddress { get; set; } = "";

    /// <summary>For whom from now on.</summary>
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PublicKeyCompleter))]
    public string? PublicKey { get; set; }

    /// <summary>How long its leases last; 0 for as long as the server's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Duration]
    [ValidateSeconds(0, Durations.Longest)]
    public TimeSpan? LeaseDuration { get; set; }

    /// <summary>For people; empty for none.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string? Description { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForItem(IPAddress, () =>
    {
        SetReservationRequest request = new()
        {
            Address = Read.Address(IPAddress),
            PublicKey = PublicKey is null ? null : Read.Key(PublicKey),
            LeaseTime = LeaseDuration,
            Description = Read.Description(Description),
        };
        ForEachDaemon(Interface, socket => ForItem(IPAddress, () =>
        {
            ReservationAnswer now = Reservations.Resolve(this, socket, null, request.Address)[0];
            if (!ShouldChange($"{now.Address} on {socket.Interface}, reserved for {now.PublicKey}", "Change the reservation"))
                return;
            foreach (ReservationAnswer answer in Ask<ReservationAnswer>(socket, request))
                Give(new WgReservation(answer));
        }));
    });
}

/// <summary>Ends a reservation.</summary>
/// <remarks>The peer's lease goes on; from then on others can get the address once the lease has ended. Reservations of the configuration file are removed there.</remarks>
/// <example>
/// <code>Remove-WgReservation -Interface wg0 -IPAddress 10.66.0.7</code>
/// Ends the reservation of an address.
/// </example>
/// <example>
/// <code>Get-WgReservation -Interface wg0 | Where-Object Description -like 'lab*' | Remove-WgReservation -WhatIf</code>
/// Says which would be ended.
/// </example>
[Cmdlet(VerbsCommon.Remove, "WgReservation", SupportsShouldProcess = true)]
[OutputType(typeof(WgReservation))]
public sealed class RemoveWgReservationCommand : WgPassThruCmdlet
{
    /// <summary>All reservations of this peer, or with -IPAddress that one.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PublicKeyCompleter))]
    public string? PublicKey { get; set; }

    /// <summary>The reservation of this address.</summary>
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(AddressCompleter))]
    public string? IPAddress { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForItem(IPAddress ?? PublicKey, () =>
    {
        if (PublicKey is null && IPAddress is null)
            throw new WgDynamicException("WgInvalidArgument", ErrorCategory.InvalidArgument, "neither a peer nor an address is given", "Name what to remove with -PublicKey, -IPAddress or both.", Interface);
        PublicKey? key = PublicKey is null ? null : Read.Key(PublicKey);
        IpAddress? address = IPAddress is null ? null : Read.Address(IPAddress);
        ForEachDaemon(Interface, socket => ForItem(IPAddress ?? PublicKey, () =>
        {
            foreach (ReservationAnswer now in Reservations.Resolve(this, socket, key, address))
            {
                if (!ShouldChange($"{now.Address} on {socket.Interface}, reserved for {now.PublicKey}", "Remove the reservation"))
                    continue;
                ForItem($"{now.Address}", () =>
                {
                    foreach (ReservationAnswer answer in Ask<ReservationAnswer>(socket, new RemoveReservationRequest { PublicKey = now.PublicKey, Address = now.Address }))
                        Give(new WgReservation(answer));
                });
            }
        }));
    });
}

/// <summary>What the cmdlets of reservations share.</summary>
internal static class Reservations
{
    // Looked up first: -WhatIf names what is there, and a mistake is an error also then.
    public static List<ReservationAnswer> Resolve(WgControlCmdlet cmdlet, ControlSocket socket, PublicKey? key, IpAddress? address)
    {
        ReservationsRequest request = new() { PublicKeys = key is { } one ? [one] : [], Addresses = address is { } single ? [new IpRange(single, single)] : [] };
        List<ReservationAnswer> found = [.. cmdlet.Ask<ReservationAnswer>(socket, request)];
        string target = address?.ToString() ?? key!.Value.ToString();
        return found.Count > 0 ? found : throw NotFound($"there is no reservation of {target}{(address is null || key is null ? "" : $" for {key}")} on {socket.Interface}", target);
    }

    public static WgDynamicException NotFound(string message, string target) =>
        new("WgReservationNotFound", ErrorCategory.ObjectNotFound, message, "Get-WgReservation without filters lists the reservations that there are.", target);
}
