using System.Management.Automation;

namespace WgDynamic.PowerShell.Tests.Live;

/// <summary>The cmdlets of wg-quick's hook and of configuration files, which ask our programs and no daemon.</summary>
public sealed class HookAndConfigurationTests(Site site) : SiteTests(site)
{
    [Fact]
    [Covers("Test-WgDynamicConfiguration", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName, Aspect.Wildcard)]
    public void Test_says_whether_a_file_can_be_used_and_with_Detailed_which_line_is_wrong()
    {
        string bad = Path.Combine(Site.Directory, "bad[1].conf");
        File.WriteAllText(bad, "[Server]\nLeaseTime = soon\n[Pool]\nRange = 10.66.0.0/24\n");
        Assert.Equal(true, Run("Test-WgDynamicConfiguration -Path $site/wg0.conf").Single().BaseObject);
        Assert.Equal(false, Run("Test-WgDynamicConfiguration -LiteralPath \"$site/bad[1].conf\"").Single().BaseObject);
        PSObject issue = Run("Test-WgDynamicConfiguration -LiteralPath \"$site/bad[1].conf\" -Detailed").Single();
        Assert.Equal(bad, $"{issue.Properties["File"].Value}");
        Assert.Equal("2", $"{issue.Properties["Line"].Value}");
        Assert.Contains("soon", $"{issue.Properties["Message"].Value}", StringComparison.Ordinal);
        Assert.False(string.IsNullOrWhiteSpace($"{issue.Properties["Remedy"].Value}"));
        Assert.Equal(["True", "False"], Run("Get-Item $site/wg0.conf, $site/bad*.conf | Test-WgDynamicConfiguration").Succeeded().Select(item => $"{item}"));
        Assert.Equal(["True"], Run("[pscustomobject]@{ Path = \"$site/wg0.conf\" } | Test-WgDynamicConfiguration").Succeeded().Select(item => $"{item}"));
        File.Delete(bad);
    }

    [Fact]
    [Covers("Test-WgDynamicConfiguration", Aspect.NotFound)]
    [Covers("Get-WgDynamicConfiguration", Aspect.NotFound)]
    public void A_file_that_is_not_there_is_an_error()
    {
        Assert.Single(Run("Test-WgDynamicConfiguration -Path $site/none.conf").AllErrors);
        Assert.Single(Run("Get-WgDynamicConfiguration -Path $site/none.conf").AllErrors);
    }

    [Fact]
    [Covers("Get-WgDynamicConfiguration", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName, Aspect.Wildcard)]
    [Covers("New-WgDynamicConfiguration", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName, Aspect.WhatIf, Aspect.NotFound)]
    public void New_writes_a_file_that_can_be_used_and_Get_gives_it()
    {
        Run("New-WgDynamicConfiguration -Path $site/new.conf -WhatIf").Succeeded();
        Assert.False(File.Exists(Path.Combine(Site.Directory, "new.conf")));
        Run("New-WgDynamicConfiguration -Path $site/new.conf").Succeeded();
        Assert.Equal(true, Run("Test-WgDynamicConfiguration -Path $site/new.conf").Single().BaseObject);
        Assert.NotEmpty(Run("New-WgDynamicConfiguration -Path $site/new.conf").AllErrors);
        Run("New-WgDynamicConfiguration -Path $site/new.conf -Force").Succeeded();
        Run("[pscustomobject]@{ Path = \"$site/new.conf\" } | New-WgDynamicConfiguration -Force").Succeeded();
        Assert.NotEmpty(Run("Get-WgDynamicConfiguration -Path $site/wg0.conf").Succeeded());
        Assert.NotEmpty(Run("Get-Item $site/new.conf | Get-WgDynamicConfiguration").Succeeded());
        Assert.NotEmpty(Run("Get-WgDynamicConfiguration -Path $site/*.conf").Succeeded());
        File.Delete(Path.Combine(Site.Directory, "new.conf"));
    }

    [Fact]
    [Covers("Get-WgQuickHook", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName, Aspect.Wildcard)]
    [Covers("Test-WgQuickHook", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName, Aspect.Wildcard)]
    public void Whether_the_hook_is_there_can_be_asked()
    {
        string directory = Directory.CreateDirectory(Path.Combine(Site.Directory, "wireguard")).FullName;
        File.WriteAllText(Path.Combine(directory, "wg7.conf"), "[Interface]\nAddress = fe80::7/128, auto\n");
        File.WriteAllText(Path.Combine(directory, "wg8.conf"), "[Interface]\nAddress = 10.0.0.1/24\n");
        Assert.Contains("wg7", Run("Get-WgQuickHook -ConfigurationDirectory $site/wireguard").Texts("Interface"));
        Assert.Equal(["wg7"], Run("Get-WgQuickHook -Interface wg7 -ConfigurationDirectory $site/wireguard").Texts("Interface"));
        Assert.IsType<bool>(Run("Test-WgQuickHook").Single().BaseObject);
    }

