using Microsoft.Extensions.Logging;

namespace WgDynamic.Client;

/// <summary>What becomes of the effects that a client has left that was killed.</summary>
internal static class Recovery
{
    /// <summary>
    /// Carries on with them where the lease goes on too, and undoes them where it does not. The kernel has undone most
    /// of them where the interface is another by now.
    /// </summary>
    /// <param name="file">What says what they are.</param>
    /// <param name="machine">Where they are.</param>
    /// <param name="options">What the person wants.</param>
    /// <param name="isLeased">Whether there are leased addresses of that client as well.</param>
    /// <param name="log">Hears of it.</param>
    public static async Task<Applier> TakeOverAsync(EffectFile file, IMachine machine, ClientOptions options, bool isLeased, ILogger log)
    {
        LeftEffects left = new(true, true, []);
        try
        {
            left = file.Load();
        }
        catch (Exception error) when (error is FormatException or IOException or UnauthorizedAccessException)
        {
            log.NotRecovered(options.Interface, error);
        }

        Applier applier = new(machine, file, options.Table, left.SameInterface ? left.Effects : [.. left.Effects.Where(effect => effect.OutlivesInterface)]);
        if (left.Effects.Count == 0 || (left.SameInterface && left.Settled && isLeased))
            return applier;
        log.Recovering(options.Interface, string.Join(", ", applier.Current));
        if (await applier.WithdrawAsync() is { } problem)
            log.NotWithdrawn(options.Interface, problem);
        return applier;
    }
}
