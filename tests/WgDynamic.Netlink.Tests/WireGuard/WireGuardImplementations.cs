using WgDynamic.TestKit;

namespace WgDynamic.Netlink.Tests;

public class WireGuardThatRemovesPrefixesTests : WireGuardTests
{
    private protected override Task<WireGuardUnderTest> StartAsync() => Task.FromResult<WireGuardUnderTest>(new SimulatedUnderTest(Removal.Known));
}

public class WireGuardThatRefusesToRemovePrefixesTests : WireGuardTests
{
    private protected override Task<WireGuardUnderTest> StartAsync() => Task.FromResult<WireGuardUnderTest>(new SimulatedUnderTest(Removal.Refused));
}

public class WireGuardThatOverlooksRemovalTests : WireGuardTests
{
    private protected override Task<WireGuardUnderTest> StartAsync() => Task.FromResult<WireGuardUnderTest>(new SimulatedUnderTest(Removal.Overlooked));
}

public class WireGuardGoTests : WireGuardTests
{
    private protected override async Task<WireGuardUnderTest> StartAsync()
    {
        if (WireGuardGo.WhyNot is { } why)
            Assert.Skip(why);
        NetworkNamespace network = await NetworkNamespace.CreateAsync();
        WireGuardGoUnderTest started = new(network, await WireGuardGo.StartAsync(network));
        await started.SetUpAsync();
        return started;
    }
}

public class KernelWireGuardTests : WireGuardTests
{
    private protected override async Task<WireGuardUnderTest> StartAsync()
    {
        if (NetworkNamespace.WhyNot is { } why)
            Assert.Skip(why);
        NetworkNamespace network = await NetworkNamespace.CreateAsync();
        KernelUnderTest started = new(network, RandomName.Interface());
        try
        {
            await network.ExecAsync("ip", "link", "add", started.Name.ToString(), "type", "wireguard");
        }
        catch (InvalidOperationException e)
        {
            await started.DisposeAsync();
            Assert.Skip($"this kernel has no WireGuard ({e.Message.Trim()}); the same tests run in the virtual machine");
        }

        await started.SetUpAsync();
        return started;
    }
}
