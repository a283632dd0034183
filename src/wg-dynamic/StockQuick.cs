using System.Diagnostics;
using System.Runtime.InteropServices;
using WgDynamic.Netlink;

namespace WgDynamic.Tool;

/// <summary>The distribution's own wg-quick.</summary>
/// <param name="path">Where it is.</param>
internal sealed class StockQuick(string path)
{
    /// <summary>Where our Debian package puts the original, under its own name, which it shows in messages.</summary>
    public const string DivertedTo = "/usr/lib/wg-dynamic";

    private const string UsualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Where it is.</summary>
    public string Path => path;

    /// <summary>Finds it: where the package has put it, or the first of PATH and of the usual places that is not our wrapper.</summary>
    /// <exception cref="ToolException">There is none.</exception>
    public static StockQuick Find() =>
        Find([DivertedTo, .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), .. UsualPath.Split(':')])
        ?? throw new ToolException("there is no wg-quick of the distribution; install wireguard-tools");

    /// <summary>Finds it in one of some directories.</summary>
    internal static StockQuick? Find(IEnumerable<string> directories) => directories
        .Where(System.IO.Path.IsPathRooted)
        .Select(directory => System.IO.Path.Combine(directory, "wg-quick"))
        .Where(file => File.Exists(file) && !Wrapper.Is(file))
        .Select(file => new StockQuick(file))
        .FirstOrDefault();

    /// <summary>Becomes it, so that streams, signals and status are its own.</summary>
    /// <param name="arguments">Its arguments, as they came.</param>
    /// <returns>Never.</returns>
    /// <exception cref="NetlinkException">It cannot be run.</exception>
    public int Become(IEnumerable<string> arguments)
    {
        ProcessControl.Execute(path, [path, .. arguments]);
        return 0;
    }

    /// <summary>Runs it at this terminal and waits.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>Its status, or 128 and the number of the signal that ended it.</returns>
    public async Task<int> RunAsync(params string[] arguments)
    {
        using Process process = new() { StartInfo = new ProcessStartInfo(path, arguments) };
        // The terminal tells both of us, and it has to clean up: it decides when this ends. SIGTERM came to us alone.
        void Ignore(PosixSignalContext context) => context.Cancel = true;
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ignore);
        using PosixSignalRegistration quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Ignore);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Ignore);
        _ = process.Start();
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            Ignore(context);
            _ = ProcessControl.Terminate(process.Id);
        });
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
