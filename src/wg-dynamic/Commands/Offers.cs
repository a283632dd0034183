using System.CommandLine.Completions;
using WgDynamic.Control;
using WgDynamic.Daemon;

namespace WgDynamic.Tool;

/// <summary>What shells are offered that only the daemons know. A person waits for it: what takes long, fails or may not be asked offers nothing.</summary>
/// <param name="clock">For how long that may be.</param>
internal sealed class Offers(TimeProvider clock)
{
    /// <summary>More than anybody reads.</summary>
    public const int Most = 5000;

    // A fifth of a second is noticed, and the program itself takes some of it.
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(120);

    /// <summary>Interfaces whose daemons can be asked.</summary>
    /// <param name="context">What has been typed.</param>
    /// <param name="role">Which daemon; null for either.</param>
    /// <param name="others">What else may stand there.</param>
    public static IEnumerable<CompletionItem> Interfaces(CompletionContext context, DaemonRole? role, IEnumerable<string> others) =>
        ControlSocket.Find(Directory(context)).Where(socket => role is null || socket.Role == role).Select(socket => $"{socket.Interface}").Distinct()
            .Concat(others).Select(name => new CompletionItem(name));

    /// <summary>Keys of peers that have or had a lease.</summary>
    public IEnumerable<CompletionItem> Keys(CompletionContext context) => Ask(context, new LeasesRequest(), answer => (answer as LeaseAnswer)?.PublicKey.ToString());

    /// <summary>Addresses that are leased.</summary>
    public IEnumerable<CompletionItem> Addresses(CompletionContext context) =>
        Ask(context, new LeasesRequest { States = [LeaseState.Active] }, answer => (answer as LeaseAnswer)?.Address.ToString());

    /// <summary>Addresses that are reserved.</summary>
    public IEnumerable<CompletionItem> Reservations(CompletionContext context) => Ask(context, new ReservationsRequest(), answer => (answer as ReservationAnswer)?.Address.ToString());

    /// <summary>Pools by name, those without by range.</summary>
    public IEnumerable<CompletionItem> Pools(CompletionContext context) => Ask(context, new PoolsRequest(), answer => answer is PoolAnswer pool ? pool.Name ?? $"{pool.Range}" : null);

    /// <summary>Exclusions that can be taken back.</summary>
    public IEnumerable<CompletionItem> Exclusions(CompletionContext context) =>
        Ask(context, new ExclusionsRequest(), answer => answer is ExclusionAnswer { Origin: Origin.Runtime } exclusion ? $"{exclusion.Range}" : null);

    private IEnumerable<CompletionItem> Ask(CompletionContext context, ControlRequest request, Func<ControlAnswer, string?> word)
    {
        InterfaceName? name = Value<InterfaceChoice>(context, "interface").Name;
        ControlSocket[] sockets = [.. ControlSocket.Find(Directory(context)).Where(socket => socket.Role == DaemonRole.Server && (name is null || socket.Interface == name))];
        HashSet<string> words = new(StringComparer.Ordinal);
        // Shells ask a program that does nothing else.
        Task.Run(() => AskAsync(sockets, request, word, words)).GetAwaiter().GetResult();
        return words.Select(found => new CompletionItem(found));
    }

    private async Task AskAsync(ControlSocket[] sockets, ControlRequest request, Func<ControlAnswer, string?> word, HashSet<string> words)
    {
        using CancellationTokenSource limit = new(_patience, clock);
        foreach (ControlSocket socket in sockets)
        {
            try
            {
                await foreach (ControlAnswer answer in Daemons.AskAsync(socket, request, limit.Token))
                {
                    if (word(answer) is { } found && words.Add(found) && words.Count == Most)
                        return;
                }
            }
            catch (Exception error) when (error is ControlException or OperationCanceledException)
            {
            }
        }
    }

    private static string Directory(CompletionContext context) => Value<string>(context, "--runtime-directory") ?? RuntimeFile.DefaultDirectory;

    // What has been typed may be wrong as yet.
    private static T? Value<T>(CompletionContext context, string name)
    {
        try
        {
            return context.ParseResult.GetValue<T>(name);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            return default;
        }
    }
}
