using Microsoft.Extensions.Time.Testing;
using WgDynamic.Control;

namespace WgDynamic.Tool.Tests;

public sealed class BackupCommandTests : IDisposable
{
    private readonly ToolRun _tool = new();
    private readonly byte[] _content = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7))];

    private string Target => Path.Combine(_tool.Folder, "wg0.backup");

    public void Dispose() => _tool.Dispose();

    [Fact]
    public async Task A_backup_is_its_owners_alone_and_takes_the_place_of_nothing_unless_told_to()
    {
        await using FakeDaemon server = Serve();
        Assert.Equal((0, ""), (await _tool.RunAsync("backup", "wg0", Target), _tool.Error));
        Assert.Equal($"the leases of wg0 are copied to {Target} (97.66 KiB)\n", _tool.Output);
        Assert.Equal(_content, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Target));

        await File.WriteAllTextAsync(Target, "mine", TestContext.Current.CancellationToken);
        Assert.Equal(1, await _tool.RunAsync("backup", "wg0", Target));
        Assert.Equal($"wg-dynamic: {Target} exists already; name another file, or put this in its place with --force\n", _tool.Error);
        Assert.Equal("mine", await File.ReadAllTextAsync(Target, TestContext.Current.CancellationToken));
        // It was not even asked for.
        _ = Assert.Single(server.Requests);

        Assert.Equal(0, await _tool.RunAsync("backup", "wg0", Target, "--force"));
        Assert.Equal(_content, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
        Assert.Equal(1, await _tool.RunAsync("backup", "wg0", _tool.Folder));
        Assert.Equal($"wg-dynamic: {_tool.Folder} is a directory; name a file in it\n", _tool.Error);
        Assert.Equal(["wg0.backup", "wg0.server.sock"], Directory.GetFiles(_tool.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task One_that_comes_while_the_backup_is_made_stays()
    {
        await using FakeDaemon server = new(_tool.Folder, "wg0", DaemonRole.Server, async (call, token) =>
        {
            await File.WriteAllTextAsync(Target, "mine", token);
            await call.WriteAsync(new ContentAnswer { Content = _content.AsMemory(0, 100) }, token);
        });
        Assert.Equal(1, await _tool.RunAsync("backup", "wg0", Target));
        Assert.Contains("exists already", _tool.Error, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Target, TestContext.Current.CancellationToken));
        Assert.Equal(2, Directory.GetFiles(_tool.Folder).Length);
    }

    [Fact]
    public async Task Of_a_backup_that_fails_in_the_middle_nothing_is_left()
    {
        await using FakeDaemon server = new(_tool.Folder, "wg0", DaemonRole.Server, async (call, token) =>
        {
            await call.WriteAsync(new ContentAnswer { Content = _content.AsMemory(0, 100) }, token);
            throw new ControlException(ControlError.Failed, "the disk is full");
        });
        Assert.Equal(1, await _tool.RunAsync("backup", "wg0", Target));
        Assert.Equal("wg-dynamic: the disk is full\n", _tool.Error);
        _ = Assert.Single(Directory.GetFiles(_tool.Folder));
    }

    [Fact]
    public async Task A_backup_is_sent_back_whole()
    {
        using MemoryStream received = new();
        await using FakeDaemon server = new(_tool.Folder, "wg0", DaemonRole.Server, async (call, token) =>
        {
            await foreach (ReadOnlyMemory<byte> part in call.UploadAsync(token))
                received.Write(part.Span);
            await call.WriteAsync(Samples.Server, token);
        });
        await File.WriteAllBytesAsync(Target, _content, TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (await _tool.RunAsync("restore", "wg0", Target), _tool.Error));
        Assert.Equal(_content, received.ToArray());
        Assert.Equal($"wg0 has the leases of {Target}: 2 active, 1 ended\n", _tool.Output);
    }

    [Fact]
    public void Progress_is_shown_after_a_second_and_wiped_in_the_end()
    {
        FakeTimeProvider clock = new();
        StringWriter error = new();
        Terminal terminal = new() { Output = TextWriter.Null, Error = error, Clock = clock, ShowsProgress = true };
        long done = 512 * 1024;
        using (new Progress(terminal, () => done, 1024 * 1024))
        {
            clock.Advance(TimeSpan.FromSeconds(0.9));
            Assert.Equal("", error.ToString());
            clock.Advance(TimeSpan.FromSeconds(0.1));
            Assert.Equal("\r512.00 KiB of 1.00 MiB (50%)", error.ToString());
            done = 1024 * 1024;
            clock.Advance(TimeSpan.FromSeconds(0.2));
            Assert.EndsWith("\r1.00 MiB of 1.00 MiB (100%) ", error.ToString(), StringComparison.Ordinal);
        }

        Assert.EndsWith($"\r{new string(' ', 28)}\r", error.ToString(), StringComparison.Ordinal);
        error.GetStringBuilder().Clear();
        using (new Progress(new Terminal { Output = TextWriter.Null, Error = error, Clock = clock }, () => done))
            clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("", error.ToString());
    }

    private FakeDaemon Serve() => new(_tool.Folder, "wg0", DaemonRole.Server, _ => _content.Chunk(32 * 1024).Select(part => new ContentAnswer { Content = part }));
}
