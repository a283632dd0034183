using CsCheck;
using WgDynamic.Protocol;

namespace WgDynamic.Client.Tests;

/// <summary>Whatever the server answers and the link does; what must hold meanwhile is in <see cref="Scene"/>.</summary>
public class ClientPropertyTests
{
    private enum Kind
    {
        Grant,
        GrantFour,
        GrantSix,
        GrantOther,
        Refuse,
        Error,
        Hostile,
        Fail,
        Stale,
        LinkUp,
        LinkDown,
        Lost,
        Obstructed,
        NotApplied,
        RouteLost,
        Wait,
        Sleep,
        Timer,
        Renew,
    }

    private static readonly Gen<(Kind Kind, int Number, uint Lease)[]> _steps =
        Gen.Select(
            Gen.Frequency((2, Gen.Const(Kind.Wait)), (1, Gen.Const(Kind.LinkUp)), (10, Gen.Enum<Kind>())),
            Gen.Int[0, 100],
            Gen.OneOf(Gen.UInt[1, 4], Gen.UInt[1, 100], Gen.UInt[1, uint.MaxValue])).Array[1, 150];

    [Fact]
    public void Whatever_happens_it_neither_spins_nor_keeps_what_it_must_not_and_leaves_nothing_behind() =>
        Gen.Select(_steps, Gen.Bool, Gen.Int[0, 1000]).Sample(
            (steps, release, seed) =>
            {
                Scene scene = new(release, seed: seed);
                scene.LinkUp();
                foreach ((Kind kind, int number, uint lease) in steps)
                    Do(scene, kind, number, lease);
                // More than the three seconds that it waits for the server to take a release.
                scene.Stop();
                if (!scene.Exited)
                    scene.Wait(4);
                scene.AssertLeftNothing();
            },
            iter: 20_000);

    // Replies without end, as fast as they come: it is for the client to keep its pace.
    [Fact]
    public void However_a_server_answers_it_is_asked_no_more_than_once_a_second() =>
        Gen.Select(Gen.Int[0, 7].Array[1, 6], Gen.UInt[1, 1000], Gen.Int[0, 1000]).Sample(
            (pattern, renewAfter, seed) =>
            {
                Scene scene = new(seed: seed);
                scene.LinkUp();
                for (int i = 0; i < 200; i++)
                {
                    int kind = pattern[i % pattern.Length];
                    scene.WaitForExchange();
                    if (kind == 0)
                        scene.Fail();
                    else
                        scene.Answer((kind & 1) != 0 ? $"192.0.2.{1 + (i % 2)}" : null, (kind & 2) != 0 ? $"2001:db8::{i % 2:x}" : null, lease: 2, renewAfter: (kind & 4) != 0 ? renewAfter : null);
                }
            },
            iter: 2_000);

    private static void Do(Scene scene, Kind kind, int number, uint lease)
    {
        uint? renewAfter = number % 2 == 0 ? (uint)number + 1 : null;
        switch (kind)
        {
            case Kind.Grant when scene.Exchange is not null:
                scene.Answer(lease: lease, renewAfter: renewAfter, route: number < 50 ? $"10.{number % 3}.0.0/16" : null);
                break;
            case Kind.GrantFour when scene.Exchange is not null:
                scene.Answer(six: null, lease: lease, renewAfter: renewAfter);
                break;
            case Kind.GrantSix when scene.Exchange is not null:
                scene.Answer(four: null, lease: lease, renewAfter: renewAfter);
                break;
            case Kind.GrantOther when scene.Exchange is not null:
                scene.Answer($"192.0.2.{1 + (number % 3)}", $"2001:db8::{number % 3:x}", lease, renewAfter);
                break;
            case Kind.Refuse when scene.Exchange is not null:
                scene.Answer(null, null);
                break;
            case Kind.Error when scene.Exchange is not null:
                scene.Answer(null, null, error: (WireError)(number % 5));
                break;
            case Kind.Hostile when scene.Exchange is not null:
                scene.Answer("224.0.0.1", lease: lease);
                break;
            case Kind.Fail when scene.Exchange is not null:
                scene.Fail();
                break;
            case Kind.Stale:
                scene.Do(new ClientEvent.Answered((scene.Exchange?.Number ?? 1000) - 1, new Reply { IPv4 = IpAddress.Parse("198.51.100.1"), LeaseSeconds = lease }, scene.Now));
                break;
            case Kind.LinkUp:
                scene.LinkUp();
                break;
            case Kind.LinkDown:
                scene.Do(new ClientEvent.LinkDown());
                break;
            case Kind.Lost:
                scene.Do(new ClientEvent.AddressLost(IpAddress.Parse(number % 2 == 0 ? Scene.Four : Scene.Six)));
                break;
            case Kind.Obstructed:
                scene.Do(new ClientEvent.Obstructed("no"));
                break;
            case Kind.NotApplied:
                scene.Do(new ClientEvent.NotApplied("no"));
                break;
            case Kind.RouteLost:
                scene.Do(new ClientEvent.RouteLost());
                break;
            case Kind.Wait:
                scene.Wait(number / 10.0);
                break;
            case Kind.Sleep:
                scene.Wait(number * 100.0, asleep: true);
                break;
            case Kind.Renew:
                scene.Do(new ClientEvent.Renew());
                break;
            case Kind.Timer:
                scene.Do(new ClientEvent.TimerDue());
                break;
        }
    }
}
