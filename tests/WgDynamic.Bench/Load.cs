using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace WgDynamic.Bench;

/// <summary>Asks a server as fast as it answers, and prints requests a second, the median and the 99th percentile in microseconds, and how many were not granted.</summary>
internal sealed class Load(LoadOptions options)
{
    private readonly IPEndPoint _server = BenchPeer.Server(options.Interface, options.Port);
    private readonly byte[] _request = options.BothFamilies ? "request_ip=1\nip=0.0.0.0/32\nip=::/128\n\n"u8.ToArray() : "request_ip=1\nip=0.0.0.0/32\n\n"u8.ToArray();
    private readonly Stopwatch _clock = new();
    private int _next;
    private int _failed;

    public async Task RunAsync()
    {
        Func<List<int>, Task> work = options.Mode switch
        {
            "renew" => await PrepareRenewalsAsync(),
            "grant" => await PrepareGrantsAsync(),
            "connect" => ConnectAndAskAsync,
            _ => throw new ArgumentException($"no mode {options.Mode}"),
        };
        List<int>[] times = [.. Enumerable.Range(0, options.Sessions).Select(_ => new List<int>())];
        _clock.Start();
        await Task.WhenAll(times.Select(list => Task.Run(() => work(list))));
        double seconds = _clock.Elapsed.TotalSeconds;
        int[] all = [.. times.SelectMany(list => list).Order()];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{all.Length / seconds:0} {Percentile(all, 0.5)} {Percentile(all, 0.99)} {_failed}"));
    }

    private bool IsTimeLeft => _clock.Elapsed.TotalSeconds < options.Seconds;

    private static int Percentile(int[] sorted, double part) => sorted.Length == 0 ? 0 : sorted[(int)(part * (sorted.Length - 1))];

    private Task<Conversation> OpenAsync(int number, int port) =>
        Conversation.OpenAsync(BenchPeer.Client(options.Interface, options.FirstPeer + number, port), _server, _request);

    private async Task TimeAsync(Conversation conversation, long began, List<int> times)
    {
        if (await conversation.AskAsync())
            times.Add((int)Stopwatch.GetElapsedTime(began).TotalMicroseconds);
        else
            _ = Interlocked.Increment(ref _failed);
    }

    // Each session has its addresses before the clock starts.
    private async Task<Func<List<int>, Task>> PrepareRenewalsAsync()
    {
        Conversation[] sessions = new Conversation[options.Sessions];
        for (int i = 0; i < sessions.Length; i++)
        {
            sessions[i] = await OpenAsync(i % options.Peers, 1023 - (i / options.Peers));
            if (!await sessions[i].AskAsync())
                throw new InvalidOperationException($"session {i} was refused");
            sessions[i].RenewFromNowOn();
        }

        return async times =>
        {
            Conversation session = sessions[Interlocked.Increment(ref _next) - 1];
            int failedBefore = _failed;
            while (IsTimeLeft && _failed == failedBefore)
                await TimeAsync(session, Stopwatch.GetTimestamp(), times);
        };
    }

    // Each peer is connected before the clock starts, and asks once.
    private async Task<Func<List<int>, Task>> PrepareGrantsAsync()
    {
        Conversation[] peers = new Conversation[options.Peers];
        for (int i = 0; i < peers.Length; i++)
            peers[i] = await OpenAsync(i, 1023);
        return async times =>
        {
            for (int i; IsTimeLeft && (i = Interlocked.Increment(ref _next) - 1) < peers.Length;)
                await TimeAsync(peers[i], Stopwatch.GetTimestamp(), times);
        };
    }

    private async Task ConnectAndAskAsync(List<int> times)
    {
        for (int i; IsTimeLeft && (i = Interlocked.Increment(ref _next) - 1) < options.Peers;)
        {
            long began = Stopwatch.GetTimestamp();
            try
            {
                using Conversation conversation = await OpenAsync(i, 1023);
                await TimeAsync(conversation, began, times);
            }
            catch (SocketException)
            {
                _ = Interlocked.Increment(ref _failed);
            }
        }
    }
}

/// <summary>What load to make.</summary>
/// <param name="Interface">Through which interface.</param>
/// <param name="Port">The server's port.</param>
/// <param name="Mode"><c>renew</c>: sessions that stay; <c>grant</c>: each peer asks once, on a connection that was there before; <c>connect</c>: the same, connecting included.</param>
/// <param name="Sessions">How many at a time.</param>
/// <param name="Seconds">For how long at the most.</param>
/// <param name="FirstPeer">The first peer's number.</param>
/// <param name="Peers">How many peers.</param>
/// <param name="BothFamilies">Whether to ask for IPv4 and IPv6, or for IPv4 only.</param>
internal sealed record LoadOptions(string Interface, int Port, string Mode, int Sessions, double Seconds, int FirstPeer, int Peers, bool BothFamilies);
