using System.Buffers;
using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>Offers what the daemons know, within a moment, and nothing at all when they do not answer.</summary>
public abstract class ControlCompleter : IArgumentCompleter
{
    private const int MaxResults = 200;
    private static readonly SearchValues<char> _special = SearchValues.Create(" '\"`$;,|&(){}@#");
    private static readonly TimeSpan _deadline = TimeSpan.FromMilliseconds(120);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            char quote = wordToComplete is ['\'' or '"', ..] ? wordToComplete[0] : '\0';
            string word = wordToComplete.Trim('\'', '"');
            using CancellationTokenSource late = new(_deadline, TimeProvider.System);
            // Not on this thread: whatever an answer does, the prompt comes back.
            Dictionary<string, string> found = new(StringComparer.Ordinal);
            Task asking = Task.Run(() => CollectAsync(commandName, fakeBoundParameters, word, found, late.Token), late.Token);
            try
            {
                asking.GetAwaiter().GetResult();
            }
            catch (Exception error) when (error is OperationCanceledException or ControlException)
            {
                // What has come by now is offered.
            }

            return [.. found.Select(item => new CompletionResult(Quoted(item.Key, quote), item.Key, CompletionResultType.ParameterValue, item.Value))];
        }
        catch (Exception)
        {
            // An exception here would end up on the prompt.
            return [];
        }
    }

    internal abstract Task CollectAsync(string command, IDictionary bound, string word, Dictionary<string, string> found, CancellationToken cancellationToken);

    internal static bool Add(Dictionary<string, string> found, string word, string? text, string about)
    {
        if (text is { Length: > 0 } && text.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            _ = found.TryAdd(text, about.Length == 0 ? text : about);
        return found.Count < MaxResults;
    }

    // Those that what has been typed so far means.
    internal static List<ControlSocket> Sockets(IDictionary bound, DaemonRole? role)
    {
        string directory = bound["ControlSocket"] is string { Length: > 0 } given ? given : WgControlCmdlet.DefaultDirectory;
        if (File.Exists(directory))
            return [new ControlSocket(default, role ?? DaemonRole.Server, directory)];
        string[]? names = bound["Interface"] switch
        {
            string one => [one],
            object[] many => [.. many.Select(item => $"{item}")],
            _ => null,
        };
        return [.. ControlSocket.Find(directory).Where(socket => (role is null || socket.Role == role) && (names is null || names.Any(name => Interfaces.Fits(name, $"{socket.Interface}"))))];
    }

    internal static async Task AskAsync<T>(ControlSocket socket, ControlRequest request, Func<T, bool> take, CancellationToken cancellationToken)
        where T : ControlAnswer
    {
        await using ControlConnection connection = await ControlConnection.ConnectAsync(socket.Path, cancellationToken);
        await foreach (ControlAnswer answer in connection.AskAsync(request, cancellationToken))
        {
            if (answer is T wanted && !take(wanted))
                return;
        }
    }

    internal static async Task AskAllAsync<T>(IDictionary bound, DaemonRole? role, ControlRequest request, Func<T, bool> take, CancellationToken cancellationToken)
        where T : ControlAnswer
    {
        foreach (ControlSocket socket in Sockets(bound, role))
        {
            try
            {
                await AskAsync(socket, request, take, cancellationToken);
            }
            catch (ControlException)
            {
                // The next may answer.
            }
        }
    }

    private static string Quoted(string text, char quote)
    {
        if (quote != '\0')
            return $"{quote}{text}{quote}";
        return text.AsSpan().ContainsAny(_special) ? $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'" : text;
    }
}

