namespace WgDynamic.Storage;

/// <summary>What a check has found.</summary>
/// <param name="Problems">What is wrong, a line each; none if all is well.</param>
/// <param name="ActiveLeases">How many leases are active.</param>
/// <param name="EndedLeases">How many have ended and are remembered.</param>
/// <param name="HistoryRows">How many rows the history has.</param>
/// <param name="Head">The end of the history; to be compared with what was noted in the log. The default if nothing could be read at all.</param>
public sealed record DatabaseReport(IReadOnlyList<string> Problems, long ActiveLeases, long EndedLeases, long HistoryRows, HistoryHead Head);
