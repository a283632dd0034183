using WgDynamic.Daemon;
using WgDynamic.Leasing;

namespace WgDynamic.Server;

/// <summary>What the service manager hears from the lease service's loop: that it lives, and how it is doing. Has one owner, the lease service.</summary>
internal sealed class ServerStatus(InterfaceName interfaceName, LeaseBook book, StoreKeeper store, AllowedIPKeeper device, ServiceManager manager)
{
    // The rest is in the log.
    private const int MostPools = 6;

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    private (int Leases, IReadOnlyList<Pool>? Pools, string? StoreProblem, string? DeviceProblem) _told;
    private TimeSpan _toldAt;

    /// <summary>One line for people.</summary>
    public string Text
    {
        get
        {
            string pools = string.Join(", ", book.Pools.Take(MostPools).Select(pool => pool.Range));
            string text = book.Pools.Count == 0 ? $"serving {interfaceName}: no pools yet, no route leads straight to it"
                : $"serving {interfaceName}: {Count(book.ActiveCount, "lease")} from {pools}{(book.Pools.Count > MostPools ? $" and {book.Pools.Count - MostPools} more" : "")}";
            return text
                + (store.Problem is { } storeProblem ? $"; the store fails: {storeProblem}" : "")
                + (device.Problem is { } deviceProblem ? $"; the device fails: {deviceProblem}" : "");
        }
    }

    /// <summary>How long the loop may take for a round.</summary>
    public TimeSpan LongestRound => manager.LongestRound ?? TimeSpan.MaxValue;

    /// <summary>A round is over.</summary>
    /// <param name="looked">When the device was last looked at: what has changed is told at most once a look.</param>
    public void EndRound(TimeSpan looked)
    {
        manager.Alive();
        if (!manager.IsPresent || looked - _toldAt < _interval || (book.ActiveCount, book.Pools, store.Problem, device.Problem) is var now && now == _told)
            return;
        (_told, _toldAt) = (now, looked);
        manager.Status(Text);
    }

    private static string Count(int count, string thing) => count == 1 ? $"1 {thing}" : $"{count} {thing}s";
}
