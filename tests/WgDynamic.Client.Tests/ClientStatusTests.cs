using Microsoft.Extensions.Time.Testing;
using WgDynamic.Control;

namespace WgDynamic.Client.Tests;

public class ClientStatusTests
{
    private static readonly IpAddress[] _held = [IpAddress.Parse("10.66.0.110"), IpAddress.Parse("fd66::7")];

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 23, 3, 7, TimeSpan.Zero));

    [Theory]
    [InlineData(ClientPhase.Waiting, true, "", "wg0 is down")]
    [InlineData(ClientPhase.Waiting, true, "no answer", "wg0 is down")]
    [InlineData(ClientPhase.Requesting, false, "", "asking for addresses on wg0")]
    [InlineData(ClientPhase.Expired, false, "no answer from the server", "asking for addresses on wg0: no answer from the server")]
    [InlineData(ClientPhase.Bound, true, "", "leased 10.66.0.110/32, fd66::7/128 until 23:33:07")]
    [InlineData(ClientPhase.Renewing, true, "no answer from the server", "leased 10.66.0.110/32, fd66::7/128 until 23:33:07; no answer from the server")]
    [InlineData(ClientPhase.Stopping, true, "no answer", "giving back what it had")]
    internal void It_says_at_a_glance_how_the_client_is_doing(ClientPhase state, bool holds, string problem, string text) =>
        Assert.Equal(text, ClientStatus.Text(InterfaceName.Parse("wg0"), state, holds ? _held : [], TimeSpan.FromMinutes(30), problem, _clock));

    [Theory]
    [InlineData(3600, "2026-11-25 00:03:07")]
    [InlineData(4294967294, "2163-01-01 05:31:21")]
    [InlineData(1e12, "9999-12-31 23:59:59")]
    public void A_lease_that_ends_on_another_day_says_on_which(double seconds, string time) =>
        Assert.EndsWith($" until {time}", ClientStatus.Text(InterfaceName.Parse("wg0"), ClientPhase.Bound, _held, TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.MaxValue.TotalSeconds)), "", _clock), StringComparison.Ordinal);
}
