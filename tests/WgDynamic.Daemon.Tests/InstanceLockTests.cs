using WgDynamic.Netlink;

namespace WgDynamic.Daemon.Tests;

public sealed class InstanceLockTests : IDisposable
{
    private static readonly InterfaceName _wg0 = InterfaceName.Parse("wg0");
    private readonly string _directory = Path.Combine(Directory.CreateTempSubdirectory("wgd-lock-").FullName, "made", "on", "the", "way");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private InstanceLock? TryTake(InterfaceName name, string kind) => InstanceLock.TryTake(_directory, name, kind, SharedFile.TryLock);

    [Fact]
    public void A_second_daemon_of_a_kind_is_refused_until_the_first_is_gone()
    {
        InstanceLock? first = TryTake(_wg0, "client");
        Assert.NotNull(first);
        Assert.Null(TryTake(_wg0, "client"));
        first.Dispose();
        using InstanceLock? next = TryTake(_wg0, "client");
        Assert.NotNull(next);
    }

    [Fact]
    public void Other_kinds_and_other_interfaces_do_not_matter()
    {
        using InstanceLock? client = TryTake(_wg0, "client");
        using InstanceLock? server = TryTake(_wg0, "server");
        using InstanceLock? other = TryTake(InterfaceName.Parse("wg1"), "client");
        Assert.NotNull(client);
        Assert.NotNull(server);
        Assert.NotNull(other);
    }

    [Fact]
    public void Who_looks_whether_it_is_held_does_not_take_it()
    {
        Assert.False(SharedFile.IsLocked(InstanceLock.PathOf(_directory, _wg0, "client")));
        using (InstanceLock? held = TryTake(_wg0, "client"))
            Assert.True(SharedFile.IsLocked(InstanceLock.PathOf(_directory, _wg0, "client")));
        Assert.False(SharedFile.IsLocked(InstanceLock.PathOf(_directory, _wg0, "client")));
        using InstanceLock? next = TryTake(_wg0, "client");
        Assert.NotNull(next);
    }

    [Fact]
    public void The_file_says_who_holds_it()
    {
        using InstanceLock? held = TryTake(_wg0, "client");
        // Another descriptor of this very process could not open it: only what ignores locks, as cat does, can.
        using System.Diagnostics.Process cat = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("cat", Directory.GetFiles(_directory)) { RedirectStandardOutput = true })!;
        Assert.Equal($"{Environment.ProcessId}\n", cat.StandardOutput.ReadToEnd());
    }

    [Fact]
    public void A_lock_that_a_process_died_with_is_free()
    {
        string file;
        using (TryTake(_wg0, "client"))
            file = Assert.Single(Directory.GetFiles(_directory));
        // What kill -9 leaves: the file with a number in it, and no lock.
        File.WriteAllText(file, "999999\n");
        using InstanceLock? next = TryTake(_wg0, "client");
        Assert.NotNull(next);
    }
}
