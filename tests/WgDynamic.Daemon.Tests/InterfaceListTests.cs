namespace WgDynamic.Daemon.Tests;

public sealed class InterfaceListTests : IDisposable
{
    private readonly Folder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void WireGuard_interfaces_come_first_be_they_the_kernels_or_userspaces()
    {
        Interface("eth0", "INTERFACE=eth0\n");
        Interface("lo", null);
        Interface("wg1", "DEVTYPE=wireguard\nINTERFACE=wg1\n");
        Interface("tun7", "INTERFACE=tun7\n");
        Directory.CreateDirectory(Path.Combine(_root.Path, "run/wireguard"));
        File.WriteAllText(Path.Combine(_root.Path, "run/wireguard/tun7.sock"), "");
        File.WriteAllText(Path.Combine(_root.Path, "sys/class/net/bonding_masters"), "");
        Assert.Equal(["tun7", "wg1", "eth0", "lo"], InterfaceList.All(_root.Path));
        Assert.Equal(["tun7", "wg1"], InterfaceList.WireGuard(_root.Path));
    }

    [Fact]
    public void Where_there_is_no_sysfs_there_are_none() => Assert.Empty(InterfaceList.All(_root.Path));

    private void Interface(string name, string? uevent)
    {
        string directory = Directory.CreateDirectory(Path.Combine(_root.Path, "sys/class/net", name)).FullName;
        if (uevent is not null)
            File.WriteAllText(Path.Combine(directory, "uevent"), uevent);
    }
}
