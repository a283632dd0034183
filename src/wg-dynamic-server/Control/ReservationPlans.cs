using WgDynamic.Control;
using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>Reservations by the control socket. For the lease service's loop.</summary>
internal sealed class ReservationPlans(PlanEdit edit, LeaseBook book)
{
    private PlanKeeper Plan => edit.Plan;

    private RuntimeEntries Entries => edit.Plan.Entries;

    /// <summary>All reservations, in no order.</summary>
    public (Reservation Reservation, Origin Origin)[] Snapshot() =>
    [
        .. Plan.FileReservations.Values.Select(reservation => (reservation, Origin.File)),
        .. Entries.Reservations.Select(reservation => (reservation, Origin.Runtime)),
    ];

    /// <summary>Those of a snapshot that are asked for, by address. For any thread.</summary>
    public static IEnumerable<(Reservation Reservation, Origin Origin)> Select((Reservation Reservation, Origin Origin)[] all, ReservationsRequest request)
    {
        HashSet<PublicKey> peers = [.. request.PublicKeys];
        return all
            .Where(entry => (peers.Count == 0 || peers.Contains(entry.Reservation.Peer)) && (request.Addresses.Count == 0 || request.Addresses.Any(range => range.Contains(entry.Reservation.Address))))
            .OrderBy(entry => entry.Reservation.Address).ThenBy(entry => entry.Origin);
    }

    public ReservationAnswer Answer(Reservation reservation, Origin origin) => new()
    {
        Interface = edit.Interface,
        PublicKey = reservation.Peer,
        Address = reservation.Address,
        LeaseTime = reservation.LeaseTime,
        Description = reservation.Description,
        Origin = origin,
        InUse = book.Find(reservation.Address) is { IsActive: true } lease && lease.Peer == reservation.Peer,
        Problem = Plan.ProblemOf(reservation, origin),
    };

    public async ValueTask<ReservationAnswer> AddAsync(AddReservationRequest request, Moment now)
    {
        Reservation reservation = new(request.PublicKey, request.Address, PlanChecks.LeaseTime(request.LeaseTime), PlanChecks.Text(request.Description));
        RequireNoOther(reservation, except: null);
        PlanChecks.RequireRoom(Entries.Reservations.Count, PlanChecks.MaxReservations, "reservations");
        RequireToBeHad(reservation);
        await edit.ChangeAsync(RuntimePlan.Empty, new RuntimePlan { Reservations = [reservation] }, now, $"reserved {reservation.Address} for {reservation.Peer}{Until(reservation)}", reservation.Peer, reservation.Address);
        return Answer(reservation, Origin.Runtime);
    }

    public async ValueTask<ReservationAnswer> SetAsync(SetReservationRequest request, Moment now)
    {
        if (!Entries.TryGetReservation(request.Address, out Reservation before))
        {
            throw Plan.FileReservations.ContainsKey(request.Address)
                ? edit.ReadOnly($"the reservation of {request.Address}", Origin.File)
                : new ControlException(ControlError.ReservationNotFound, $"{request.Address} is not reserved", $"reserve it: wg-dynamic reserve {edit.Interface} …");
        }

        Reservation after = new(
            request.PublicKey ?? before.Peer,
            before.Address,
            PlanChecks.LeaseTime(request.LeaseTime, before.LeaseTime),
            request.Description is null ? before.Description : PlanChecks.Text(request.Description));
        if (after.Peer != before.Peer)
        {
            RequireNoOther(after, except: before.Address);
            RequireToBeHad(after);
        }

        if (after != before)
        {
            RuntimePlan removed = new() { Reservations = [before] }, added = new() { Reservations = [after] };
            await edit.ChangeAsync(removed, added, now, $"changed the reservation of {after.Address} for {after.Peer}{(after.Peer == before.Peer ? "" : $", before for {before.Peer}")}{Until(after)}", after.Peer, after.Address);
        }

        return Answer(after, Origin.Runtime);
    }

