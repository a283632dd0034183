namespace WgDynamic.Protocol;

/// <summary>What a client wants: the first line of a request.</summary>
public enum Command
{
    /// <summary><c>request_ip=1</c>: lease, renew or exchange addresses; a family that is not named is given up.</summary>
    RequestIp,

    /// <summary><c>release=1</c>: give everything up.</summary>
    Release,
}
