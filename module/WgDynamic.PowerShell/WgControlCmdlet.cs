using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>A cmdlet that asks daemons at their control sockets.</summary>
public abstract class WgControlCmdlet : WgCmdlet
{
    /// <summary>The socket of the daemon, or the directory in which its socket lies where it was started with --runtime-directory. Without it: /run/wg-dynamic.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ControlSocket { get; set; }

    /// <summary>How long to wait for a daemon's greeting: seconds, or a time such as 500ms, 5s, 1m or 00:00:05. Without it: five seconds.</summary>
    [Parameter]
    [Duration]
    [ValidateSeconds(0.001, 86400)]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    // Which daemon answers; null for both.
    internal abstract DaemonRole? Daemon { get; }

    // Where sockets lie: the one who tests it sets the variable, an operator the parameter.
    internal string RuntimeDirectory => ControlSocket is null ? DefaultDirectory : PathOf(ControlSocket);

    internal static string DefaultDirectory =>
        Environment.GetEnvironmentVariable("WGDYNAMIC_RUNTIME_DIRECTORY") is { Length: > 0 } directory ? directory : WgDynamic.Control.ControlSocket.DefaultDirectory;

    // The daemons of interfaces by name or wildcard. A literal name without one is an error, a wildcard is silence.
    internal List<ControlSocket> Find(string[]? interfaces)
    {
        string directory = RuntimeDirectory;
        if (ControlSocket is not null && File.Exists(directory))
            return [OfSocket(directory, interfaces)];
        if (ControlSocket is not null && !Directory.Exists(directory))
            throw new WgDynamicException("WgControlSocketNotFound", ErrorCategory.ResourceUnavailable, $"there is no socket {directory}", "Start the daemon, or leave -ControlSocket out for those in /run/wg-dynamic.", ControlSocket);

        List<ControlSocket> all = [.. WgDynamic.Control.ControlSocket.Find(directory).Where(socket => Daemon is null || socket.Role == Daemon)];
        if (interfaces is null or { Length: 0 })
            return all;
        List<ControlSocket> found = [];
        foreach (string name in interfaces)
        {
            List<ControlSocket> fitting = [.. all.Where(socket => Interfaces.Fits(name, $"{socket.Interface}"))];
            if (fitting.Count == 0 && !Names.IsWildcard(name))
                WriteError(Interfaces.Missing(name, Daemon, directory).ToRecord(name));
            found.AddRange(fitting.Except(found));
        }

        return found;
    }

    // The daemon of the one interface that is to be changed.
    internal void ForEachDaemon(string[]? interfaces, Action<ControlSocket> work)
    {
        List<ControlSocket> sockets = [];
        ForItem(interfaces, () => sockets = Find(interfaces));
        bool named = interfaces is { Length: > 0 } && !interfaces.Any(Names.IsWildcard);
        foreach (ControlSocket socket in sockets)
        {
            ForItem($"{socket.Interface}", () =>
            {
                try
                {
                    work(socket);
                }
                catch (ControlException error) when (error.Failure == ControlFailure.NotFound && !named && ControlSocket is null)
                {
                    WriteVerbose(error.Message);
                }
            });
        }
    }

    // The answers as they come.
    internal IEnumerable<T> Ask<T>(ControlSocket socket, ControlRequest request, Stream? upload = null)
        where T : ControlAnswer
    {
        ControlConnection connection = Connect(socket.Path);
        try
        {
            IAsyncEnumerator<ControlAnswer> answers = connection.AskAsync(request, upload, Cancellation).GetAsyncEnumerator(Cancellation);
            try
            {
                while (AwaitHere(answers.MoveNextAsync()))
                {
                    if (answers.Current is T answer)
                        yield return answer;
                    else
                        OnOther(answers.Current);
                }
            }
            finally
            {
                Await(answers.DisposeAsync());
            }
        }
        finally
        {
            Await(connection.DisposeAsync());
        }
    }

    // An answer beside those that were asked for, such as a problem of the configuration file.
    internal virtual void OnOther(ControlAnswer answer)
    {
    }

    internal ControlConnection Connect(string path) => Await(ConnectAsync(path, Cancellation));

    internal async Task<ControlConnection> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = new(ConnectTimeout, Clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await ControlConnection.ConnectAsync(path, either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new WgDynamicException(
                "WgControlTimeout", ErrorCategory.OperationTimeout, $"the daemon at {path} did not answer within {ConnectTimeout.TotalSeconds} seconds", "See whether it is stopped or busy, or give it more time with -ConnectTimeout.");
        }
    }

    private ControlSocket OfSocket(string path, string[]? interfaces)
    {
        ControlConnection connection = Connect(path);
        HelloAnswer hello = connection.Hello;
        Await(connection.DisposeAsync());
        string name = $"{hello.Interface}";
        if (interfaces is { Length: > 0 } && !interfaces.Any(wanted => Interfaces.Fits(wanted, name)))
            throw new WgDynamicException("WgInterfaceNotFound", ErrorCategory.ObjectNotFound, $"the daemon at {path} is that of {name}, not of {string.Join(", ", interfaces)}", $"Name {name}, or another socket.", interfaces.Length == 1 ? interfaces[0] : interfaces);
        if (Daemon is { } role && hello.Role != role)
            throw new WgDynamicException("WgControlProtocolError", ErrorCategory.InvalidArgument, $"what listens on {path} is the {hello.Role} of {name}, and this asks the {role}", $"Name the socket of the {role}.", ControlSocket);
        return new ControlSocket(hello.Interface, hello.Role, path);
    }
}

/// <summary>A cmdlet that shows something and changes nothing: without -Interface, of all interfaces.</summary>
public abstract class WgGetCmdlet : WgControlCmdlet
{
    /// <summary>The interfaces to ask about, with wildcards if you like. Without it: all whose daemon runs.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("InterfaceName", "InterfaceAlias")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Interface { get; set; }
}

/// <summary>A cmdlet that changes something.</summary>
public abstract class WgChangeCmdlet : WgControlCmdlet
{
    /// <summary>The interface, or several; with wildcards: those whose daemon runs.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InterfaceName", "InterfaceAlias")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Interface { get; set; } = [];

    internal override DaemonRole? Daemon => DaemonRole.Server;

    // With -Force nobody is asked; -WhatIf and -Confirm still have the last word.
    internal bool ShouldChange(string target, string action, bool force = false) =>
        (force && !IsBound("Confirm") && !IsWhatIf) || ShouldProcess(target, action);

    private bool IsWhatIf => IsBound("WhatIf")
        ? MyInvocation.BoundParameters["WhatIf"] is SwitchParameter { IsPresent: true }
        : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));
}

/// <summary>A cmdlet that changes something and can give what became of it.</summary>
public abstract class WgPassThruCmdlet : WgChangeCmdlet
{
    /// <summary>Gives the object as it is afterwards. Without it nothing is given.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    internal void Give(object item)
    {
        if (PassThru)
            WriteObject(item);
    }
}
