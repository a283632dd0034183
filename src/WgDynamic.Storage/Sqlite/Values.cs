using SQLitePCL;

namespace WgDynamic.Storage;

/// <summary>Values of columns that may hold anything once a file is damaged.</summary>
internal static class Values
{
    public static bool TryRead(ReadOnlySpan<byte> stored, out IpAddress address)
    {
        bool isAddress = stored.Length is 4 or 16;
        address = isAddress ? new IpAddress(stored) : default;
        return isAddress;
    }

    public static bool TryRead(ReadOnlySpan<byte> stored, out PublicKey key)
    {
        bool isKey = stored.Length == PublicKey.ByteLength;
        key = isKey ? new PublicKey(stored) : default;
        return isKey;
    }

    /// <summary>The error of a row with values that none can have: the file is damaged.</summary>
    public static SqliteError Impossible(string row) => new(raw.SQLITE_CORRUPT, $"{row} has values that none can have");
}
