namespace WgDynamic.Protocol;

/// <summary>How far reading got.</summary>
public enum ReadStatus
{
    /// <summary>Everything was consumed and the message is not complete.</summary>
    NeedMore,

    /// <summary>A message is complete; bytes behind it are left for the next call.</summary>
    Complete,

    /// <summary>The stream is no good any more: only resetting the reader, for another stream, gets it out of this.</summary>
    Invalid,
}
