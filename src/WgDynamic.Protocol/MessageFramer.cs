namespace WgDynamic.Protocol;

/// <summary>What a message is made of, line by line, as <see cref="MessageFramer"/> comes by it.</summary>
internal interface IMessageBuilder
{
    /// <summary>Takes a line.</summary>
    /// <param name="line">Its number, counted from 1; the first begins a message, and what an earlier one said is over.</param>
    /// <param name="key">What stands in front of the first <c>=</c>.</param>
    /// <param name="value">What stands behind it; good for this call only.</param>
    FaultReason Add(int line, WireKey key, ReadOnlySpan<byte> value);

    /// <summary>Makes the message of its lines, of which there is one at least.</summary>
    FaultReason Complete();
}

/// <summary>
/// Cuts a stream into messages and holds them to the limits: all that is the same in both directions.
/// The outcome does not depend on how the stream is fragmented.
/// </summary>
/// <remarks>Mutable: a field, never a copy.</remarks>
internal struct MessageFramer
{
    private LineReader _lines;
    private int _line;
    private int _bytes;

    public MessageFault Fault { get; private set; }

    public readonly bool IsInsideMessage => _line > 0 || _lines.PendingBytes > 0;

    public readonly int PendingBytes => _lines.PendingBytes;

    public readonly bool HoldsBuffer => _lines.HoldsBuffer;

    public ReadStatus Read(IMessageBuilder builder, ReadOnlySpan<byte> input, out int consumed)
    {
        ReadOnlySpan<byte> rest = input;
        ReadStatus status = Fault.Reason == FaultReason.None ? ReadLines(builder, ref rest) : ReadStatus.Invalid;
        consumed = status == ReadStatus.Invalid ? input.Length : input.Length - rest.Length;
        return status;
    }

    public bool End()
    {
        if (Fault.Reason != FaultReason.None)
            return false;
        if (!IsInsideMessage)
            return true;
        _ = Fail(FaultReason.Truncated, WireKey.Unknown);
        return false;
    }

    public void Reset()
    {
        _lines.Release();
        this = default;
    }

    private ReadStatus ReadLines(IMessageBuilder builder, ref ReadOnlySpan<byte> input)
    {
        while (true)
        {
            int left = WireLimits.MaxMessageBytes - _bytes;
            switch (_lines.Read(ref input, Math.Min(left, WireLimits.MaxLineBytes), out ReadOnlySpan<byte> line))
            {
                case ReadStatus.NeedMore:
                    return ReadStatus.NeedMore;
                case ReadStatus.Invalid:
                    return Fail(left < WireLimits.MaxLineBytes ? FaultReason.MessageTooLong : FaultReason.LineTooLong, WireKey.Unknown);
            }

            _bytes += line.Length + 1;
            bool last = line.IsEmpty;
            FaultReason reason = last ? Complete(builder, out WireKey key) : Add(builder, line, out key);
            _lines.Release();
            if (reason != FaultReason.None)
                return Fail(reason, key);
            if (!last)
            {
                _line++;
                continue;
            }

            _line = 0;
            _bytes = 0;
            return ReadStatus.Complete;
        }
    }

    private readonly FaultReason Add(IMessageBuilder builder, ReadOnlySpan<byte> line, out WireKey key)
    {
        key = WireKey.Unknown;
        if (line.ContainsAny((byte)'\0', (byte)'\r'))
            return FaultReason.ForbiddenByte;
        if (_line == WireLimits.MaxLines)
            return FaultReason.TooManyLines;
        int equals = line.IndexOf((byte)'=');
        if (equals < 0)
            return FaultReason.NoEqualsSign;
        key = WireKeys.Find(line[..equals]);
        return builder.Add(_line + 1, key, line[(equals + 1)..]);
    }

    private readonly FaultReason Complete(IMessageBuilder builder, out WireKey key)
    {
        key = WireKey.Unknown;
        return _line == 0 ? FaultReason.EmptyMessage : builder.Complete();
    }

    private ReadStatus Fail(FaultReason reason, WireKey key)
    {
        Fault = new MessageFault(reason, _line + 1, key == WireKey.Unknown ? null : key.Name());
        _lines.Release();
        return ReadStatus.Invalid;
    }
}