    [Fact]
    [Covers("Register-WgQuickHook", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    [Covers("Unregister-WgQuickHook", Aspect.Parameter, Aspect.Pipe, Aspect.PropertyName)]
    public async Task Register_and_Unregister_do_what_they_say()
    {
        // This process has its own mounts: what is registered is in memory, and nobody else's.
        string[] places = ["/usr/local/bin", "/etc/systemd"];
        foreach (string place in places)
            await TestKit.Command.RunAsync("mount", "-t", "tmpfs", "tmpfs", place);
        try
        {
            Assert.Equal(false, Run("Test-WgQuickHook").Single().BaseObject);
            Run("Register-WgQuickHook -Confirm:$false").Succeeded();
            Assert.True(File.Exists("/usr/local/bin/wg-quick"));
            Assert.Equal(true, Run("Test-WgQuickHook").Single().BaseObject);
            Run("Unregister-WgQuickHook -Confirm:$false").Succeeded();
            Assert.Equal(false, Run("Test-WgQuickHook").Single().BaseObject);
            Run("[pscustomobject]@{ ConfigurationDirectory = $site } | Register-WgQuickHook -Confirm:$false").Succeeded();
            Run("[pscustomobject]@{ ConfigurationDirectory = $site } | Unregister-WgQuickHook -Confirm:$false").Succeeded();
            Assert.False(File.Exists("/usr/local/bin/wg-quick"));
            await File.WriteAllTextAsync("/usr/local/bin/wg-quick", "#!/bin/sh\n# somebody else's\n", TestContext.Current.CancellationToken);
            Run("Register-WgQuickHook -Confirm:$false").FailedWith("WgHookConflict");
        }
        finally
        {
            foreach (string place in places)
                await TestKit.Command.RunAsync("umount", "--lazy", place);
        }
    }

    [Fact]
    [Covers("Get-WgQuickHook", Aspect.NotFound, Aspect.Completion)]
    [Covers("Test-WgQuickHook", Aspect.NotFound, Aspect.Completion)]
    [Covers("Get-WgDynamicConfiguration", Aspect.Completion)]
    [Covers("Test-WgDynamicConfiguration", Aspect.Completion)]
    [Covers("New-WgDynamicConfiguration", Aspect.Completion, Aspect.Wildcard)]
    public void Interfaces_are_offered_and_one_without_a_file_is_an_error()
    {
        foreach (string cmdlet in new[] { "Get-WgQuickHook", "Test-WgQuickHook", "Get-WgDynamicConfiguration", "Test-WgDynamicConfiguration", "New-WgDynamicConfiguration" })
            Assert.NotEmpty(Session.Complete($"{cmdlet} -Interface "));
        Assert.Single(Run("Get-WgQuickHook -Interface wgnone -ConfigurationDirectory $site").AllErrors);
        Assert.Single(Run("Test-WgQuickHook -Interface wgnone -ConfigurationDirectory $site").AllErrors);
        Assert.NotEmpty(Run("New-WgDynamicConfiguration -Interface 'wg*'").AllErrors);
    }

    [Fact]
    [Covers("Register-WgQuickHook", Aspect.WhatIf)]
    [Covers("Unregister-WgQuickHook", Aspect.WhatIf)]
    public void WhatIf_registers_nothing()
    {
        bool before = (bool)Run("Test-WgQuickHook").Single().BaseObject;
        Assert.Contains("What if: ", Run("Register-WgQuickHook -WhatIf").Shown, StringComparison.Ordinal);
        Run("Unregister-WgQuickHook -WhatIf").Succeeded();
        Assert.Equal(before, Run("Test-WgQuickHook").Single().BaseObject);
    }

    [Theory]
    [InlineData("Test-WgDynamicConfiguration -Path $site/wg0.conf")]
    [InlineData("Get-WgQuickHook")]
    [InlineData("Test-WgQuickHook")]
    [InlineData("Register-WgQuickHook -Confirm:$false")]
    [InlineData("Unregister-WgQuickHook -Confirm:$false")]
    [Covers("Test-WgDynamicConfiguration", Aspect.Cancellation)]
    [Covers("Get-WgQuickHook", Aspect.Cancellation)]
    [Covers("Test-WgQuickHook", Aspect.Cancellation)]
    [Covers("Register-WgQuickHook", Aspect.Cancellation)]
    [Covers("Unregister-WgQuickHook", Aspect.Cancellation)]
    public async Task It_can_be_stopped_while_the_program_that_it_runs_hangs(string script)
    {
        string directory = Directory.CreateTempSubdirectory("wgd-hang-").FullName, fifo = Path.Combine(directory, "started");
        await TestKit.Command.RunAsync("mkfifo", fifo);
        foreach (string program in new[] { "wg-dynamic", "wg-dynamic-server" })
        {
            string path = Path.Combine(directory, program);
            await File.WriteAllTextAsync(path, $"#!/bin/sh\necho $$ >{fifo}\nexec sleep 600\n", TestContext.Current.CancellationToken);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        string? bin = Environment.GetEnvironmentVariable("WGDYNAMIC_BIN");
        Environment.SetEnvironmentVariable("WGDYNAMIC_BIN", directory);
        try
        {
            // Opening a pipe waits for its other end.
            Task<string> started = Task.Run(() => File.ReadAllTextAsync(fifo, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
            using System.Management.Automation.PowerShell shell = Session.Start(script, [], out _);
            int process = int.Parse(await started.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
            await shell.StopAsync(null, null).WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
            Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
            // Nor is the program left behind.
            for (int look = 0; look < 500 && Runs(process); look++)
                await Task.Delay(20, TestContext.Current.CancellationToken);
            Assert.False(Runs(process));
        }
        finally
        {
            Environment.SetEnvironmentVariable("WGDYNAMIC_BIN", bin);
            Directory.Delete(directory, recursive: true);
        }
    }

    private static bool Runs(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Contains("sleep", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // It went while this looked.
        }
    }
}
