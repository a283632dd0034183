using CsCheck;

namespace WgDynamic.Leasing.Tests;

public class FreeSetTests
{
    private enum Step
    {
        Take,
        TakeAny,
        Return,
    }

    [Fact]
    public void Any_sequence_of_taking_and_returning_agrees_with_a_plain_set() =>
        Gen.Select(Gen.Int[1, 40], Gen.Select(Gen.Enum<Step>(), Gen.ULong[0, 50]).Array[0, 200]).Sample((size, steps) =>
        {
            FreeSet set = new((UInt128)size);
            HashSet<UInt128> taken = [];
            foreach ((Step step, ulong number) in steps)
            {
                switch (step)
                {
                    case Step.Take:
                        Assert.Equal(number < (ulong)size && taken.Add(number), set.TryTake(number));
                        break;
                    case Step.TakeAny when taken.Count < size:
                        UInt128 any = set.TakeAny(number);
                        Assert.True(any < set.Size && taken.Add(any));
                        break;
                    case Step.TakeAny:
                        Assert.Throws<InvalidOperationException>(() => set.TakeAny(number));
                        break;
                    case Step.Return when taken.Remove(number):
                        set.Return(number);
                        break;
                    default:
                        Assert.Throws<InvalidOperationException>(() => set.Return(number));
                        break;
                }

                Assert.Equal((UInt128)taken.Count, set.Taken);
                for (int i = 0; i < size + 2; i++)
                    Assert.Equal(i < size && !taken.Contains((UInt128)i), set.IsFree((UInt128)i));
            }
        });

    [Fact]
    public void A_set_larger_than_memory_is_no_different()
    {
        FreeSet set = new(UInt128.One << 127);
        HashSet<UInt128> taken = [];
        for (ulong i = 0; i < 1000; i++)
            Assert.True(taken.Add(set.TakeAny(UInt128.MaxValue / (i + 1))));
        foreach (UInt128 number in taken)
            set.Return(number);
        Assert.Equal(UInt128.Zero, set.Taken);
    }
}
