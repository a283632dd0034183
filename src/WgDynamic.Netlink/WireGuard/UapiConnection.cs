using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;

namespace WgDynamic.Netlink;

/// <summary>A connection to a userspace implementation, for one request. Faults of the connection become <see cref="NetlinkException"/>s.</summary>
internal sealed class UapiConnection : IDisposable
{
    // When so much is waiting to be sent, it is.
    private const int FlushThreshold = 32 * 1024;

    private readonly string _operation;
    private readonly NetworkStream _stream;
    private long _errno = Errno.EPROTO;

    private UapiConnection(string operation, Socket socket)
    {
        _operation = operation;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Connects to the implementation that listens at a path.</summary>
    /// <exception cref="NetlinkException">ENODEV: nobody does.</exception>
    public static async ValueTask<UapiConnection> OpenAsync(string operation, string path, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new UapiConnection(operation, socket);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            // A file without a process behind it is what one that was killed leaves.
            throw e.SocketErrorCode == SocketError.AccessDenied
                ? new NetlinkException(operation, Errno.EACCES, $"the WireGuard process keeps {path} for root")
                {
                    Remedy = "run this as root; for a unit: systemctl edit it, and add the lines [Service] and User=root",
                }
                : new NetlinkException(operation, Errno.ENODEV, $"nobody listens at {path}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Asks for the interface.</summary>
    public async ValueTask GetAsync(LineHandler handle, CancellationToken cancellationToken)
    {
        try
        {
            await _stream.WriteAsync("get=1\n\n"u8.ToArray(), cancellationToken);
            await ReadAnswerAsync(handle, cancellationToken);
        }
        catch (IOException e)
        {
            throw Broken(e);
        }
    }

    /// <summary>Sets the mark of the tunnel's packets.</summary>
    public async ValueTask SetFirewallMarkAsync(uint mark, CancellationToken cancellationToken)
    {
        try
        {
            await _stream.WriteAsync(Encoding.ASCII.GetBytes(FormattableString.Invariant($"set=1\nfwmark={mark}\n\n")), cancellationToken);
            await ReadAnswerAsync(static _ => { }, cancellationToken);
        }
        catch (IOException e)
        {
            throw Broken(e);
        }
    }

    /// <summary>Sends operations.</summary>
    public async ValueTask SetAsync(IReadOnlyList<PeerOperation> operations, CancellationToken cancellationToken)
    {
        IOException? unsent = null;
        try
        {
            await WriteAsync(operations, cancellationToken);
        }
        catch (IOException e)
        {
            // The other side stopped listening at the first line it did not like; it may have said why.
            unsent = e;
        }

        try
        {
            await ReadAnswerAsync(static _ => { }, cancellationToken);
        }
        catch (Exception e) when (e is IOException || (e is NetlinkException { Errno: Errno.EBADMSG } && unsent is not null))
        {
            throw Broken(unsent ?? e);
        }
    }

    public void Dispose() => _stream.Dispose();

    private async ValueTask WriteAsync(IReadOnlyList<PeerOperation> operations, CancellationToken cancellationToken)
    {
        PipeWriter output = PipeWriter.Create(_stream, new StreamPipeWriterOptions(leaveOpen: true));
        _ = await output.WriteAsync("set=1\n"u8.ToArray(), cancellationToken);
        foreach (PeerOperation operation in operations)
        {
            UapiWriter.Write(output, operation);
            if (output.UnflushedBytes >= FlushThreshold)
                _ = await output.FlushAsync(cancellationToken);
        }

        _ = await output.WriteAsync("\n"u8.ToArray(), cancellationToken);
        await output.CompleteAsync();
    }

    private async ValueTask ReadAnswerAsync(LineHandler handle, CancellationToken cancellationToken)
    {
        using UapiLineReader reader = new(_stream);
        await reader.ReadAnswerAsync(line => ReadLine(line, handle), cancellationToken);
        if (_errno != 0)
            throw new NetlinkException(_operation, (int)long.Min(long.Abs(_errno), int.MaxValue));
    }

    private void ReadLine(ReadOnlySpan<byte> line, LineHandler handle)
    {
        (ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) = UapiText.Split(line);
        // wireguard-go writes negative numbers, boringtun positive ones.
        if (key.SequenceEqual("errno"u8))
            _errno = UapiText.Read<int>(value);
        else
            handle(line);
    }

    private NetlinkException Broken(Exception e) =>
        new(_operation, (e.InnerException as SocketException)?.NativeErrorCode ?? Errno.EIO, e.Message);
}
