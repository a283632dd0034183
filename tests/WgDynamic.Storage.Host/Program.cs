using System.Globalization;
using System.Net.Sockets;
using WgDynamic;
using WgDynamic.Leasing;
using WgDynamic.Storage;

// PATH FIRST: grants addresses in batches of ten, from the number FIRST on, and writes the number behind each batch
// once it is committed. For ever: it is to be killed.
// PATH: makes a database and does everything once that may not be lost when it is said to be done.
await using SqliteLeaseStore store = SqliteLeaseStore.Open(args[0], "boot");
if (args.Length == 1)
{
    Console.WriteLine("made");
    for (uint i = 0; i < 2; i++)
    {
        await CommitAsync(10 * i);
        Console.WriteLine("committed");
    }

    _ = await store.RebuildAsync((await store.LoadAsync(CancellationToken.None)).Records, await store.LoadPlanAsync(CancellationToken.None), At(20), CancellationToken.None);
    Console.WriteLine("rebuilt");
    LeaseDatabase.Backup(args[0], args[0] + ".backup");
    Console.WriteLine("backed up");
    await store.DisposeAsync();
    _ = LeaseDatabase.Restore(args[0] + ".backup", args[0], DateTimeOffset.UnixEpoch);
    Console.WriteLine("restored");
    return;
}

for (uint next = uint.Parse(args[1], CultureInfo.InvariantCulture); ;)
{
    await CommitAsync(next);
    next += 10;
    Console.WriteLine(next.ToString(CultureInfo.InvariantCulture));
}

async Task CommitAsync(uint first)
{
    List<LeaseChange> batch = [];
    for (uint next = first; next < first + 10; next++)
    {
        DateTimeOffset start = At(next).Wall;
        batch.Add(new LeaseChange(LeaseEvent.Granted, new LeaseRecord(
            new IpAddress(AddressFamily.InterNetwork, next), default, LeaseState.Active, start, start.AddHours(1), TimeSpan.FromSeconds(next), true, null)));
    }

    await store.CommitAsync(batch, At(first), CancellationToken.None);
}

static Moment At(uint seconds) => new(TimeSpan.FromSeconds(seconds), DateTimeOffset.UnixEpoch.AddSeconds(seconds));
