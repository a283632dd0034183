using System.CommandLine;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using WgDynamic.Control;
using WgDynamic.Daemon;
using WgDynamic.Netlink;

namespace WgDynamic.Tool.Tests;

public sealed class OffersTests : IDisposable
{
    private readonly ToolRun _tool = new();

    // Stands still: how busy this machine is does not matter.
    private readonly FakeTimeProvider _clock = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public async Task Shells_are_offered_interfaces_keys_addresses_pools_and_exclusions_that_there_are()
    {
        await using FakeDaemon server = new(_tool.Folder, "wg0", DaemonRole.Server, Answer);
        await using FakeDaemon other = new(_tool.Folder, "wg1", DaemonRole.Server, _ => [Samples.Lease with { Address = IpAddress.Parse("10.99.0.1"), PublicKey = Samples.Bob }]);
        await using FakeDaemon client = new(_tool.Folder, "wg2", DaemonRole.Client, _ => []);
        Assert.Equal(["wg0", "wg1", "wg2", "all"], Suggest("show", ""));
        Assert.Equal(["add", "set", "remove", "exclusions", "exclude", "include", "wg0", "wg1", "all"], Suggest("pools", ""));
        Assert.Equal(["wg2"], Suggest("renew", ""));
        Assert.Equal(["10.66.0.7"], Suggest("revoke", "wg0 "));
        Assert.Equal(["10.66.0.7", "10.99.0.1"], Suggest("leases", "--address "));
        Assert.Equal(["10.99.0.1"], Suggest("leases", "wg1 --address "));
        Assert.Equal([$"{Samples.Alice}"], Suggest("leases", "--key x"));
        Assert.Equal([$"{Samples.Bob}"], Suggest("reserve", "wg1 "));
        Assert.Equal(["office", "fd66::/64"], Suggest("pools remove", "wg0 "));
        Assert.Equal(["10.66.0.200-10.66.0.254"], Suggest("pools include", "wg0 "));
        Assert.Equal([ShellCompletion.File], Suggest("backup", "wg0 /"));
        Assert.Equal(["active", "expired", "released", "revoked"], Suggest("leases", "--state "));
        Assert.Equal(["active,expired", "active,released", "active,revoked"], Suggest("leases", "--state active,"));

        static IEnumerable<ControlAnswer> Answer(ControlRequest request) => request switch
        {
            LeasesRequest => [Samples.Lease],
            PoolsRequest => [Samples.Pool, Samples.Pool6],
            ExclusionsRequest => [Samples.Exclusion, Samples.Exclusion with { Range = IpRange.Parse("10.66.0.1"), Origin = Origin.Device }],
            _ => [],
        };
    }

    [Fact]
    public async Task A_daemon_that_answers_nothing_fails_or_lies_costs_a_shell_a_moment_and_no_word()
    {
        Assert.Equal([], Suggest("revoke", "wg0 1"));
        await using FakeDaemon denying = new(_tool.Folder, "wg0", DaemonRole.Server, (_, _) => throw new ControlException(ControlError.AccessDenied, "no"));
        Assert.Equal([], Suggest("revoke", "wg0 1"));
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using FakeDaemon silent = new(_tool.Folder, "wg1", DaemonRole.Server, (_, token) =>
        {
            asked.SetResult();
            return new ValueTask(Task.Delay(Timeout.Infinite, token));
        });
        Task<string[]> waiting = Task.Run(() => Suggest("revoke", "wg1 1"), TestContext.Current.CancellationToken);
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(150));
        Assert.Empty(await waiting.WaitAsync(TestContext.Current.CancellationToken));

        using Socket stranger = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        SharedFile.Bind(stranger, Path.Combine(_tool.Folder, "wg2.server.sock"));
        stranger.Listen();
        Task accepted = Task.Run(
            async () =>
            {
                using Socket caller = await stranger.AcceptAsync(TestContext.Current.CancellationToken);
                _ = await caller.SendAsync("HTTP/1.1 400 Bad Request\r\n"u8.ToArray());
            },
            TestContext.Current.CancellationToken);
        Assert.Equal([], Suggest("revoke", "wg2 1"));
        await accepted;
    }

    [Fact]
    public async Task Of_very_many_no_more_are_offered_than_anybody_reads()
    {
        await using FakeDaemon server = new(_tool.Folder, "wg0", DaemonRole.Server, _ => Enumerable.Range(0, 4 * Offers.Most).Select(i => Samples.Lease with { Address = IpPrefix.Parse("10.0.0.0/8")[(uint)i] }));
        Assert.Equal(Offers.Most, Suggest("revoke", "wg0 ").Length);
    }

    // What a shell is offered that asks for the word at the end.
    private string[] Suggest(string command, string rest)
    {
        RootCommand root = ToolCommand.Create(new Terminal { Output = TextWriter.Null, Error = TextWriter.Null, Clock = _clock });
        DaemonOptions.Prepare(root);
        StringWriter output = new() { NewLine = "\n" };
        Assert.Equal(0, root.Parse(["[suggest]", $"wg-dynamic {command} --runtime-directory {_tool.Folder} {rest}"]).Invoke(new InvocationConfiguration { Output = output }));
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
