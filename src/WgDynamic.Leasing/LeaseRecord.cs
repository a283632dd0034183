namespace WgDynamic.Leasing;

/// <summary>A lease as it is stored: one address, one peer, from when to when.</summary>
/// <param name="Address">The address; in a store there is one record an address.</param>
/// <param name="Peer">Whose it is, or was last.</param>
/// <param name="State">What became of it.</param>
/// <param name="Start">When the peer first got it, UTC.</param>
/// <param name="End">When it runs out if it is active, else when it ended, UTC.</param>
/// <param name="Expiry">The same as <paramref name="End"/> in time since boot: what counts as long as the machine has not been booted again.</param>
/// <param name="OwnsAllowedIP">
/// Whether the AllowedIPs entry on the device is the server's doing, and so the server's to remove. An ended lease
/// has it until the entry has been removed: who finds it after a restart has the removal to do.
/// </param>
/// <param name="Hostname">What the peer's machine calls itself, for people; null if it did not say.</param>
public readonly record struct LeaseRecord(
    IpAddress Address, PublicKey Peer, LeaseState State, DateTimeOffset Start, DateTimeOffset End, TimeSpan Expiry, bool OwnsAllowedIP, string? Hostname);
