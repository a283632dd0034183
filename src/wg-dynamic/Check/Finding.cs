namespace WgDynamic.Tool;

/// <summary>What came of a check.</summary>
internal enum CheckStatus
{
    /// <summary>As it should be.</summary>
    Pass,

    /// <summary>It may do, and may not be what is meant; or it cannot be seen from here.</summary>
    Warn,

    /// <summary>It keeps wg-dynamic from working.</summary>
    Fail,
}

/// <summary>What one check has found.</summary>
/// <param name="Check">Which check: a word that stays the same.</param>
/// <param name="Status">What came of it.</param>
/// <param name="Message">What is so.</param>
/// <param name="Remedy">What to do about it; null where there is nothing to do.</param>
internal sealed record Finding(string Check, CheckStatus Status, string Message, string? Remedy);

/// <summary>What the checks of one interface have found, in their order.</summary>
internal sealed class Findings
{
    // Where a thousand peers lack the same, five say it.
    private const int MostOfOneKind = 5;

    private readonly List<Finding> _all = [];

    /// <summary>All of them.</summary>
    public IReadOnlyList<Finding> All => _all;

    /// <summary>It is as it should be.</summary>
    public void Pass(string check, string message) => _all.Add(new Finding(check, CheckStatus.Pass, message, null));

    /// <summary>It may do.</summary>
    public void Warn(string check, string message, string remedy) => _all.Add(new Finding(check, CheckStatus.Warn, message, remedy));

    /// <summary>It keeps wg-dynamic from working.</summary>
    public void Fail(string check, string message, string remedy) => _all.Add(new Finding(check, CheckStatus.Fail, message, remedy));

    /// <summary>It cannot be seen without being root.</summary>
    public void NeedsRoot(string check, string what) => Warn(check, $"needs root: {what}", "run this as root");

    /// <summary>Each of some is wrong; or, if there are none, all is as it should be.</summary>
    /// <param name="check">Which check.</param>
    /// <param name="wrong">What is wrong with each.</param>
    /// <param name="remedy">What to do about it.</param>
    /// <param name="right">What to say where nothing is.</param>
    public void FailEach(string check, IReadOnlyList<string> wrong, string remedy, string right)
    {
        foreach (string message in wrong.Take(MostOfOneKind))
            Fail(check, message, remedy);
        if (wrong.Count > MostOfOneKind)
            Fail(check, $"and {wrong.Count - MostOfOneKind} more like these", remedy);
        if (wrong.Count == 0)
            Pass(check, right);
    }
}
