using System.Diagnostics;

namespace WgDynamic.EndToEnd;

/// <summary>Server and client on a machine that sleeps, and whose clock is set: sleeping-machine.sh in a virtual machine of its own.</summary>
public sealed class ClockScenarios(ClockScenarios.Machine machine) : IClassFixture<ClockScenarios.Machine>
{
    [Fact]
    public Task After_a_sleep_that_is_shorter_than_the_lease_the_client_renews_in_time_and_keeps_its_addresses() => machine.SaysAsync("ok a short sleep");

    [Fact]
    public Task After_a_sleep_that_is_longer_than_the_lease_the_addresses_go_at_once_and_come_back_with_the_next_lease() => machine.SaysAsync("ok a long sleep");

    [Fact]
    public Task A_clock_that_is_set_a_year_ahead_or_two_back_ends_no_lease_and_renewals_go_on() => machine.SaysAsync("ok a clock that jumps");

    /// <summary>The machine: it sleeps for a minute in all, so once for all scenarios.</summary>
    public sealed class Machine
    {
        // eng/kernel-vm's
        private const int TimeLimit = 124;

        private readonly Lazy<Task<string>> _output = new(RunAsync);

        internal async Task SaysAsync(string line)
        {
            Backend.Require();
            // Only eng/test.sh knows that the kernel for it has been fetched: there is no network in here.
            Assert.SkipUnless(Environment.GetEnvironmentVariable("WGDYNAMIC_SLEEPING_MACHINE") == "1", "needs a virtual machine of its own, which eng/test.sh starts where one can run");
            string output = await _output.Value;
            Assert.True(output.Split('\n').Contains(line), output);
        }

        private static async Task<string> RunAsync()
        {
            string script = Path.Combine(Backend.RepositoryRoot, "tests", "WgDynamic.EndToEnd", "sleeping-machine.sh");
            // An emulated machine on a busy host does not always wake up. That is not what the script waits for: what our daemons
            // do not do in time, it says long before the limit. One processor, since there is less to wake up.
            for (int attempt = 1; ; attempt++)
            {
                using Process machine = Process.Start(new ProcessStartInfo(Path.Combine(Backend.RepositoryRoot, "eng", "kernel-vm"), ["-s", "-c", "1", "-t", "300", "--", script, Backend.PublishDirectory])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                })!;
                Task<string> errors = machine.StandardError.ReadToEndAsync();
                string output = await machine.StandardOutput.ReadToEndAsync() + await errors;
                await machine.WaitForExitAsync();
                if (machine.ExitCode != TimeLimit || attempt == 3)
                    return output;
            }
        }
    }
}
