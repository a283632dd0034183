using WgDynamic.Control;
using WgDynamic.Protocol;

namespace WgDynamic.Client.Tests;

public class ClientMachineTests
{
    private static readonly Request _any = new() { IPv4 = Request.AnyIPv4, IPv6 = Request.AnyIPv6 };

    [Fact]
    public void It_asks_for_both_families_as_soon_as_the_interface_is_up()
    {
        Scene scene = new();
        Assert.Empty(scene.Do(new ClientEvent.LinkDown()).Actions);
        Assert.Equal(_any, scene.LinkUp().Exchange!.Request);
        Assert.Equal(ClientPhase.Requesting, scene.Machine.State);
    }

    [Fact]
    public void What_is_leased_is_installed_for_as_long_as_the_lease_lasts_from_when_it_was_asked_for()
    {
        Scene scene = new Scene().LinkUp();
        TimeSpan sent = scene.Now;
        scene.Wait(7).Answer(lease: 1000);
        Assert.Equal(ClientPhase.Bound, scene.Machine.State);
        Assert.Equal($"{Scene.Four} {Scene.Six}", scene.Names);
        Assert.All(scene.Installed.Values, until => Assert.Equal(sent + TimeSpan.FromSeconds(1000), until));
    }

    [Fact]
    public void It_renews_when_the_server_says_and_asks_for_what_it_has()
    {
        Scene scene = new Scene().LinkUp().Answer(lease: 1000, renewAfter: 321);
        TimeSpan leased = scene.Now;
        scene.WaitForExchange();
        Assert.Equal(321, (scene.Now - leased).TotalSeconds);
        Assert.Equal(new Request { IPv4 = IpAddress.Parse(Scene.Four), IPv6 = IpAddress.Parse(Scene.Six) }, scene.Exchange!.Request);
        Assert.Equal(ClientPhase.Renewing, scene.Machine.State);
        Assert.Equal($"{Scene.Four} {Scene.Six}", scene.Names);
    }

    [Fact]
    public void Without_the_servers_word_it_renews_around_the_middle_of_the_lease_and_never_two_clients_together()
    {
        double[] renewals = [.. Enumerable.Range(1, 100).Select(seed =>
        {
            Scene scene = new Scene(seed: seed).LinkUp().Answer(lease: 1000);
            TimeSpan leased = scene.Now;
            return (scene.WaitForExchange().Now - leased).TotalSeconds;
        })];
        Assert.All(renewals, seconds => Assert.InRange(seconds, 450, 550));
        Assert.True(renewals.Distinct().Count() > 90);
        Assert.True(renewals.Max() - renewals.Min() > 80);
    }

    [Fact]
    public void It_renews_in_time_though_the_server_says_later()
    {
        Scene scene = new Scene().LinkUp().Answer(lease: 1000, renewAfter: uint.MaxValue);
        TimeSpan leased = scene.Now;
        Assert.Equal(900, (scene.WaitForExchange().Now - leased).TotalSeconds);
    }

