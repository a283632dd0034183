using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using WgDynamic.Netlink;

namespace WgDynamic.Control.Tests;

public class ControlListenerTests
{
    private static readonly PublicKey _key = PublicKey.Parse("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=");

    [Fact]
    public async Task A_line_in_gives_a_hello_answers_and_an_end()
    {
        await using Daemon daemon = new(async (call, token) => await call.WriteAsync(new ExclusionAnswer { Interface = Daemon.Hello.Interface, Range = IpRange.Parse("10.0.0.0/24"), Origin = Origin.File }, token));
        using Socket socket = await daemon.OpenAsync();
        _ = await socket.SendAsync("{\"request\":\"exclusions\"}\n"u8.ToArray());
        Assert.Equal(
            [
                """{"answer":"hello","version":1,"role":"Server","interface":"wg0","release":"1.2.3"}""",
                """{"answer":"exclusion","interface":"wg0","range":"10.0.0.0/24","origin":"File"}""",
                """{"answer":"end","count":1}""",
            ],
            (await Daemon.ReadLinesAsync(socket)).Select(line => line.ToJsonString()));
    }

    [Fact]
    public async Task Requests_and_answers_come_across_as_they_were()
    {
        ControlRequest? asked = null;
        LeaseAnswer lease = new()
        {
            Interface = Daemon.Hello.Interface,
            Role = DaemonRole.Server,
            PublicKey = _key,
            Address = IpAddress.Parse("2001:db8::7"),
            State = LeaseState.Active,
            Start = DateTimeOffset.UnixEpoch,
            End = DateTimeOffset.UnixEpoch.AddDays(1),
            LeaseTime = TimeSpan.FromHours(1),
            Remaining = TimeSpan.FromSeconds(1.5),
            Endpoint = "[2001:db8::1]:51820",
        };
        await using Daemon daemon = new(async (call, token) =>
        {
            asked = call.Request;
            await call.WriteAsync(lease, token);
            await call.WriteAsync(lease with { State = LeaseState.Revoked }, token);
        });
        LeasesRequest request = new() { PublicKeys = [_key], Addresses = [IpRange.Parse("10.0.0.1-10.0.0.9")], Family = AddressFamilyName.IPv6, States = [LeaseState.Expired], Pools = ["office"] };
        Assert.Equal([lease, lease with { State = LeaseState.Revoked }], await daemon.AskAsync(request));
        LeasesRequest heard = Assert.IsType<LeasesRequest>(asked);
        Assert.Equal((request.PublicKeys.Single(), request.Addresses.Single(), request.Family, request.States.Single(), request.Pools.Single()),
            (heard.PublicKeys.Single(), heard.Addresses.Single(), heard.Family, heard.States.Single(), heard.Pools.Single()));
    }

    [Theory]
    [InlineData("{\"request\":\"nonsense\"}", "InvalidRequest")]
    [InlineData("{\"version\":1}", "InvalidRequest")]
    [InlineData("[]", "InvalidRequest")]
    [InlineData("{\"request\":\"\\ud800\"}", "InvalidRequest")]
    [InlineData("{\"\\ud800x\":1,\"request\":\"status\"}", "InvalidRequest")]
    [InlineData("null", "InvalidRequest")]
    [InlineData("{\"request\":\"status\"} {\"request\":\"stop\"}", "InvalidRequest")]
    [InlineData("{\"request\":\"revoke\",\"publickey\":\"typo\"}", "InvalidRequest")]
    [InlineData("{\"request\":\"leases\",\"states\":[\"1\"]}", "InvalidRequest")]
    [InlineData("{\"request\":\"leases\",\"states\":[\"Active, Expired\"]}", "InvalidRequest")]
    [InlineData("{\"request\":\"leases\",\"publicKeys\":[\"short\"]}", "InvalidRequest")]
    [InlineData("{\"request\":\"renew\",\"timeout\":1e300}", "InvalidRequest")]
    [InlineData("{\"request\":\"somethingNew\",\"version\":2,\"sinceThen\":{}}", "VersionMismatch")]
    public async Task What_is_no_request_gets_an_error_that_says_so(string line, string code)
    {
        await using Daemon daemon = new((_, _) => throw new InvalidOperationException("nobody is to hear of it"));
        JsonObject answer = Assert.Single(await daemon.SayAsync(Encoding.UTF8.GetBytes(line + "\n")));
        Assert.Equal(("error", code), ((string?)answer["answer"], (string?)answer["code"]));
        Assert.NotEqual("", (string?)answer["message"]);
        Assert.Empty(daemon.Defects);
    }

