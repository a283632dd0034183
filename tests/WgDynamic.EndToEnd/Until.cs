using System.Diagnostics;

namespace WgDynamic.EndToEnd;

internal static class Until
{
    /// <summary>Waits for something that nobody announces: looks again and again, and fails with what it saw last.</summary>
    /// <param name="look">What to look at.</param>
    /// <param name="isRight">Whether it is as it should be.</param>
    /// <param name="context">What else to show when it fails.</param>
    public static async Task<T> AsExpectedAsync<T>(Func<Task<T>> look, Func<T, bool> isRight, Func<string>? context = null)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (true)
        {
            T seen = await look();
            if (isRight(seen))
                return seen;
            if (watch.Elapsed > Backend.Patience)
                Assert.Fail($"still {(seen is System.Collections.IEnumerable many and not string ? "[" + string.Join(", ", many.Cast<object>()) + "]" : seen)}\n{context?.Invoke()}");
            await Task.Delay(50);
        }
    }
}
