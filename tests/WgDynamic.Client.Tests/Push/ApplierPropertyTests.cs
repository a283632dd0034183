using CsCheck;

namespace WgDynamic.Client.Tests;

public class ApplierPropertyTests
{
    private static readonly string[] _routes = ["0.0.0.0/0", "::/0", "0.0.0.0/1", "10.0.0.0/8", "10.1.0.0/16", "203.0.113.0/24", "192.0.2.0/24", "2001:db8::/32"];

    private static readonly Gen<PushedState> _state =
        Gen.Select(OneOf(_routes).Array[0, 5], OneOf("", "10.0.0.53", "10.0.0.53, 10.0.0.54"), OneOf<int?>(null, 1280, 1380, 1420)).Select(
            (routes, dns, mtu) => ApplierTests.State(string.Join(", ", routes), dns, mtu));

    private enum Kind
    {
        Apply,
        ApplyAndFail,
        ApplyAndFailTwice,
        Restart,
        Restore,
        LinkDown,
        Withdraw,
    }

    // Failures too: some of what should have been taken back may have stayed, but it is known.
    [Fact]
    public Task Whatever_was_pushed_and_whatever_failed_withdrawn_the_machine_is_as_it_was() =>
        Gen.Select(Gen.Select(Gen.Enum<Kind>(), _state, Gen.Int[0, 14]).Array[1, 15], Gen.Bool, Gen.Bool, Gen.UInt[0, 2], OneOf("auto", "off", "77")).SampleAsync(
            async (steps, hasRoute, hasElsewhere, mark, tableText) =>
            {
                FakeMachine machine = new() { Mark = mark * 100 };
                if (hasRoute)
                {
                    machine.Give("10.0.0.0/8", FakeMachine.Server);
                    machine.AddRoute("10.1.0.0/16");
                    machine.Give("192.0.2.0/24", FakeMachine.OtherPeer);
                }

                if (hasElsewhere)
                    machine.Elsewhere.Add(IpPrefix.Parse("2001:db8::/32"));
                Assert.True(RouteTable.TryParse(tableText, out RouteTable table));
                string before = machine.Everything;
                RememberedEffects store = new();
                Applier applier = new(machine, store, table, []);
                bool lost = false;
                foreach ((Kind kind, PushedState state, int number) in steps)
                {
                    switch (kind)
                    {
                        case Kind.Apply:
                            Assert.Null(await applier.ApplyAsync(state));
                            break;
                        case Kind.ApplyAndFail or Kind.ApplyAndFailTwice:
                            (machine.FailsAfter, machine.Failures) = (number, kind == Kind.ApplyAndFail ? 1 : 2);
                            string complete = machine.Everything;
                            if (await applier.ApplyAsync(state) is not null && kind == Kind.ApplyAndFail && !lost)
                                Assert.Equal(complete, machine.Everything);
                            (machine.FailsAfter, machine.Failures) = (null, 1);
                            break;
                        case Kind.Restart:
                            // kill -9, and another client: what it finds written down is all that it knows.
                            applier = new Applier(machine, store, table, store.Effects);
                            if (!store.Settled)
                                Assert.Null(await applier.WithdrawAsync());
                            break;
                        case Kind.Restore:
                            Assert.Null(await applier.RestoreAsync());
                            lost = false;
                            break;
                        case Kind.LinkDown when !hasRoute:
                            machine.LoseRoutes();
                            lost = true;
                            break;
                        case Kind.Withdraw:
                            Assert.Null(await applier.WithdrawAsync());
                            Assert.Equal(before, machine.Everything);
                            break;
                    }
                }

                Assert.Null(await applier.WithdrawAsync());
                Assert.Equal(before, machine.Everything);
                Assert.Empty(store.Effects);
            },
            iter: 5_000);

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