    [Fact]
    public async Task Depth_length_and_patience_are_bounded()
    {
        FakeTimeProvider clock = new();
        await using Daemon daemon = new((_, _) => default, clock: clock);
        string deep = "{\"request\":\"leases\",\"x\":" + new string('[', 4000) + "\n";
        Assert.Equal("InvalidRequest", (string?)Assert.Single(await daemon.SayAsync(Encoding.UTF8.GetBytes(deep)))["code"]);

        // It is refused as soon as it is too long, not when it ends: that may be never.
        using Socket endless = await daemon.OpenAsync();
        _ = await endless.SendAsync(new byte[ControlProtocol.MaxLine + 10]);
        Assert.Equal("InvalidRequest", (string?)(await Daemon.ReadLinesAsync(endless))[1]["code"]);

        using Socket silent = await daemon.OpenAsync();
        byte[] hello = new byte[1000];
        _ = await silent.ReceiveAsync(hello, TestContext.Current.CancellationToken);
        Task<JsonObject[]> refused = Daemon.ReadLinesAsync(silent);
        while (!refused.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(refused, Task.Delay(20, TestContext.Current.CancellationToken));
        }

        Assert.Equal("TimedOut", (string?)(await refused)[0]["code"]);
    }

    [Fact]
    public async Task A_handlers_error_is_answered_after_what_came_before_it_and_a_defect_ends_nothing()
    {
        await using Daemon daemon = new(async (call, token) =>
        {
            if (call.Request is StatisticsRequest)
                throw new InvalidOperationException("a defect");
            await call.WriteAsync(new HistoryAnswer { Address = IpAddress.Parse("10.0.0.1"), PublicKey = _key, Start = default, State = LeaseState.Active }, token);
            throw new ControlException(ControlError.PoolNotFound, "no pool is called x", "look at the pools");
        });
        await using (ControlConnection connection = await ControlConnection.ConnectAsync(daemon.Path, TestContext.Current.CancellationToken))
        {
            await using IAsyncEnumerator<ControlAnswer> answers = connection.AskAsync(new PoolsRequest(), TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
            Assert.True(await answers.MoveNextAsync());
            ControlException error = await Assert.ThrowsAsync<ControlException>(async () => await answers.MoveNextAsync());
            Assert.Equal((ControlFailure.Answered, ControlError.PoolNotFound, "no pool is called x", "look at the pools"), (error.Failure, error.Code, error.Message, error.Remedy));
        }

        ControlException defect = await Assert.ThrowsAsync<ControlException>(() => daemon.AskAsync(new StatisticsRequest()));
        Assert.Equal(ControlError.Failed, defect.Code);
        Assert.Equal("a defect", Assert.Single(daemon.Defects).Message);
        _ = await Assert.ThrowsAsync<ControlException>(() => daemon.AskAsync(new PoolsRequest()));
    }

    [Fact]
    public async Task Another_version_is_told_in_both_directions()
    {
        await using Daemon newer = new((_, _) => default, Daemon.Hello with { Version = 7, Release = "9.0.0" });
        ControlException error = await Assert.ThrowsAsync<ControlException>(() => newer.AskAsync(new StatusRequest()));
        Assert.Equal(ControlFailure.VersionMismatch, error.Failure);
        Assert.Contains("release 9.0.0, speaks version 7", error.Message, StringComparison.Ordinal);

        await using Daemon daemon = new((_, _) => default);
        error = await Assert.ThrowsAsync<ControlException>(() => daemon.AskAsync(new StatusRequest { Version = 2 }));
        Assert.Equal(ControlFailure.VersionMismatch, error.Failure);
    }

    [Fact]
    public async Task No_socket_nobody_behind_it_and_something_else_behind_it_are_told_apart()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("wgd");
        string path = Path.Combine(folder.FullName, "s");
        async Task<ControlFailure> FailAsync() => (await Assert.ThrowsAsync<ControlException>(() => ControlConnection.ConnectAsync(path, TestContext.Current.CancellationToken))).Failure;
        Assert.Equal(ControlFailure.NotFound, await FailAsync());
        using (Socket other = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            other.Bind(new UnixDomainSocketEndPoint(path));
            other.Listen();
            Task<ControlFailure> failing = FailAsync();
            using Socket accepted = await other.AcceptAsync(TestContext.Current.CancellationToken);
            _ = await accepted.SendAsync("220 mail.example.org\n"u8.ToArray());
            Assert.Equal(ControlFailure.ProtocolError, await failing);
        }

        Assert.Equal(ControlFailure.NotFound, await FailAsync());
        path = "/" + new string('x', 200);
        Assert.Equal(ControlFailure.NotFound, await FailAsync());
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_socket_is_for_owner_and_group_replaces_a_dead_one_and_leaves_a_living_one_alone()
    {
        await using Daemon daemon = new((_, _) => default);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, File.GetUnixFileMode(daemon.Path));
        Assert.Equal([new ControlSocket(Daemon.Hello.Interface, DaemonRole.Server, daemon.Path)], ControlSocket.Find(daemon.Folder));
        ControlListener Again() => ControlListener.Bind(daemon.Path, Daemon.Hello, TimeProvider.System, SharedFile.Bind);
        Assert.Contains("somebody listens", Assert.Throws<IOException>(Again).Message, StringComparison.Ordinal);
        Assert.Empty(await daemon.AskAsync(new StatusRequest()));

        await daemon.DisposeAsync();
        Assert.False(File.Exists(daemon.Path));
        _ = Directory.CreateDirectory(daemon.Folder);
        using (Socket dead = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            dead.Bind(new UnixDomainSocketEndPoint(daemon.Path));
        await using ControlListener listener = Again();
        Assert.True(File.Exists(daemon.Path));
        Assert.Throws<IOException>(() => ControlListener.Bind("/nowhere/at/all", Daemon.Hello, TimeProvider.System, SharedFile.Bind));
    }

    [Fact]
    public async Task A_file_goes_up_in_parts_and_one_that_breaks_off_is_refused()
    {
        byte[] file = new byte[(3 * ControlProtocol.MaxContent) + 17];
        new Random(1).NextBytes(file);
        MemoryStream received = new();
        await using Daemon daemon = new(async (call, token) =>
        {
            await foreach (ReadOnlyMemory<byte> part in call.UploadAsync(token))
                received.Write(part.Span);
        });
        Assert.Empty(await daemon.AskAsync(new RestoreRequest(), new MemoryStream(file)));
        Assert.Equal(file, received.ToArray());

        foreach (string next in (string[])["", "{\"request\":\"status\"}\n", "garbage\n"])
        {
            JsonObject answer = Assert.Single(await daemon.SayAsync(Encoding.UTF8.GetBytes("{\"request\":\"restore\"}\n"), Encoding.UTF8.GetBytes(next)));
            Assert.Equal("InvalidRequest", (string?)answer["code"]);
        }
    }

    [Fact]
    public async Task Who_watches_and_goes_ends_the_watching()
    {
        TaskCompletionSource ended = new();
        await using Daemon daemon = new(async (call, token) =>
        {
            await call.FlushAsync(token);
            await Task.Delay(Timeout.InfiniteTimeSpan, token).ContinueWith(_ => ended.SetResult(), TaskScheduler.Default);
        });
        using (Socket socket = await daemon.OpenAsync())
        {
            _ = await socket.ReceiveAsync(new byte[1000], TestContext.Current.CancellationToken);
            _ = await socket.SendAsync("{\"request\":\"watch\"}\n"u8.ToArray());
        }

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Too_many_at_once_are_told_so_and_places_become_free_again()
    {
        TaskCompletionSource go = new();
        await using Daemon daemon = new(async (_, _) => await go.Task);
        // Root may have all places, another user a part of them.
        const int Callers = 80;
        int places = Environment.IsPrivilegedProcess ? 64 : 16;
        List<Task<List<ControlAnswer>>> waiting = [.. Enumerable.Range(0, Callers).Select(_ => daemon.AskAsync(new StatusRequest()))];
        while (waiting.Count(asking => asking.IsFaulted) < Callers - places)
            await Task.WhenAny(waiting.Where(asking => !asking.IsCompleted));
        go.SetResult();
        await Task.WhenAll(waiting).ContinueWith(static _ => { }, TaskScheduler.Default);
        Assert.All(waiting.Where(asking => asking.IsFaulted), asking => Assert.Equal(ControlError.Busy, Assert.IsType<ControlException>(asking.Exception!.InnerException).Code));
        Assert.Equal(places, waiting.Count(asking => asking.IsCompletedSuccessfully));
        Assert.Empty(await daemon.AskAsync(new StatusRequest()));
    }

    [Fact]
    public async Task A_reader_that_reads_nothing_stops_its_own_answer_only()
    {
        FakeTimeProvider clock = new();
        TaskCompletionSource<Exception> stopped = new();
        PoolAnswer pool = new() { Interface = Daemon.Hello.Interface, Range = IpRange.Parse("10.0.0.0/8"), LeaseTime = TimeSpan.FromHours(1), Origin = Origin.Route, Enabled = true, Size = 1, InUse = 0, Reserved = 0, Free = 1 };
        await using Daemon daemon = new(
            async (call, token) =>
            {
                if (call.Request is not PoolsRequest)
                    return;
                try
                {
                    while (true)
                        await call.WriteAsync(pool, token);
                }
                catch (IOException error)
                {
                    stopped.SetResult(error);
                    throw;
                }
            },
            clock: clock);
        using Socket socket = await daemon.OpenAsync();
        _ = await socket.SendAsync("{\"request\":\"pools\"}\n"u8.ToArray());
        while (!stopped.Task.IsCompleted)
        {
            Assert.Empty(await daemon.AskAsync(new StatusRequest()));
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Contains("read nothing for 30 seconds", (await stopped.Task).Message, StringComparison.Ordinal);
    }
}