    // What the prototype gets wrong, 1: its client spins when the server's clock is behind.
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(1795355256)]
    [InlineData(WireLimits.MaxLeaseStartUnixSeconds)]
    public void The_servers_clock_makes_no_difference(long serverClock)
    {
        Scene scene = new Scene().LinkUp();
        for (int i = 0; i < 100; i++)
            scene.WaitForExchange().Answer(lease: 1000, renewAfter: 500, serverClock: serverClock);
        Assert.Equal(99 * 500, (scene.Now - TimeSpan.FromSeconds(1000)).TotalSeconds);
    }

    // What the prototype gets wrong, 2.
    [Fact]
    public void Pauses_between_attempts_grow_up_to_a_minute_and_begin_anew_after_success()
    {
        Scene scene = new Scene().LinkUp();
        foreach (double pause in new double[] { 1, 2, 4, 8, 16, 32, 60, 60, 60 })
        {
            TimeSpan failed = scene.Now;
            scene.Fail().WaitForExchange();
            Assert.InRange((scene.Now - failed).TotalSeconds, pause / 2, pause * 1.5);
        }

        scene.Answer().WaitForExchange();
        TimeSpan renewing = scene.Now;
        scene.Fail().WaitForExchange();
        Assert.InRange((scene.Now - renewing).TotalSeconds, 0.5, 1.5);
    }

    [Fact]
    public void A_renewal_that_fails_costs_nothing_while_the_lease_lasts()
    {
        Scene scene = new Scene().LinkUp().Answer(lease: 1000).WaitForExchange();
        scene.Fail().WaitForExchange().Fail().WaitForExchange();
        Assert.Equal($"{Scene.Four} {Scene.Six}", scene.Names);
        Assert.Equal(ClientPhase.Renewing, scene.Machine.State);
    }

    // What the prototype gets wrong, 3.
    [Fact]
    public void When_the_lease_is_over_the_addresses_go_and_it_goes_on_asking_for_them()
    {
        Scene scene = new Scene().LinkUp().Answer(lease: 1000);
        TimeSpan expiry = scene.Now + TimeSpan.FromSeconds(1000);
        while (scene.Installed.Count > 0)
            scene.WaitForExchange().Fail().Wait(Math.Min(1, (expiry - scene.Now).TotalSeconds));
        Assert.Equal(expiry, scene.Now);
        Assert.Equal(ClientPhase.Expired, scene.Machine.State);

        scene.WaitForExchange();
        Assert.Equal(new Request { IPv4 = IpAddress.Parse(Scene.Four), IPv6 = IpAddress.Parse(Scene.Six) }, scene.Exchange!.Request);
        Assert.Equal($"{Scene.Four} {Scene.Six}", scene.Answer().Names);
    }

    [Fact]
    public void Other_addresses_are_installed_before_the_old_ones_go()
    {
        Scene scene = new Scene().LinkUp().Answer().WaitForExchange().Answer("192.0.2.9", "2001:db8::9");
        Assert.Equal(
            ["Install 192.0.2.9", "Install 2001:db8::9", $"Remove {Scene.Four}", $"Remove {Scene.Six}"],
            Changes(scene));
        Assert.Equal("192.0.2.9 2001:db8::9", scene.Names);
    }

    [Fact]
    public void Of_two_families_one_may_be_had_without_the_other_which_is_asked_for_again()
    {
        Scene scene = new Scene().LinkUp().Answer(six: null, lease: 1000);
        Assert.Equal((ClientPhase.Bound, Scene.Four), (scene.Machine.State, scene.Names));
        Assert.Contains("no IPv6 address", scene.Machine.Problem, StringComparison.Ordinal);
        TimeSpan leased = scene.Now;
        scene.WaitForExchange();
        Assert.True((scene.Now - leased).TotalSeconds < 10);
        Assert.Equal(new Request { IPv4 = IpAddress.Parse(Scene.Four), IPv6 = Request.AnyIPv6 }, scene.Exchange!.Request);
        Assert.Equal($"{Scene.Four} {Scene.Six}", scene.Answer().Names);
    }

    [Fact]
    public void An_address_that_is_not_to_be_had_any_more_is_given_up_for_any_other_at_once()
    {
        Scene scene = new Scene().LinkUp().Answer().WaitForExchange().Answer(null, null);
        Assert.Equal(_any, scene.Exchange!.Request);
        Assert.Empty(scene.Installed);

        // And when there is none at all, it waits.
        scene.Answer(null, null);
        Assert.Null(scene.Exchange);
        Assert.Contains("no address to give", scene.Machine.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_with_all_that_is_wanted_is_as_good_as_none()
    {
        Scene scene = new(foundExpiry: TimeSpan.FromSeconds(2000), found: ["192.0.2.77", "2001:db8::77"]);
        scene.LinkUp().Answer(lease: 1000, renewAfter: 500, error: WireError.AddressUnavailable);
        Assert.Null(scene.Machine.Problem);
        Assert.Equal($"{Scene.Four} {Scene.Six}", scene.Names);
        TimeSpan leased = scene.Now;
        Assert.Equal(500, (scene.WaitForExchange().Now - leased).TotalSeconds);
    }

    [Theory]
    [InlineData("0.0.0.1", null)]
    [InlineData("127.0.0.1", null)]
    [InlineData("169.254.1.1", null)]
    [InlineData("224.0.0.1", null)]
    [InlineData("240.0.0.1", null)]
    [InlineData("255.255.255.255", null)]
    [InlineData(null, "::1")]
    [InlineData(null, "fe80::1")]
    [InlineData(null, "ff02::1")]
    [InlineData(null, "::ffff:192.0.2.1")]
    [InlineData(null, "::c000:201")]
    public void A_server_that_leases_what_is_no_address_for_a_host_is_not_obeyed(string? four, string? six)
    {
        Scene scene = new Scene().LinkUp().Answer(lease: 1000).WaitForExchange();
        scene.Answer(four ?? "192.0.2.9", six ?? "2001:db8::9");
        Assert.Equal($"{Scene.Four} {Scene.Six}", scene.Names);
        Assert.Contains((four ?? six)!, scene.Machine.Problem, StringComparison.Ordinal);
        Assert.Null(scene.Exchange);
    }

    [Theory]
    [InlineData(WireError.InvalidRequest)]
    [InlineData(WireError.UnsupportedProtocol)]
    [InlineData((WireError)77)]
    public void A_refusal_keeps_what_there_is_and_is_tried_again_later(WireError error)
    {
        Scene scene = new Scene().LinkUp().Answer().WaitForExchange().Answer(null, null, error: error);
        Assert.Equal($"{Scene.Four} {Scene.Six}", scene.Names);
        Assert.Contains("refused", scene.Machine.Problem, StringComparison.Ordinal);
        Assert.Null(scene.Exchange);
        _ = scene.WaitForExchange(2);
    }

    [Fact]
    public void While_the_link_is_down_it_waits_and_when_it_comes_up_its_addresses_are_put_back_and_renewed()
    {
        Scene scene = new Scene().LinkUp().Answer(lease: 1000);
        scene.Do(new ClientEvent.LinkDown());
        Assert.Equal(ClientPhase.Waiting, scene.Machine.State);
        scene.Wait(600);
        Assert.Null(scene.Exchange);

        scene.LinkUp();
        Assert.Equal([$"Install {Scene.Four}", $"Install {Scene.Six}"], Changes(scene));
        Assert.All(scene.Actions.OfType<ClientAction.Install>(), install => Assert.Equal(400, install.Lifetime.TotalSeconds));
        Assert.Equal(IpAddress.Parse(Scene.Four), scene.Exchange!.Request.IPv4);
    }

    [Fact]
    public void A_lease_that_ends_while_the_link_is_down_is_over()
    {
        Scene scene = new Scene().LinkUp().Answer(lease: 1000);
        scene.Do(new ClientEvent.LinkDown()).Wait(1001);
        Assert.Equal((ClientPhase.Waiting, ""), (scene.Machine.State, scene.Names));
        Assert.Equal(IpAddress.Parse(Scene.Four), scene.LinkUp().Exchange!.Request.IPv4);
    }

    [Fact]
    public void A_link_that_goes_down_ends_the_exchange_and_its_answer_counts_no_more()
    {
        Scene scene = new Scene().LinkUp();
        int number = scene.Exchange!.Number;
        Assert.Single(scene.Do(new ClientEvent.LinkDown()).Actions.OfType<ClientAction.Abandon>());
        scene.Do(new ClientEvent.Answered(number, new Reply { IPv4 = IpAddress.Parse(Scene.Four), LeaseSeconds = 1000 }, scene.Now));
        Assert.Empty(scene.Installed);
    }

    [Fact]
    public void An_answer_to_an_earlier_exchange_is_ignored()
    {
        Scene scene = new Scene().LinkUp();
        int first = scene.Exchange!.Number;
        scene.Do(new ClientEvent.LinkDown()).LinkUp();
        Assert.NotEqual(first, scene.Exchange!.Number);
        scene.Do(new ClientEvent.Answered(first, new Reply { IPv4 = IpAddress.Parse("192.0.2.66"), LeaseSeconds = 1000 }, scene.Now));
        scene.Do(new ClientEvent.Failed(first, "late"));
        Assert.Empty(scene.Installed);
        Assert.NotNull(scene.Exchange);
        Assert.Equal($"{Scene.Four} {Scene.Six}", scene.Answer().Names);
    }

    [Fact]
    public void When_the_interface_is_gone_it_ends()
    {
        Scene scene = new Scene().LinkUp().Answer();
        Assert.True(scene.Do(new ClientEvent.LinkGone()).Exited);
        Assert.Empty(scene.Actions.OfType<ClientAction.Remove>());
    }

    [Fact]
    public void An_address_that_somebody_took_off_is_put_back_for_what_is_left()
    {
        Scene scene = new Scene().LinkUp().Answer(lease: 1000).Wait(100);
        scene.Do(new ClientEvent.AddressLost(IpAddress.Parse(Scene.Four)));
        ClientAction.Install install = Assert.Single(scene.Actions.OfType<ClientAction.Install>());
        Assert.Equal((Scene.Four, 900), (install.Address.ToString(), install.Lifetime.TotalSeconds));
        Assert.Empty(scene.Do(new ClientEvent.AddressLost(IpAddress.Parse("198.51.100.1"))).Actions.OfType<ClientAction.Install>());
    }

    [Fact]
    public void Hours_of_sleep_end_the_lease_and_it_asks_at_once()
    {
        Scene scene = new Scene().LinkUp().Answer(lease: 1000).Wait(5 * 3600, asleep: true);
        Assert.Empty(scene.Installed);
        Assert.Equal(IpAddress.Parse(Scene.Four), scene.Exchange!.Request.IPv4);
    }

    [Fact]
    public void An_answer_that_was_slept_over_is_worth_nothing_when_its_lease_is()
    {
        Scene scene = new Scene().LinkUp().Wait(5 * 3600, asleep: true).Answer(lease: 1000);
        Assert.Empty(scene.Installed);
        Assert.Contains("over before", scene.Machine.Problem, StringComparison.Ordinal);
        Assert.Equal($"{Scene.Four} {Scene.Six}", scene.WaitForExchange().Answer(lease: 1000).Names);
    }

    [Fact]
    public void Stopped_it_takes_off_what_it_installed_and_ends()
    {
        Scene scene = new Scene().LinkUp().Answer();
        int exchanges = scene.Exchanges;
        scene.Stop().AssertLeftNothing();
        Assert.Equal(exchanges, scene.Exchanges);
    }

    [Fact]
    public void Stopped_while_it_asks_it_gives_the_exchange_up()
    {
        Scene scene = new Scene().LinkUp();
        Assert.Single(scene.Stop().Actions.OfType<ClientAction.Abandon>());
        scene.AssertLeftNothing();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Stopped_with_release_it_gives_everything_back_first_whatever_the_server_says(bool answered)
    {
        Scene scene = new Scene(release: true).LinkUp().Answer().Stop();
        // In the words that the prototype's server understands, too.
        Assert.Equal(new Request(), scene.Exchange!.Request);
        Assert.False(scene.Exited);
        _ = answered ? scene.Answer(null, null, error: WireError.Success) : scene.Fail();
        scene.AssertLeftNothing();
    }

    [Fact]
    public void Stopped_with_release_it_waits_for_the_server_no_longer_than_three_seconds()
    {
        Scene scene = new Scene(release: true).LinkUp().Answer().Stop().Stop();
        Assert.False(scene.Wait(2.9).Exited);
        scene.Wait(0.2).AssertLeftNothing();
    }

    [Fact]
    public void Stopped_with_release_it_does_not_outlast_its_lease()
    {
        Scene scene = new Scene(release: true).LinkUp().Answer(lease: 10).Wait(1);
        while (scene.Machine.Expiry - scene.Now > TimeSpan.FromSeconds(1.5))
        {
            if (scene.Exchange is not null)
                scene.Fail();
            scene.Wait(0.1);
        }

        scene.Stop();
        Assert.False(scene.Exited);
        scene.Wait(1.5).AssertLeftNothing();
    }

    [Fact]
    public void What_an_earlier_client_left_is_asked_for_and_taken_off_if_the_server_gives_others()
    {
        Scene scene = new(foundExpiry: TimeSpan.FromSeconds(1500), found: ["192.0.2.77", "2001:db8::77"]);
        scene.LinkUp();
        Assert.Equal(new Request { IPv4 = IpAddress.Parse("192.0.2.77"), IPv6 = IpAddress.Parse("2001:db8::77") }, scene.Exchange!.Request);
        Assert.Equal($"{Scene.Four} {Scene.Six}", scene.Answer().Names);
    }

    [Fact]
    public void What_the_person_wants_is_asked_for_first_and_any_other_will_do()
    {
        Scene scene = new Scene(foundExpiry: TimeSpan.FromSeconds(1500), wished: ["192.0.2.50"], found: ["192.0.2.77"]).LinkUp();
        Assert.Equal(new Request { IPv4 = IpAddress.Parse("192.0.2.50"), IPv6 = Request.AnyIPv6 }, scene.Exchange!.Request);
        Assert.Equal($"{Scene.Four} {Scene.Six}", scene.Answer().Names);
        scene.WaitForExchange();
        Assert.Equal(new Request { IPv4 = IpAddress.Parse(Scene.Four), IPv6 = IpAddress.Parse(Scene.Six) }, scene.Exchange!.Request);
    }

    [Fact]
    public void What_an_earlier_client_left_goes_when_its_time_is_over()
    {
        Scene scene = new(foundExpiry: TimeSpan.FromSeconds(1010), found: ["192.0.2.77"]);
        scene.LinkUp();
        Assert.Equal("192.0.2.77", scene.Wait(9.9).Names);
        Assert.Equal("", scene.Wait(0.1).Names);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_shortest_leases_do_not_make_it_ask_more_than_once_a_second(uint seconds)
    {
        Scene scene = new Scene().LinkUp();
        for (int i = 0; i < 100; i++)
            scene.WaitForExchange().Answer(lease: seconds, renewAfter: 1);
        Assert.True((scene.Now - TimeSpan.FromSeconds(1000)).TotalSeconds >= 98);
    }

    [Fact]
    public void The_longest_lease_is_not_taken_for_one_that_lasts_for_ever()
    {
        Scene scene = new Scene().LinkUp().Answer(lease: uint.MaxValue);
        // INFINITY_LIFE_TIME, linux/if_addr.h
        Assert.All(scene.Actions.OfType<ClientAction.Install>(), install => Assert.Equal(uint.MaxValue - 1, install.Lifetime.TotalSeconds));
        TimeSpan leased = scene.Now;
        scene.WaitForExchange(uint.MaxValue);
        Assert.InRange((scene.Now - leased).TotalSeconds / uint.MaxValue, 0.44, 0.56);
    }

    [Fact]
    public void What_cannot_be_installed_is_tried_again()
    {
        Scene scene = new Scene().LinkUp().Answer(lease: 1000);
        scene.Do(new ClientEvent.Obstructed("no"));
        Assert.Equal("no", scene.Machine.Problem);
        scene.WaitForExchange(2).Answer(lease: 1000);
        Assert.Equal([$"Install {Scene.Four}", $"Install {Scene.Six}"], Changes(scene));
    }

    [Fact]
    public void What_cannot_be_installed_while_it_asks_does_not_make_it_spin()
    {
        Scene scene = new Scene().LinkUp().Answer(lease: 1000).WaitForExchange();
        scene.LinkUp().Do(new ClientEvent.Obstructed("no")).Wait(20);
        Assert.NotNull(scene.Exchange);
        Assert.Equal($"{Scene.Four} {Scene.Six}", scene.Answer().Names);
    }

    // "Install 192.0.2.8"
    private static IEnumerable<string> Changes(Scene scene) => scene.Actions.Select(action => action switch
    {
        ClientAction.Install(var address, _) => $"Install {address}",
        ClientAction.Remove(var address) => $"Remove {address}",
        _ => "",
    }).Where(text => text.Length > 0);
}
