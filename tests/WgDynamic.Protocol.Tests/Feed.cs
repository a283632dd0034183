namespace WgDynamic.Protocol.Tests;

/// <summary>What came out of a stream: the messages, and what was wrong in the end, which may be nothing.</summary>
internal sealed record Outcome<T>(IReadOnlyList<T> Messages, MessageFault Fault)
{
    public bool Equals(Outcome<T>? other) =>
        other is not null && Fault == other.Fault && Messages.SequenceEqual(other.Messages);

    public override int GetHashCode() => HashCode.Combine(Messages.Count, Fault);
}

/// <summary>Feeds a stream to a reader in pieces, as a socket would, and holds the reader to its promises at every step.</summary>
internal static class Feed
{
    private delegate ReadStatus ReadFunction(ReadOnlySpan<byte> input, out int consumed);

    public static Outcome<Request> Requests(ReadOnlySpan<byte> stream, IEnumerable<int>? cuts = null, bool end = true)
    {
        using RequestReader reader = new();
        List<Request> messages = [];
        Pump(stream, cuts ?? [], reader.Read, () => messages.Add(reader.Request), () => (reader.PendingBytes, reader.HoldsBuffer));
        return new Outcome<Request>(messages, Ended(end, reader.End, () => reader.Fault));
    }

    public static Outcome<Reply> Replies(ReadOnlySpan<byte> stream, IEnumerable<int>? cuts = null, bool end = true)
    {
        using ReplyReader reader = new();
        List<Reply> messages = [];
        Pump(stream, cuts ?? [], reader.Read, () => messages.Add(reader.Reply!), () => (reader.PendingBytes, reader.HoldsBuffer));
        return new Outcome<Reply>(messages, Ended(end, reader.End, () => reader.Fault));
    }

    /// <summary>The cuts that make pieces of one byte.</summary>
    public static IEnumerable<int> ByteByByte(int length) => Enumerable.Range(1, length);

    private static void Pump(
        ReadOnlySpan<byte> stream, IEnumerable<int> cuts, ReadFunction read, Action complete, Func<(int Bytes, bool Buffer)> held)
    {
        int start = 0;
        foreach (int cut in cuts.Append(stream.Length).Order())
        {
            // A copy of its own for each piece, overwritten afterwards: the reader must not hold on to what it was given.
            byte[] piece = stream[start..Math.Clamp(cut, start, stream.Length)].ToArray();
            start += piece.Length;
            ReadOnlySpan<byte> rest = piece;
            do
            {
                ReadStatus status = read(rest, out int consumed);
                Assert.InRange(consumed, 0, rest.Length);
                Assert.InRange(held().Bytes, 0, WireLimits.MaxLineBytes - 1);
                Assert.Equal(held().Bytes > 0, held().Buffer);
                if (status == ReadStatus.Invalid)
                {
                    Assert.Equal(rest.Length, consumed);
                    Assert.Equal(ReadStatus.Invalid, read("request_ip=1\n\n"u8, out _));
                    return;
                }

                if (status == ReadStatus.Complete)
                    complete();
                Assert.True(status == ReadStatus.Complete ? consumed > 0 : consumed == rest.Length);
                rest = rest[consumed..];
            }
            while (!rest.IsEmpty);
            Array.Fill(piece, (byte)'#');
        }
    }

    private static MessageFault Ended(bool end, Func<bool> tell, Func<MessageFault> fault)
    {
        if (end)
            Assert.Equal(tell(), fault().Reason == FaultReason.None);
        return fault();
    }
}
