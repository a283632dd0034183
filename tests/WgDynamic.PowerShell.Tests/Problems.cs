namespace WgDynamic.PowerShell.Tests;

/// <summary>Lists that should be empty.</summary>
internal static class Problems
{
    /// <summary>Fails with all of them; xunit's own message leaves most out.</summary>
    public static void AssertNone(IEnumerable<string> problems)
    {
        string[] all = [.. problems];
        Assert.True(all.Length == 0, $"{all.Length} problems:\n{string.Join('\n', all)}");
    }
}
