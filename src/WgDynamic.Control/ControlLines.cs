using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text.Json;
using WgDynamic.Control.Json;

namespace WgDynamic.Control;

/// <summary>Lines of JSON on a connection, in both directions, none longer than <see cref="ControlProtocol.MaxLine"/>.</summary>
internal sealed class ControlLines : IAsyncDisposable
{
    // So many bytes wait before they are sent without being asked for.
    private const int FlushAt = 32 * 1024;

    private readonly NetworkStream _stream;
    private readonly PipeReader _reader;
    private readonly ArrayBufferWriter<byte> _pending = new();
    private readonly Utf8JsonWriter _writer;

    public ControlLines(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = PipeReader.Create(_stream, new StreamPipeReaderOptions(leaveOpen: true));
        _writer = new Utf8JsonWriter(_pending, ControlLine.WriterOptions);
    }

    /// <summary>Reads a line.</summary>
    /// <param name="kinds">What it may be.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="check">Looks at the line first, and throws if it will not do.</param>
    /// <returns>The value; null at the end.</returns>
    /// <exception cref="JsonException">The line is too long, or not such a value. The message is for people.</exception>
    /// <exception cref="IOException">The connection fails.</exception>
    public async ValueTask<T?> ReadAsync<T>(Kinds<T> kinds, CancellationToken cancellationToken, Action<ReadOnlySequence<byte>>? check = null)
        where T : class
    {
        while (true)
        {
            ReadResult result = await _reader.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                ReadOnlySequence<byte> line = buffer.Slice(0, end);
                try
                {
                    if (line.Length > ControlProtocol.MaxLine)
                        throw TooLong();
                    check?.Invoke(line);
                    return kinds.Read(line);
                }
                catch (InvalidOperationException error)
                {
                    // What the reader makes of half a surrogate pair.
                    throw new JsonException("it has a text that is no Unicode", error);
                }
                finally
                {
                    _reader.AdvanceTo(buffer.GetPosition(1, end));
                }
            }

            if (buffer.Length > ControlProtocol.MaxLine)
                throw TooLong();
            if (result.IsCompleted)
                return buffer.IsEmpty ? null : throw new JsonException("the last line has no end");
            _reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Waits until the other end says something or nothing more; what it says is kept for <see cref="ReadAsync"/>.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        ReadResult result = await _reader.ReadAsync(cancellationToken);
        _reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
    }

    /// <summary>Adds a line to those that wait to be sent.</summary>
    /// <returns>Whether so many wait that they should be sent now.</returns>
    public bool Append<T>(T value, Kinds<T> kinds)
        where T : class
    {
        kinds.Write(_writer, value);
        _writer.Reset();
        _pending.Write("\n"u8);
        return _pending.WrittenCount >= FlushAt;
    }

    /// <summary>Writes a line, which is sent at once when many wait.</summary>
    /// <exception cref="IOException">The connection fails.</exception>
    public ValueTask WriteAsync<T>(T value, Kinds<T> kinds, CancellationToken cancellationToken)
        where T : class => Append(value, kinds) ? FlushAsync(cancellationToken) : default;

    /// <summary>Sends what waits.</summary>
    /// <exception cref="IOException">The connection fails.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_pending.WrittenCount == 0)
            return;
        await _stream.WriteAsync(_pending.WrittenMemory, cancellationToken);
        _pending.ResetWrittenCount();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _reader.CompleteAsync();
        await _writer.DisposeAsync();
        await _stream.DisposeAsync();
    }

    private static JsonException TooLong() => new($"the line is longer than {ControlProtocol.MaxLine} bytes");
}
