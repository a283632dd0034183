using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace WgDynamic.Netlink;

/// <summary>The kernel, or whoever implements WireGuard in its place, said no; or its answer could not be read.</summary>
public sealed class NetlinkException : Exception
{
    /// <summary>Makes the exception and its message, such as <c>add address 192.0.2.1/32 to interface 7: File exists (EEXIST): …</c>.</summary>
    /// <param name="operation">What was tried, on what: <c>add address 192.0.2.1/32 to interface 7</c>.</param>
    /// <param name="errno">The error number, positive.</param>
    /// <param name="kernelMessage">The kernel's own explanation, if there is one.</param>
    /// <param name="attributeOffset">Where in the request, in bytes from its start, the kernel found fault.</param>
    public NetlinkException(string operation, int errno, string? kernelMessage = null, int? attributeOffset = null)
        : base(Describe(operation, errno, kernelMessage))
    {
        Operation = operation;
        Errno = errno;
        KernelMessage = kernelMessage;
        AttributeOffset = attributeOffset;
    }

    /// <summary>What was tried, on what.</summary>
    public string Operation { get; }

    /// <summary>The error number, positive: 17 is EEXIST.</summary>
    public int Errno { get; }

    /// <summary>The kernel's own explanation (<c>NLMSGERR_ATTR_MSG</c>), if it gave one.</summary>
    public string? KernelMessage { get; }

    /// <summary>Where in the request the kernel found fault (<c>NLMSGERR_ATTR_OFFS</c>), in bytes from its start.</summary>
    public int? AttributeOffset { get; }

    /// <summary>What to do about it, where that is special; null for nothing.</summary>
    public string? Remedy { get; init; }

    /// <summary>There is no such interface, or no longer (ENODEV, ENXIO).</summary>
    public bool IsNoSuchDevice => Errno is Netlink.Errno.ENODEV or Netlink.Errno.ENXIO;

    /// <summary>There is no such address, route or object (ENOENT, ESRCH, EADDRNOTAVAIL).</summary>
    public bool IsNotFound => Errno is Netlink.Errno.ENOENT or Netlink.Errno.ESRCH or Netlink.Errno.EADDRNOTAVAIL;

    /// <summary>It is there already (EEXIST).</summary>
    public bool IsExists => Errno is Netlink.Errno.EEXIST;

    /// <summary>A privilege is missing (EPERM, EACCES).</summary>
    public bool IsPermissionDenied => Errno is Netlink.Errno.EPERM or Netlink.Errno.EACCES;

    /// <summary>No route leads there (ENETUNREACH, EHOSTUNREACH).</summary>
    public bool IsNetworkUnreachable => Errno is Netlink.Errno.ENETUNREACH or Netlink.Errno.EHOSTUNREACH;

    /// <summary>Messages were lost because nobody read them in time (ENOBUFS).</summary>
    internal bool IsOverrun => Errno is Netlink.Errno.ENOBUFS;

    /// <summary>Puts a failure into words for somebody who starts a program.</summary>
    /// <param name="error">Any failure.</param>
    /// <returns>What the kernel said, and what to do where that is clear; null if it is no failure of this kind.</returns>
    public static string? Explain(Exception error) => error switch
    {
        NetlinkException { Remedy: { } remedy } special => $"{special.Message}; {remedy}",
        NetlinkException { IsPermissionDenied: true } denied => $"{denied.Message}; run as root, or with CAP_NET_ADMIN",
        NetlinkException other => other.Message,
        _ => null,
    };

    /// <summary>Fails because bytes from the kernel do not have the form they must have.</summary>
    [DoesNotReturn]
    internal static void ThrowMalformed(string what) => throw Malformed(what);

    /// <inheritdoc cref="ThrowMalformed"/>
    internal static NetlinkException Malformed(string what) => new("read an answer", Netlink.Errno.EBADMSG, what);

    private static string Describe(string operation, int errno, string? kernelMessage)
    {
        string text = Marshal.GetPInvokeErrorMessage(errno);
        string name = Netlink.Errno.Name(errno) ?? $"errno {errno}";
        return kernelMessage is null ? $"{operation}: {text} ({name})" : $"{operation}: {text} ({name}): {kernelMessage}";
    }
}
