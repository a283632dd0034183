using System.Collections.Immutable;
using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>Makes reservations of <c>[Reservation]</c>.</summary>
/// <param name="values">Reads values.</param>
/// <param name="problems">Takes the problems.</param>
internal sealed class ReservationReader(ValueReader values, ProblemList problems)
{
    private readonly ImmutableArray<ReservationSection>.Builder _reservations = ImmutableArray.CreateBuilder<ReservationSection>();
    private readonly Dictionary<IpAddress, int> _addresses = [];
    private readonly Dictionary<(PublicKey Peer, bool IsIPv6), int> _peers = [];

    /// <summary>All reservations.</summary>
    public ImmutableArray<ReservationSection> Reservations => _reservations.ToImmutable();

    /// <summary>Reads a section.</summary>
    public void Add(Section section)
    {
        PublicKey? peer = ReadPeer(section);
        (IpAddress? ipv4, IpAddress? ipv6) = ReadAddresses(section, peer);
        ReservationSection reservation = new()
        {
            Line = section.Heading.Line,
            Peer = peer ?? default,
            IPv4 = ipv4,
            IPv6 = ipv6,
            LeaseTime = values.Time(section.Single(Vocabulary.LeaseTime), LeasePolicy.MinLeaseTime, LeasePolicy.MaxLeaseTime),
            Name = values.ForPeople(section.Single(Vocabulary.Name)),
        };
        _reservations.Add(reservation);
    }

    private PublicKey? ReadPeer(Section section)
    {
        if (section.Single(Vocabulary.PublicKey) is { } entry)
            return values.Key(entry.Value);
        problems.Error(section.Heading, "this [Reservation] has no PublicKey", "add the peer's, as 'wg show' prints it");
        return null;
    }

    private (IpAddress? IPv4, IpAddress? IPv6) ReadAddresses(Section section, PublicKey? peer)
    {
        IpAddress? ipv4 = null, ipv6 = null;
        foreach (Word item in section.All(Vocabulary.Address).SelectMany(values.Items))
        {
            if (values.HostAddress(item) is not { } address)
                continue;
            if ((address.IsIPv6 ? ipv6 : ipv4) is { } other)
                problems.Error(item, $"this [Reservation] has two {Family(address)} addresses, {other} and {address}", "delete one of them");
            else if (!_addresses.TryAdd(address, item.Line))
                problems.Error(item, $"{address} is reserved already, in line {_addresses[address]}", "delete one of the reservations, or change its Address");
            else if (peer is { } key && !_peers.TryAdd((key, address.IsIPv6), item.Line))
                problems.Error(item, $"this peer has an {Family(address)} address already, in line {_peers[(key, address.IsIPv6)]}", "delete one of the two");
            if (address.IsIPv6)
                ipv6 = address;
            else
                ipv4 = address;
        }

        if (!section.All(Vocabulary.Address).Any())
            problems.Error(section.Heading, "this [Reservation] has no Address", "add one, such as Address = 10.66.0.7, fd66::7");
        return (ipv4, ipv6);
    }

    private static string Family(IpAddress address) => address.IsIPv6 ? "IPv6" : "IPv4";
}
