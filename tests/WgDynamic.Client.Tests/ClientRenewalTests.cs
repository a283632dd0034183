using WgDynamic.Control;
using WgDynamic.Protocol;

namespace WgDynamic.Client.Tests;

public class ClientRenewalTests
{
    [Fact]
    public void Asked_for_a_renewal_it_asks_the_server_at_once_for_what_it_has()
    {
        Scene scene = new Scene().LinkUp().Answer().Wait(10);
        Assert.Null(scene.Exchange);
        scene.Do(new ClientEvent.Renew());
        Assert.Equal(new Request { IPv4 = IpAddress.Parse(Scene.Four), IPv6 = IpAddress.Parse(Scene.Six) }, scene.Exchange!.Request);
        Assert.Equal(ClientPhase.Renewing, scene.Machine.State);
        Assert.Equal(ClientPhase.Bound, scene.Answer().Machine.State);
        Assert.Equal(TimeSpan.FromSeconds(1000), scene.Machine.Expiry - scene.Now);
    }

    [Fact]
    public void A_renewal_that_is_under_way_counts()
    {
        Scene scene = new Scene().LinkUp().Answer().Wait(10).Do(new ClientEvent.Renew()).Do(new ClientEvent.Renew());
        Assert.Equal(2, scene.Exchanges);
        Assert.Null(scene.Answer().Exchange);
        Assert.Null(scene.Wait(100).Exchange);
    }

    [Fact]
    public void A_pause_after_failures_is_cut_short_by_who_wants_a_renewal()
    {
        Scene scene = new Scene().LinkUp();
        for (int i = 0; i < 6; i++)
            scene.WaitForExchange().Fail();
        Assert.Null(scene.Wait(2).Exchange);
        Assert.NotNull(scene.Do(new ClientEvent.Renew()).Exchange);
    }

    [Fact]
    public void However_often_a_renewal_is_wanted_the_server_is_asked_no_more_than_once_a_second()
    {
        // Scene counts.
        Scene scene = new Scene().LinkUp().Answer();
        for (int i = 0; i < 200; i++)
        {
            scene.Do(new ClientEvent.Renew());
            if (scene.Exchange is not null)
                scene.Answer();
            scene.Wait(0.1);
        }

        Assert.InRange(scene.Exchanges, 15, 22);
    }

    [Fact]
    public void While_the_link_is_down_there_is_nothing_to_renew()
    {
        Scene scene = new Scene().LinkUp().Answer().Do(new ClientEvent.LinkDown()).Do(new ClientEvent.Renew());
        Assert.Null(scene.Exchange);
        Assert.Equal(1, scene.Exchanges);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void How_it_ends_is_for_who_ends_it_to_say_whatever_it_was_started_with(bool started, bool ended)
    {
        Scene scene = new Scene(release: started).LinkUp().Answer().Do(new ClientEvent.Stop(ended));
        Assert.Equal(ended, scene.Exchange is not null);
        if (ended)
            scene.Answer(null, null, error: WireError.Success);
        scene.AssertLeftNothing();
    }

    [Fact]
    public void Who_stops_it_a_second_time_changes_nothing()
    {
        Scene scene = new Scene().LinkUp().Answer().Do(new ClientEvent.Stop(true)).Do(new ClientEvent.Stop(false));
        Assert.NotNull(scene.Exchange);
        scene.Answer(null, null, error: WireError.Success).AssertLeftNothing();
    }

    [Fact]
    public void It_knows_since_when_it_has_what_it_has()
    {
        Scene scene = new Scene().LinkUp().Wait(5).Answer(lease: 1000);
        TimeSpan got = scene.Now;
        scene.WaitForExchange().Answer("192.0.2.9", Scene.Six);
        Assert.Equal([new HeldAddress(IpAddress.Parse("192.0.2.9"), scene.Now), new HeldAddress(IpAddress.Parse(Scene.Six), got)], scene.Machine.HeldSince);
    }
}
