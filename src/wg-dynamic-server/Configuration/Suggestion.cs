namespace WgDynamic.Server;

/// <summary>Finds what somebody probably meant.</summary>
internal static class Suggestion
{
    private const int MaxLength = 64;

    /// <summary>The candidate that takes the fewest typing errors, if those are few.</summary>
    /// <param name="typed">What was written.</param>
    /// <param name="candidates">What there is.</param>
    /// <returns>One of the candidates, or null.</returns>
    public static string? For(ReadOnlySpan<char> typed, IEnumerable<string> candidates)
    {
        if (typed.Length is 0 or > MaxLength)
            return null;
        string? nearest = null;
        // A third of the letters: of three one, of eight three.
        int limit = (typed.Length + 2) / 3;
        foreach (string candidate in candidates)
        {
            if (candidate.Length > MaxLength || Distance(typed, candidate) is var distance && distance > limit)
                continue;
            if (nearest is null || distance < limit)
                nearest = candidate;
            limit = distance;
        }

        return nearest;
    }

    // How many letters must be added, dropped, replaced or swapped with their neighbour; upper and lower case are the same.
    private static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        Span<int> beforeLast = stackalloc int[MaxLength + 1], last = stackalloc int[MaxLength + 1], current = stackalloc int[MaxLength + 1];
        for (int j = 0; j <= b.Length; j++)
            last[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = last[j - 1] + (Same(a[i - 1], b[j - 1]) ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(last[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
            }

            Span<int> free = beforeLast;
            beforeLast = last;
            last = current;
            current = free;
        }

        return last[b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
