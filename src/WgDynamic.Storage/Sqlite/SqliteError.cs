namespace WgDynamic.Storage;

/// <summary>What SQLite said. Never leaves this project: <see cref="Faults"/> says it in words for people.</summary>
/// <param name="extendedCode">The extended result code (sqlite.org/rescode.html).</param>
/// <param name="text">SQLite's own words.</param>
internal sealed class SqliteError(int extendedCode, string text) : Exception($"SQLite error {extendedCode}: {text}")
{
    /// <summary>The extended result code.</summary>
    public int ExtendedCode => extendedCode;

    /// <summary>The primary result code: the lowest byte.</summary>
    public int Code => extendedCode & 0xff;
}
