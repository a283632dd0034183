using Microsoft.Extensions.Logging;
using WgDynamic.Control;
using WgDynamic.Netlink;

namespace WgDynamic.Client;

/// <summary>The client's control socket.</summary>
internal static class ClientSocket
{
    /// <summary>Makes the socket and answers at it.</summary>
    /// <param name="options">Where, and who may change something.</param>
    /// <param name="handler">Answers.</param>
    /// <param name="clock">For deadlines.</param>
    /// <param name="log">Hears if it cannot be made.</param>
    public static ControlSide Open(ClientOptions options, IControlHandler handler, TimeProvider clock, ILogger log)
    {
        ControlSide side = ControlSide.Open(
            ControlSocket.PathOf(options.RuntimeDirectory, options.Interface, DaemonRole.Client),
            new HelloAnswer { Version = ControlProtocol.Version, Role = DaemonRole.Client, Interface = options.Interface, Release = ClientArguments.Release },
            handler,
            clock,
            SharedFile.Bind,
            error => log.NoControl(options.Interface, error.Message, "End who listens there, or start this client with another --runtime-directory"),
            defect => log.ControlFailed(options.Interface, defect));
        side.Admit(new ControlAccess(options.ControlGroup));
        return side;
    }
}
