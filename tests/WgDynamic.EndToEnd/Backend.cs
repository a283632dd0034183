using WgDynamic.TestKit;

namespace WgDynamic.EndToEnd;

/// <summary>
/// Which WireGuard the scenarios run over: wireguard-go, or the kernel's where eng/kernel-vm says that there is one.
/// Nothing else differs, so a scenario has one text.
/// </summary>
internal static class Backend
{
    public static bool IsKernel { get; } = Environment.GetEnvironmentVariable("WGDYNAMIC_KERNEL_WIREGUARD") == "1";

    /// <summary>Where the native executables lie.</summary>
    public static string PublishDirectory { get; } =
        Environment.GetEnvironmentVariable("WGDYNAMIC_PUBLISH") ?? Path.Combine(RepositoryRoot, "artifacts", "publish");

    public static string RepositoryRoot => FindRepositoryRoot();

    /// <summary>How much longer everything may take: the virtual machine's processor is emulated.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(IsKernel ? 90 : 30);

    /// <summary>How much slower time should run where a test depends on it: leases of a few seconds are too short for an emulated processor.</summary>
    public static int Slowness { get; } = IsKernel ? 3 : 1;

    /// <summary>Ends a test that cannot run here, with the reason.</summary>
    public static void Require()
    {
        string? whyNot = IsKernel ? NetworkNamespace.WhyNot : WireGuardGo.WhyNot;
        whyNot ??= File.Exists(Path.Combine(PublishDirectory, "wg-dynamic-server")) ? null : $"no executables in {PublishDirectory}: run eng/build.sh";
        if (whyNot is not null)
            Assert.Skip(whyNot);
    }

    private static string FindRepositoryRoot()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "WgDynamic.sln")))
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("not inside the repository");
        return directory;
    }
}
