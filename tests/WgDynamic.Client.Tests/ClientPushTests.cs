using WgDynamic.Protocol;

namespace WgDynamic.Client.Tests;

/// <summary>When the machine puts what is pushed into force, and when it undoes it. What that comes to: <see cref="ApplierTests"/>.</summary>
public class ClientPushTests
{
    [Fact]
    public void What_is_pushed_comes_after_the_new_addresses_and_before_the_old_ones_go()
    {
        Scene scene = new Scene().LinkUp().Answer().WaitForExchange().Answer("192.0.2.9", "2001:db8::9", route: "10.0.0.0/8");
        Assert.Equal(
            ["Install", "Install", "Apply", "Remove", "Remove", "WakeAt"],
            scene.Actions.Select(action => action.GetType().Name));
        Assert.Equal("routes 10.0.0.0/8", scene.Pushed!.ToString());
    }

    [Fact]
    public void The_same_again_is_not_put_into_force_again_and_another_is()
    {
        Scene scene = new Scene().LinkUp().Answer(route: "10.0.0.0/8");
        for (int i = 0; i < 5; i++)
            scene.WaitForExchange().Answer(route: "10.0.0.0/8");
        Assert.Equal(1, scene.Applied);
        scene.WaitForExchange().Answer(route: "10.1.0.0/16");
        Assert.Equal((2, "routes 10.1.0.0/16"), (scene.Applied, $"{scene.Pushed}"));
        scene.WaitForExchange().Answer();
        Assert.Equal((3, "nothing"), (scene.Applied, $"{scene.Pushed}"));
    }

    [Fact]
    public void When_the_lease_is_over_it_is_undone_before_the_addresses_go()
    {
        Scene scene = new Scene().LinkUp().Answer(lease: 10, route: "10.0.0.0/8").Do(new ClientEvent.LinkDown()).Wait(9);
        Assert.NotNull(scene.Pushed);
        scene.Wait(2);
        Assert.Null(scene.Pushed);
        Assert.Equal(["Withdraw", "Remove", "Remove"], scene.Actions.Select(action => action.GetType().Name));
        scene.LinkUp().Answer(route: "10.0.0.0/8");
        Assert.NotNull(scene.Pushed);
    }

    [Fact]
    public void When_the_server_has_no_address_any_more_it_is_undone()
    {
        Scene scene = new Scene().LinkUp().Answer(route: "10.0.0.0/8").WaitForExchange().Answer(null, null);
        Assert.Null(scene.Pushed);
    }

    [Fact]
    public void When_the_interface_is_gone_what_does_not_go_with_it_is_undone()
    {
        Scene scene = new Scene().LinkUp().Answer(route: "10.0.0.0/8").Do(new ClientEvent.LinkGone());
        Assert.Null(scene.Pushed);
        Assert.True(scene.Exited);
    }

    [Fact]
    public void A_link_that_was_down_and_a_route_or_an_address_that_was_removed_have_it_brought_back()
    {
        Scene scene = new Scene().LinkUp().Answer(route: "10.0.0.0/8").Do(new ClientEvent.LinkDown());
        foreach (ClientEvent change in (ClientEvent[])[new ClientEvent.LinkUp(), new ClientEvent.RouteLost(), new ClientEvent.AddressLost(IpAddress.Parse(Scene.Four))])
            Assert.Contains(new ClientAction.Restore(), scene.Do(change).Actions);
        Assert.DoesNotContain(new ClientAction.Restore(), new Scene().LinkUp().Do(new ClientEvent.RouteLost()).Actions);
    }

    [Fact]
    public void While_routes_are_pushed_it_glances_every_few_seconds_and_at_each_renewal_it_looks()
    {
        Scene scene = new Scene().LinkUp().Answer(route: "10.0.0.0/8");
        for (int i = 0; i < 5; i++)
        {
            TimeSpan before = scene.Now;
            Assert.InRange((scene.WaitFor<ClientAction.Glance>(10).Now - before).TotalSeconds, 4, 6);
        }

        Assert.Contains(new ClientAction.Restore(), scene.WaitForExchange().Answer(route: "10.0.0.0/8").Actions);
        scene.WaitForExchange().Answer().Wait(400);
        Assert.DoesNotContain(new ClientAction.Glance(), scene.Actions);
    }

    // An interface without a server does not get one by asking more often, nor by asking never.
    [Fact]
    public void A_glance_that_fails_puts_off_no_renewal()
    {
        Scene scene = new Scene().LinkUp().Answer(lease: 1000, route: "10.0.0.0/8");
        TimeSpan granted = scene.Now;
        while (scene.Exchange is null)
            scene.WaitFor<ClientAction.Glance>(6.1).Do(new ClientEvent.Obstructed("no"));
        Assert.True(scene.Now - granted < TimeSpan.FromSeconds(70));
    }

    [Fact]
    public void What_could_not_be_put_into_force_is_tried_again_ever_more_slowly_and_the_addresses_stay()
    {
        Scene scene = new Scene().LinkUp().Answer(lease: 1_000_000, route: "10.0.0.0/8");
        List<TimeSpan> pauses = [];
        for (int i = 0; i < 10; i++)
        {
            scene.Do(new ClientEvent.NotApplied("no"));
            TimeSpan failed = scene.Now;
            pauses.Add(scene.WaitForExchange().Now - failed);
            scene.Answer(lease: 1_000_000, route: "10.0.0.0/8");
            Assert.Equal(i + 2, scene.Applied);
            Assert.NotEmpty(scene.Installed);
        }

        Assert.InRange(pauses[0].TotalSeconds, 1, 3);
        Assert.InRange(pauses[^1].TotalSeconds, 150, 450);
        // Another state has not failed yet.
        scene.Do(new ClientEvent.NotApplied("no")).WaitForExchange().Answer(lease: 1_000_000, route: "10.1.0.0/16").Do(new ClientEvent.NotApplied("no"));
        TimeSpan last = scene.Now;
        Assert.InRange((scene.WaitForExchange().Now - last).TotalSeconds, 1, 3);
    }

    [Fact]
    public void The_server_hears_what_the_machine_and_the_program_are_called()
    {
        Request request = new Scene(hostname: "laptop").LinkUp().Exchange!.Request;
        Assert.Equal(("laptop", "wg-dynamic/0"), (request.Hostname, request.Client));
    }

    // The prototype's server, which knows no other way, says nothing of renewing.
    [Fact]
    public void A_server_that_knows_the_command_for_it_hears_that_command_on_release()
    {
        Scene scene = new Scene(release: true).LinkUp().Answer(renewAfter: 500).Stop();
        Assert.Equal(new Request { Command = Command.Release }, scene.Exchange!.Request);
        scene.Answer(null, null, error: WireError.Success).AssertLeftNothing();
    }

    [Fact]
    public void A_server_that_does_not_know_it_after_all_hears_the_old_way_and_once_only()
    {
        Scene scene = new Scene(release: true).LinkUp().Answer(renewAfter: 500).Stop().Answer(null, null, error: WireError.UnsupportedProtocol);
        Assert.Equal(new Request(), scene.Exchange!.Request);
        Assert.False(scene.Exited);
        scene.Answer(null, null, error: WireError.UnsupportedProtocol).AssertLeftNothing();
    }
}
