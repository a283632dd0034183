using System.Net.Sockets;
using System.Text;

namespace WgDynamic.Bench;

/// <summary>
/// The configuration side of a userspace WireGuard, and nothing behind it: makes any interface one with peers, as far as
/// the server can see, so that its figures are not those of encryption (https://www.wireguard.com/xplatform/).
/// </summary>
internal sealed class UapiResponder
{
    private readonly List<Peer> _peers = [];
    private readonly Dictionary<string, Peer> _byKey = [];
    private readonly Dictionary<string, Peer> _owners = [];

    /// <param name="peers">How many peers there are.</param>
    /// <param name="leased">How many of them have the address of a filled database.</param>
    public UapiResponder(int peers, int leased)
    {
        Span<byte> bytes = stackalloc byte[PublicKey.ByteLength];
        for (int i = 0; i < peers; i++)
        {
            BenchPeer.Key(i).CopyTo(bytes);
            Peer peer = new(Convert.ToHexStringLower(bytes));
            _peers.Add(peer);
            _byKey.Add(peer.Key, peer);
            Add(peer, $"{BenchPeer.LinkLocal(i)}/128");
            if (i < leased)
                Add(peer, $"{BenchPeer.Leased(i)}/32");
        }
    }

    public void Run(string interfaceName)
    {
        string path = $"/var/run/wireguard/{interfaceName}.sock";
        File.Delete(path);
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Console.WriteLine("ready");
        while (true)
        {
            using NetworkStream stream = new(listener.Accept(), ownsSocket: true);
            using BufferedStream output = new(stream, 64 * 1024);
            using StreamReader input = new(stream, Encoding.ASCII, false, 64 * 1024);
            try
            {
                Serve(input, output);
            }
            catch (IOException)
            {
                // It has its answer, or does not want it.
            }
        }
    }

    private void Serve(StreamReader input, BufferedStream output)
    {
        while (input.ReadLine() is { } command)
        {
            if (command == "get=1")
            {
                while (!string.IsNullOrEmpty(input.ReadLine()))
                {
                }

                output.Write("listen_port=51820\n"u8);
                foreach (Peer peer in _peers)
                    output.Write(peer.Text);
            }
            else
            {
                Set(input);
            }

            output.Write("errno=0\n\n"u8);
            output.Flush();
        }
    }

    private void Set(StreamReader input)
    {
        Peer? peer = null;
        while (input.ReadLine() is { Length: > 0 } line)
        {
            int middle = line.IndexOf('=', StringComparison.Ordinal);
            string value = line[(middle + 1)..];
            if (line.StartsWith("public_key=", StringComparison.Ordinal))
                _ = _byKey.TryGetValue(value, out peer);
            else if (peer is not null && line.StartsWith("allowed_ip=-", StringComparison.Ordinal))
                Remove(peer, value[1..]);
            else if (peer is not null && line.StartsWith("allowed_ip=", StringComparison.Ordinal))
                Add(peer, value);
        }
    }

    private void Add(Peer peer, string prefix)
    {
        if (_owners.TryGetValue(prefix, out Peer? former))
            Remove(former, prefix);
        _owners[prefix] = peer;
        peer.Prefixes.Add(prefix);
        peer.Forget();
    }

    private void Remove(Peer peer, string prefix)
    {
        if (!peer.Prefixes.Remove(prefix))
            return;
        _ = _owners.Remove(prefix);
        peer.Forget();
    }

    private sealed class Peer(string key)
    {
        private byte[]? _text;

        public string Key { get; } = key;

        public List<string> Prefixes { get; } = [];

        public byte[] Text => _text ??= Encoding.ASCII.GetBytes($"public_key={Key}\n{string.Concat(Prefixes.Select(prefix => $"allowed_ip={prefix}\n"))}");

        public void Forget() => _text = null;
    }
}
