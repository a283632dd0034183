using System.Buffers;

namespace WgDynamic.Netlink;

/// <summary>What to do with one line, without its end; a view that ends with the call.</summary>
internal delegate void LineHandler(ReadOnlySpan<byte> line);

/// <summary>Reads lines of bounded length into a pooled buffer, which is cleared in the end: private keys come by.</summary>
/// <param name="input">Where from; not owned.</param>
internal sealed class UapiLineReader(Stream input) : IDisposable
{
    // Hundreds of lines at once; the longest there is has less than a hundred bytes.
    private const int BufferSize = 32 * 1024;
    private const int MaxLineLength = 4096;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _start;
    private int _end;

    /// <summary>Hands on lines up to the empty one that ends an answer.</summary>
    /// <exception cref="NetlinkException">A line is too long, or the other side ended before the answer did.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask ReadAnswerAsync(LineHandler handle, CancellationToken cancellationToken)
    {
        while (!HandleLines(handle))
        {
            MakeRoom();
            int read = await input.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
                NetlinkException.ThrowMalformed("the answer ends before its end");
            _end += read;
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);

    // Whether the empty line came.
    private bool HandleLines(LineHandler handle)
    {
        while (true)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
            int length = rest.IndexOf((byte)'\n');
            if ((length < 0 ? rest.Length : length) > MaxLineLength)
                NetlinkException.ThrowMalformed($"a line of more than {MaxLineLength} bytes");
            if (length < 0)
                return false;
            _start += length + 1;
            if (length == 0)
                return true;
            handle(rest[..length]);
        }
    }

    private void MakeRoom()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
    }
}
