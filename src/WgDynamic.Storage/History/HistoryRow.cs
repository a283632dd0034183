namespace WgDynamic.Storage;

/// <summary>A row of the history.</summary>
/// <param name="Sequence">Its number; there are no gaps.</param>
/// <param name="At">When it happened, UTC: for an end that was noticed late, when the lease ended.</param>
/// <param name="Address">The address.</param>
/// <param name="Peer">The peer.</param>
/// <param name="Event">What happened.</param>
/// <param name="Start">When the lease began, UTC; in every row, so that an end tells the whole lease.</param>
/// <param name="Hostname">What the peer's machine called itself.</param>
internal readonly record struct HistoryRow(
    long Sequence, DateTimeOffset At, IpAddress Address, PublicKey Peer, HistoryEvent Event, DateTimeOffset Start, string? Hostname)
{
    /// <summary>The columns that <see cref="Read"/> takes, in its order.</summary>
    public const string Columns = "seq, at, address, peer, event, start, hostname";

    /// <summary>Reads the first seven columns of a row.</summary>
    /// <exception cref="SqliteError">There are values in it that no row has.</exception>
    public static HistoryRow Read(Statement statement)
    {
        long sequence = statement.Integer(0);
        return Ticks.TryRead(statement.Integer(1), out DateTimeOffset at)
            && Values.TryRead(statement.Bytes(2), out IpAddress address)
            && Values.TryRead(statement.Bytes(3), out PublicKey peer)
            && statement.Integer(4) is >= (long)HistoryEvent.Granted and <= (long)HistoryEvent.Carried and long happened
            && Ticks.TryRead(statement.Integer(5), out DateTimeOffset start)
            ? new HistoryRow(sequence, at, address, peer, (HistoryEvent)happened, start, statement.Text(6))
            : throw Values.Impossible($"history row {sequence}");
    }
}
