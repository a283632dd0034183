using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace WgDynamic.Daemon;

/// <summary>
/// systemd's journal, by its native protocol (https://systemd.io/JOURNAL_NATIVE_PROTOCOL/): an entry is a datagram of
/// named fields, so that <c>journalctl WG_DYNAMIC_PEER=…</c> finds all that was about a peer.
/// </summary>
/// <param name="target">Where it listens.</param>
/// <param name="identifier">The program's name.</param>
/// <param name="interfaceName">The interface that the daemon is for.</param>
internal sealed class Journal(DatagramTarget target, string identifier, InterfaceName? interfaceName) : IDisposable
{
    /// <summary>Where it listens.</summary>
    public const string UsualPath = "/run/systemd/journal/socket";

    private const string Prefix = "WG_DYNAMIC_";
    private const string InterfaceField = Prefix + "INTERFACE";
    private const string Facility = "3"; // LOG_DAEMON, sys/syslog.h

    // With a dozen fields still far from what a datagram holds (net.core.wmem_default).
    private const int MaxValue = 4096;

    private readonly ArrayBufferWriter<byte> _entry = new();

    /// <summary>Writes an entry.</summary>
    /// <param name="priority">That of syslog(3).</param>
    /// <param name="text">The line for people.</param>
    /// <param name="name">What happened, as the log message is called in the source.</param>
    /// <param name="values">What the message is made of, by the names of its placeholders.</param>
    /// <param name="exception">What went wrong.</param>
    /// <returns>Whether the journal took it.</returns>
    public bool TryWrite(int priority, string text, string? name, IReadOnlyList<KeyValuePair<string, object?>>? values, Exception? exception)
    {
        _entry.ResetWrittenCount();
        Add("MESSAGE", text);
        Add("PRIORITY", priority.ToString(CultureInfo.InvariantCulture));
        Add("SYSLOG_IDENTIFIER", identifier);
        Add("SYSLOG_FACILITY", Facility);
        if (name is not null)
            Add(Prefix + "EVENT", name);
        if (interfaceName is { } ours)
            Add(InterfaceField, ours.ToString());
        foreach ((string placeholder, object? value) in values ?? [])
        {
            // {OriginalFormat} is none.
            if (value is not null && char.IsAsciiLetter(placeholder[0]) && FieldOf(placeholder) is var field && (field != InterfaceField || interfaceName is null))
                Add(field, value is IFormattable formattable ? formattable.ToString(null, CultureInfo.InvariantCulture) : value.ToString() ?? "");
        }

        if (exception is not null)
            Add(Prefix + "EXCEPTION", exception.ToString());
        return target.TrySend(_entry.WrittenSpan);
    }

    /// <summary>The field of a placeholder: <c>WG_DYNAMIC_LEFT_OUT</c> of <c>LeftOut</c>.</summary>
    internal static string FieldOf(string placeholder)
    {
        StringBuilder field = new(Prefix);
        for (int i = 0; i < placeholder.Length; i++)
        {
            if (i > 0 && char.IsAsciiLetterUpper(placeholder[i]) && char.IsAsciiLetterLower(placeholder[i - 1]))
                _ = field.Append('_');
            _ = field.Append(char.ToUpperInvariant(placeholder[i]));
        }

        return field.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => target.Dispose();

    private void Add(string field, string value)
    {
        if (value.Length > MaxValue)
            value = string.Concat(value.AsSpan(0, MaxValue), "…");
        _ = Encoding.UTF8.GetBytes(field, _entry);
        if (value.Contains('\n', StringComparison.Ordinal))
        {
            // Of several lines: the name, a line's end, the length, then the value.
            _entry.Write("\n"u8);
            BinaryPrimitives.WriteUInt64LittleEndian(_entry.GetSpan(sizeof(ulong)), (ulong)Encoding.UTF8.GetByteCount(value));
            _entry.Advance(sizeof(ulong));
        }
        else
        {
            _entry.Write("="u8);
        }

        _ = Encoding.UTF8.GetBytes(value, _entry);
        _entry.Write("\n"u8);
    }
}
