using System.Globalization;
using System.Net.Sockets;
using WgDynamic;
using WgDynamic.Leasing;
using WgDynamic.Storage;

// PATH FIRST: grants addresses in batches of ten, from the number FIRST on, and writes the number behind each batch
// once it is committed. For ever: it is to be killed.
byte[] key = new byte[PublicKey.ByteLength];
PublicKey peer = new(key);
await using SqliteLeaseStore store = SqliteLeaseStore.Open(args[0], "boot");
for (uint next = uint.Parse(args[1], CultureInfo.InvariantCulture); ;)
{
    List<LeaseChange> batch = [];
    for (int i = 0; i < 10; i++, next++)
    {
        DateTimeOffset start = DateTimeOffset.UnixEpoch.AddSeconds(next);
        batch.Add(new LeaseChange(LeaseEvent.Granted, new LeaseRecord(
            new IpAddress(AddressFamily.InterNetwork, next), peer, LeaseState.Active, start, start.AddHours(1), TimeSpan.FromSeconds(next), true, null)));
    }

    await store.CommitAsync(batch, new Moment(TimeSpan.FromSeconds(next), DateTimeOffset.UnixEpoch.AddSeconds(next)), CancellationToken.None);
    Console.WriteLine(next.ToString(CultureInfo.InvariantCulture));
}
