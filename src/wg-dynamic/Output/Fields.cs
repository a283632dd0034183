using System.Globalization;
using WgDynamic.Control;

namespace WgDynamic.Tool;

/// <summary>
/// Answers as lines for programs that read no JSON: fields with a tab between them, always as many and in the same order,
/// <c>(none)</c> where there is nothing. What they are is in wg-dynamic(8); further ones come at the end.
/// </summary>
internal static class Fields
{
    private const string Nothing = "(none)";

    /// <summary>The line of an answer.</summary>
    public static string Of(ControlAnswer answer) => string.Join('\t', Values(answer).Select(value => string.IsNullOrEmpty(value) ? Nothing : Words.Harmless(value)));

    private static string?[] Values(ControlAnswer answer) => answer switch
    {
        LeaseAnswer lease =>
        [
            $"{lease.Interface}", $"{lease.Role}", $"{lease.Address}", $"{lease.PublicKey}", $"{lease.State}", Words.Stamp(lease.Start), Words.Stamp(lease.End),
            Seconds(lease.Remaining), Seconds(lease.LeaseTime), lease.Pool, YesNo(lease.Reserved), lease.HostName, Words.Stamp(lease.LastHandshake), lease.Endpoint,
        ],
        PoolAnswer pool =>
        [
            $"{pool.Interface}", pool.Name, $"{pool.Range}", Seconds(pool.LeaseTime), $"{pool.Origin}", pool.Enabled ? "enabled" : "disabled",
            $"{pool.Size}", $"{pool.InUse}", $"{pool.Reserved}", $"{pool.Free}", pool.Problem,
        ],
        ExclusionAnswer exclusion => [$"{exclusion.Interface}", $"{exclusion.Range}", exclusion.Pool, $"{exclusion.Origin}", $"{exclusion.PublicKey}"],
        ReservationAnswer reservation =>
        [
            $"{reservation.Interface}", $"{reservation.Address}", $"{reservation.PublicKey}", reservation.LeaseTime is { } time ? Seconds(time) : null, $"{reservation.Origin}",
            YesNo(reservation.InUse), reservation.Description, reservation.Problem,
        ],
        HistoryAnswer holder => [$"{holder.Address}", $"{holder.PublicKey}", Words.Stamp(holder.Start), Words.Stamp(holder.End), $"{holder.State}", holder.HostName],
        EventAnswer happened =>
        [
            Words.Stamp(happened.Time), $"{happened.Interface}", $"{happened.Role}", happened.Sequence.ToString(CultureInfo.InvariantCulture), $"{happened.Type}",
            $"{happened.PublicKey}", $"{happened.Address}", $"{happened.Refusal}", happened.Message,
        ],
        _ => throw new ArgumentOutOfRangeException(nameof(answer), answer.GetType().Name, null),
    };

    private static string Seconds(TimeSpan time) => ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private static string YesNo(bool value) => value ? "yes" : "no";
}
