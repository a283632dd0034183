using WgDynamic.Netlink;

namespace WgDynamic.Server.Tests;

public class DeviceViewTests
{
    private readonly DeviceView _view = new();

    [Fact]
    public void A_look_that_shows_what_was_there_tells_of_no_difference_and_allocates_nothing()
    {
        PeerView[] peers = [.. Enumerable.Range(1, 1000).Select(peer => Peer(peer, $"10.0.{peer >> 8}.{peer & 255}/32"))];
        Assert.True(Look(peers));
        Assert.False(Look(peers));
        // The least of several: while it is being compiled anew, the runtime makes objects of its own.
        Assert.Equal(0, Enumerable.Range(0, 10).Min(_ =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.False(Look(peers));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }));
    }

    [Fact]
    public void A_peer_and_a_prefix_that_come_move_and_go_are_differences()
    {
        _ = Look(Peer(1, "10.0.0.1/32"));
        Assert.True(Look(Peer(1, "10.0.0.1/32"), Peer(2)));
        Assert.True(Look(Peer(1), Peer(2, "10.0.0.1/32")));
        Assert.Equal(Names.Key(2), _view.OwnerOf(Names.Ip("10.0.0.1")));
        Assert.True(Look(Peer(1), Peer(2)));
        Assert.Null(_view.OwnerOf(Names.Ip("10.0.0.1")));
        Assert.True(Look(Peer(1)));
        Assert.False(_view.HasPeer(Names.Key(2)));
        Assert.False(_view.TryIdentify(Names.Id(2), out _));
    }

    [Fact]
    public void What_the_server_does_is_its_own_and_no_difference_until_somebody_else_moves_it()
    {
        _ = Look(Peer(1), Peer(2));
        _view.Give(Names.Ip("10.0.0.1"), Names.Key(1));
        Assert.False(Look(Peer(1, "10.0.0.1/32"), Peer(2)));
        Assert.Equal([(Names.Ip("10.0.0.1"), Names.Key(1))], _view.Ours);
        Assert.True(Look(Peer(1), Peer(2, "10.0.0.1/32")));
        Assert.Empty(_view.Ours);
        _view.Take(Names.Ip("10.0.0.1"), Names.Key(1));
        Assert.Equal(Names.Key(2), _view.OwnerOf(Names.Ip("10.0.0.1")));
    }

    [Fact]
    public void A_look_that_begins_anew_forgets_what_only_the_first_try_has_shown()
    {
        _view.Begin();
        _view.Add(Peer(1, "10.0.0.1/32"));
        _ = Look(Peer(1));
        Assert.Null(_view.OwnerOf(Names.Ip("10.0.0.1")));
    }

    [Fact]
    public void A_look_that_is_broken_off_is_a_difference_to_the_next_one()
    {
        _ = Look(Peer(1));
        _view.Begin();
        _view.Add(Peer(2));
        Assert.True(Look(Peer(1), Peer(2)));
        Assert.False(Look(Peer(1), Peer(2)));
    }

    private static PeerView Peer(int peer, params string[] more) =>
        new(new WireGuardPeer { PublicKey = Names.Key(peer), AllowedIPs = [IpPrefix.Host(Names.Id(peer)), .. more.Select(prefix => Names.Prefix(prefix))] });

    private bool Look(params ReadOnlySpan<PeerView> peers)
    {
        _view.Begin();
        foreach (PeerView peer in peers)
            _view.Add(peer);
        return _view.End();
    }
}