    public async ValueTask<ReservationAnswer[]> RemoveAsync(RemoveReservationRequest request, Moment now)
    {
        if (request.PublicKey is null && request.Address is null)
            throw new ControlException(ControlError.InvalidRequest, "this would remove every reservation", "name a peer or an address");
        Reservation[] removed = [.. Ours(request)];
        if (removed.Length == 0)
        {
            foreach (Reservation written in Plan.FileReservations.Values)
            {
                if ((request.Address ?? written.Address) == written.Address && (request.PublicKey ?? written.Peer) == written.Peer)
                    throw edit.ReadOnly($"the reservation of {written.Address} for {written.Peer}", Origin.File);
            }

            throw new ControlException(ControlError.ReservationNotFound, $"there is no such reservation: {request.Address}{(request.Address is null || request.PublicKey is null ? "" : " for ")}{request.PublicKey}", $"see which there are: wg-dynamic reservations {edit.Interface}");
        }

        ReservationAnswer[] answers = Array.ConvertAll(removed, reservation => Answer(reservation, Origin.Runtime));
        string text = $"reserved {string.Join(" and ", removed.Select(reservation => reservation.Address))} no longer for {removed[0].Peer}";
        await edit.ChangeAsync(new RuntimePlan { Reservations = removed }, RuntimePlan.Empty, now, text, removed[0].Peer, removed[0].Address);
        return answers;
    }

    private IEnumerable<Reservation> Ours(RemoveReservationRequest request)
    {
        if (request.Address is { } address)
        {
            if (Entries.TryGetReservation(address, out Reservation reservation) && (request.PublicKey ?? reservation.Peer) == reservation.Peer)
                yield return reservation;
            yield break;
        }

        foreach (bool isIPv6 in (bool[])[false, true])
        {
            if (Entries.TryGetReservation(request.PublicKey!.Value, isIPv6, out Reservation reservation))
                yield return reservation;
        }
    }

    // In force or not: two that are in each other's way are one too many.
    private void RequireNoOther(Reservation reservation, IpAddress? except)
    {
        IpAddress address = reservation.Address;
        if (Plan.FileReservations.TryGetValue(address, out Reservation other) || (address != except && Entries.TryGetReservation(address, out other)))
            throw Exists($"{address} is reserved for {other.Peer} already", other);
        if ((Entries.TryGetReservation(reservation.Peer, address.IsIPv6, out other) && other.Address != except) || Plan.TryGetFileReservation(reservation.Peer, address.IsIPv6, out other))
            throw Exists($"{reservation.Peer} has the reserved address {other.Address} already", other);
    }

    private ControlException Exists(string message, Reservation other)
    {
        Origin origin = Plan.FileReservations.ContainsKey(other.Address) ? Origin.File : Origin.Runtime;
        return new ControlException(
            ControlError.ReservationExists,
            $"{message}, {edit.Source(origin)}",
            origin == Origin.File ? edit.ReadOnly("it", origin).Remedy : $"remove that one first: wg-dynamic unreserve {edit.Interface} {other.Address}");
    }

    // As in the configuration file, in a pool or outside of all.
    private void RequireToBeHad(Reservation reservation)
    {
        IpAddress address = reservation.Address;
        if (SpecialAddresses.AnyIn(new IpRange(address, address)) is { } kind)
            throw new ControlException(ControlError.AddressNotInPool, $"{address} is {kind}, no address for a host", "name one of your network, such as 10.66.0.7 or fd66::7");
        if (Plan.Source.OwnAddresses.Contains(address))
            throw new ControlException(ControlError.AddressNotInPool, $"{address} is an address of this host", "name another one");
        if (Plan.OwnerByHand(address) is { } owner && owner != reservation.Peer)
            throw new ControlException(ControlError.AddressNotInPool, $"{address} is in the AllowedIPs of {owner}", $"name another one, or take it from that peer first: wg set {edit.Interface} peer {owner} allowed-ips …");
        if (book.Find(address) is { IsActive: true } lease && lease.Peer != reservation.Peer)
            throw new ControlException(ControlError.AddressInUse, $"{address} is leased to {lease.Peer} until {lease.End:u}", $"wait until then, or revoke it first: wg-dynamic revoke {edit.Interface} {address}");
    }

    // It is given away when the peer next asks, so that nothing is cut off.
    private string Until(Reservation reservation) =>
        book.LeasesOf(reservation.Peer).FirstOrDefault(lease => lease.IsActive && lease.Address.IsIPv6 == reservation.Address.IsIPv6) is { } held && held.Address != reservation.Address ? $", who keeps {held.Address} until he next asks" : "";
}