/// <summary>Offers interfaces: those whose daemon runs, or, to start one, those of the machine.</summary>
public sealed class InterfaceCompleter : ControlCompleter
{
    internal override Task CollectAsync(string command, IDictionary bound, string word, Dictionary<string, string> found, CancellationToken cancellationToken)
    {
        DaemonRole? role = command.Contains("Client", StringComparison.OrdinalIgnoreCase) ? DaemonRole.Client
            : command.Contains("WgDynamicServer", StringComparison.OrdinalIgnoreCase) || command.Contains("WgPool", StringComparison.OrdinalIgnoreCase) || command.Contains("WgReservation", StringComparison.OrdinalIgnoreCase) ? DaemonRole.Server
            : null;
        bool starts = command.StartsWith("Start-", StringComparison.OrdinalIgnoreCase), tests = command.StartsWith("Test-", StringComparison.OrdinalIgnoreCase) || command.Contains("Configuration", StringComparison.OrdinalIgnoreCase);
        if (!starts)
        {
            bound = new Hashtable(bound);
            bound.Remove("Interface");
            foreach (ControlSocket socket in Sockets(bound, role))
                _ = Add(found, word, $"{socket.Interface}", $"{socket.Role} of {socket.Interface}");
        }

        // What is WireGuard before what may be.
        IEnumerable<string> devices = starts || tests ? Interfaces.All().OrderByDescending(Interfaces.IsWireGuard) : [];
        foreach (string name in devices)
            _ = Add(found, word, name, Interfaces.IsWireGuard(name) ? $"{name}, WireGuard" : name);
        return Task.CompletedTask;
    }
}

/// <summary>Offers the public keys of peers that have leases or reservations.</summary>
public sealed class PublicKeyCompleter : ControlCompleter
{
    internal override async Task CollectAsync(string command, IDictionary bound, string word, Dictionary<string, string> found, CancellationToken cancellationToken)
    {
        if (command.Contains("Reservation", StringComparison.OrdinalIgnoreCase))
        {
            await AskAllAsync<ReservationAnswer>(
                bound, DaemonRole.Server, new ReservationsRequest(), item => Add(found, word, $"{item.PublicKey}", $"{item.Address} {item.Description}".Trim()), cancellationToken);
        }

        await AskAllAsync<LeaseAnswer>(bound, null, new LeasesRequest(), item => Add(found, word, $"{item.PublicKey}", $"{item.Address} {item.HostName}".Trim()), cancellationToken);
    }
}

/// <summary>Offers addresses: reserved ones to those who deal with reservations, else leased ones.</summary>
public sealed class AddressCompleter : ControlCompleter
{
    internal override async Task CollectAsync(string command, IDictionary bound, string word, Dictionary<string, string> found, CancellationToken cancellationToken)
    {
        if (command.Contains("Reservation", StringComparison.OrdinalIgnoreCase))
        {
            await AskAllAsync<ReservationAnswer>(
                bound, DaemonRole.Server, new ReservationsRequest(), item => Add(found, word, $"{item.Address}", $"{item.PublicKey} {item.Description}".Trim()), cancellationToken);
            if (!command.StartsWith("Add-", StringComparison.OrdinalIgnoreCase))
                return;
        }

        await AskAllAsync<LeaseAnswer>(bound, null, new LeasesRequest(), item => Add(found, word, $"{item.Address}", $"{item.PublicKey} {item.HostName}".Trim()), cancellationToken);
    }
}

/// <summary>Offers pools by name and range, or the exclusions to those who deal with them.</summary>
public sealed class PoolCompleter : ControlCompleter
{
    internal override Task CollectAsync(string command, IDictionary bound, string word, Dictionary<string, string> found, CancellationToken cancellationToken) =>
        command.Contains("Exclusion", StringComparison.OrdinalIgnoreCase)
            ? AskAllAsync<ExclusionAnswer>(bound, DaemonRole.Server, new ExclusionsRequest(), item => Add(found, word, $"{item.Range}", $"{item.Origin}"), cancellationToken)
            : AskAllAsync<PoolAnswer>(
                bound,
                DaemonRole.Server,
                new PoolsRequest(),
                item => Add(found, word, $"{item.Range}", item.Name ?? $"{item.Range}") & Add(found, word, item.Name, $"{item.Range}"),
                cancellationToken);
}
