using System.Buffers;

namespace WgDynamic.Protocol;

/// <summary>
/// Cuts a stream of bytes into lines. A line that lies within the bytes at hand is handed out in place; only the
/// beginning of one whose newline is yet to come is copied, into a pooled buffer that is held no longer than that.
/// </summary>
/// <remarks>Mutable: a field, never a copy. Owns its buffer; <see cref="Release"/> gives it back.</remarks>
internal struct LineReader
{
    private byte[]? _beginning;
    private int _length;

    /// <summary>How many bytes of an incomplete line are held.</summary>
    public readonly int PendingBytes => _length;

    /// <summary>Whether a pooled buffer is held.</summary>
    public readonly bool HoldsBuffer => _beginning is not null;

    /// <summary>Takes a line, or all there is of one, off the front of <paramref name="input"/>.</summary>
    /// <param name="input">The bytes at hand; what is left of them.</param>
    /// <param name="room">How long the line may be with its newline: at most <see cref="WireLimits.MaxLineBytes"/>.</param>
    /// <param name="line">The line without its newline; good until <see cref="Release"/>, which must be called before the next one is read.</param>
    /// <returns><see cref="ReadStatus.Invalid"/> as soon as the newline cannot fit any more.</returns>
    public ReadStatus Read(ref ReadOnlySpan<byte> input, int room, out ReadOnlySpan<byte> line)
    {
        room -= _length;
        int newline = input[..Math.Min(input.Length, room)].IndexOf((byte)'\n');
        if (newline < 0)
        {
            line = default;
            if (input.Length >= room)
                return ReadStatus.Invalid;
            Append(input);
            input = default;
            return ReadStatus.NeedMore;
        }

        line = input[..newline];
        input = input[(newline + 1)..];
        if (_beginning is not null)
        {
            Append(line);
            line = _beginning.AsSpan(0, _length);
        }

        return ReadStatus.Complete;
    }

    /// <summary>Forgets the line and gives the buffer back.</summary>
    public void Release()
    {
        if (_beginning is null)
            return;
        ArrayPool<byte>.Shared.Return(_beginning);
        _beginning = null;
        _length = 0;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        _beginning ??= ArrayPool<byte>.Shared.Rent(WireLimits.MaxLineBytes);
        bytes.CopyTo(_beginning.AsSpan(_length));
        _length += bytes.Length;
    }
}
