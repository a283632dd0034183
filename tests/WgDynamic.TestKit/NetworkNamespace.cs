using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace WgDynamic.TestKit;

/// <summary>
/// A network namespace of a test's own, with loopback up and nothing else. Disposing it ends the processes in it and
/// removes it with all its interfaces.
/// </summary>
public sealed class NetworkNamespace : IAsyncDisposable
{
    private NetworkNamespace(string name) => Name = name;

    /// <summary>Its name for <c>ip netns</c>: <c>wgd-</c> and random digits.</summary>
    public string Name { get; }

    /// <summary>Why there can be no namespaces here; null if there can.</summary>
    public static string? WhyNot => Environment.IsPrivilegedProcess ? null : "needs root, for network namespaces";

    /// <summary>Makes a namespace.</summary>
    /// <param name="label">A word in its name, to tell several of a test apart.</param>
    public static async Task<NetworkNamespace> CreateAsync(string? label = null)
    {
        NetworkNamespace created = new(RandomName.Next(label is null ? "wgd-" : $"wgd-{label}-"));
        await Command.RunAsync("ip", "netns", "add", created.Name);
        await created.ExecAsync("ip", "link", "set", "lo", "up");
        return created;
    }

    /// <summary>Runs something on a thread inside the namespace. A socket belongs to the namespace of the thread that opened it, wherever it is used later.</summary>
    /// <param name="open">What to run, up to its first await at most.</param>
    public T Run<T>(Func<T> open)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Enter();
                result = open();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    /// <summary>Runs a program inside the namespace and waits for it.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message has what it wrote to standard error.</exception>
    public Task<string> ExecAsync(string program, params string[] arguments) =>
        Command.RunAsync("ip", ["netns", "exec", Name, program, .. arguments]);

    /// <summary>Ends what runs in the namespace and removes it.</summary>
    public async ValueTask DisposeAsync()
    {
        Command.Kill(await Command.RunAsync("ip", "netns", "pids", Name));
        await Command.RunAsync("ip", "netns", "delete", Name);
    }

    private void Enter()
    {
        using SafeFileHandle file = File.OpenHandle($"/run/netns/{Name}");
        if (LibC.setns((int)file.DangerousGetHandle(), LibC.CLONE_NEWNET) != 0)
            throw new InvalidOperationException($"setns: {Marshal.GetLastPInvokeErrorMessage()}");
    }
}
