using System.Security.Cryptography;

namespace WgDynamic.TestKit;

/// <summary>Names that no other test has.</summary>
public static class RandomName
{
    /// <summary>A prefix with eight random hexadecimal digits behind it.</summary>
    /// <param name="prefix">At most seven characters, where an interface is to be named.</param>
    public static string Next(string prefix) => prefix + RandomNumberGenerator.GetHexString(8, lowercase: true);

    /// <summary>The name of an interface. The sockets of userspace WireGuard lie in one directory, whatever the namespace.</summary>
    public static InterfaceName Interface() => InterfaceName.Parse(Next("wgt"));
}
