using WgDynamic.Daemon;

namespace WgDynamic.Server;

/// <summary><c>--check-config</c>: says what is wrong with the file, and touches nothing.</summary>
internal static class ConfigurationCheck
{
    /// <param name="options">Which interface, which file.</param>
    /// <param name="asJson">For a program rather than a person.</param>
    /// <param name="output">Takes the report.</param>
    /// <returns>The exit code: 0 for a file that the server can use.</returns>
    public static int Run(ServerOptions options, bool asJson, TextWriter output)
    {
        string path = options.ConfigurationPath ?? ConfigurationFile.DefaultPath(options.Interface);
        ConfigurationResult result = ConfigurationFile.Read(path, isRequired: options.ConfigurationPath is not null);
        if (asJson)
            ProblemReport.WriteJson(path, result, output);
        else
            ProblemReport.WriteText(path, result, output);
        return result.Configuration is null ? DaemonHost.Failure : 0;
    }
}
