using WgDynamic.Control;

namespace WgDynamic.Server;

/// <summary>What is counted; adding one costs nothing to speak of. For any thread.</summary>
internal sealed class Counters
{
    private readonly long[] _refusals = new long[Enum.GetValues<RefusalReason>().Length];
    private readonly long[] _leases = new long[Enum.GetValues<EventType>().Length];
    private long _requests;
    private long _malformed;
    private long _mended;
    private long _connections;
    private long _storeFailures;

    /// <summary>A peer's request that could be read.</summary>
    public void AddRequest() => Interlocked.Increment(ref _requests);

    /// <summary>A peer's request that could not.</summary>
    public void AddMalformed() => Interlocked.Increment(ref _malformed);

    /// <summary>A connection of a peer.</summary>
    public void AddConnection() => Interlocked.Increment(ref _connections);

    /// <summary>A transaction of the store that failed.</summary>
    public void AddStoreFailure() => Interlocked.Increment(ref _storeFailures);

    /// <summary>AllowedIPs that had been changed by somebody else, and are put right.</summary>
    public void AddMended(int count) => Interlocked.Add(ref _mended, count);

    /// <summary>A request that was not, or not wholly, granted.</summary>
    public void AddRefusal(RefusalReason reason) => Interlocked.Increment(ref _refusals[(int)reason]);

    /// <summary>Something that happened to a lease.</summary>
    public void Add(EventType happened) => Interlocked.Increment(ref _leases[(int)happened]);

    /// <summary>All of it, since the server's start.</summary>
    /// <param name="name">The interface.</param>
    /// <param name="since">The server's start.</param>
    public StatisticsAnswer Read(InterfaceName name, DateTimeOffset since) => new()
    {
        Interface = name,
        Since = since,
        Requests = Volatile.Read(ref _requests),
        Grants = Volatile.Read(ref _leases[(int)EventType.Granted]),
        Renewals = Volatile.Read(ref _leases[(int)EventType.Renewed]),
        Releases = Volatile.Read(ref _leases[(int)EventType.Released]),
        Expirations = Volatile.Read(ref _leases[(int)EventType.Expired]),
        Revocations = Volatile.Read(ref _leases[(int)EventType.Revoked]),
        Refusals = Enum.GetValues<RefusalReason>().Where(reason => Volatile.Read(ref _refusals[(int)reason]) > 0)
            .ToDictionary(reason => reason.ToString(), reason => Volatile.Read(ref _refusals[(int)reason])),
        Malformed = Volatile.Read(ref _malformed),
        Mended = Volatile.Read(ref _mended),
        Connections = Volatile.Read(ref _connections),
        StoreFailures = Volatile.Read(ref _storeFailures),
    };
}
