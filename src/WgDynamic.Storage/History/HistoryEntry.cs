using WgDynamic.Leasing;

namespace WgDynamic.Storage;

/// <summary>Who had an address, from when to when.</summary>
/// <param name="Address">The address.</param>
/// <param name="Peer">Who.</param>
/// <param name="Start">From when, UTC.</param>
/// <param name="End">Until when, UTC; null if nothing tells of an end yet.</param>
/// <param name="State">How it ended, or that it did not.</param>
/// <param name="Hostname">What the peer's machine called itself, as far as known.</param>
public readonly record struct HistoryEntry(
    IpAddress Address, PublicKey Peer, DateTimeOffset Start, DateTimeOffset? End, LeaseState State, string? Hostname);
