using System.Buffers;
using System.Text;

namespace WgDynamic.Protocol;

/// <summary>Writes lines into a span that is known to be large enough: running over its end is a bug here, and throws.</summary>
internal ref struct LineWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>How many bytes were written.</summary>
    public int Length { get; private set; }

    public void Line(WireKey key, ReadOnlySpan<byte> value)
    {
        Begin(key);
        Append(value);
        End();
    }

    public void Line(WireKey key, string value)
    {
        Begin(key);
        // Request and Reply hold nothing but ASCII.
        if (Ascii.FromUtf16(value, _destination[Length..], out int written) != OperationStatus.Done)
            throw new ArgumentException("Too long, or not ASCII.", nameof(value));
        Length += written;
        End();
    }

    public void Line(WireKey key, ulong value)
    {
        Begin(key);
        Append(value);
        End();
    }

    public void Line(WireKey key, IpAddress value)
    {
        Begin(key);
        Append(value);
        End();
    }

    public void Line(WireKey key, IpPrefix value)
    {
        Begin(key);
        Append(value.Address);
        Append("/"u8);
        Append((ulong)value.Length);
        End();
    }

    /// <summary>The empty line behind a message.</summary>
    public void End() => Append("\n"u8);

    private void Begin(WireKey key)
    {
        Append(key.Bytes());
        Append("="u8);
    }

    private void Append(IpAddress value)
    {
        if (!value.TryFormat(_destination[Length..], out int written))
            ThrowTooShort();
        Length += written;
    }

    private void Append(ulong value)
    {
        if (!value.TryFormat(_destination[Length..], out int written))
            ThrowTooShort();
        Length += written;
    }

    private void Append(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_destination[Length..]);
        Length += value.Length;
    }

    private static void ThrowTooShort() => throw new InvalidOperationException("The message is longer than was reckoned.");
}
