namespace WgDynamic.Storage;

/// <summary>
/// The end of the history's chain. Whoever has noted it, for instance in the journal, can prove later that no row up
/// to it was rewritten: the row of this number must still have this hash.
/// </summary>
/// <param name="Sequence">The number of the last row; 0 if there never was one.</param>
/// <param name="Hash">Its hash, 64 hexadecimal digits.</param>
public readonly record struct HistoryHead(long Sequence, string Hash)
{
    /// <summary>Both, separated by a colon.</summary>
    public override string ToString() => $"{Sequence}:{Hash}";
}
