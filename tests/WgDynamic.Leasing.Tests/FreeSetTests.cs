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
        Gen.Select(Gen.OneOf(Gen.Int[1, 40], Gen.Int[60, 70], Gen.Int[4090, 4100]), Gen.Select(Gen.Enum<Step>(), Gen.OneOf(Gen.ULong[0, 70], Gen.ULong[4080, 4100])).Array[0, 200]).Sample((size, steps) =>
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
                        UInt128 from = number % (ulong)size;
                        while (taken.Contains(from))
                            from = (from + 1) % (ulong)size;
                        Assert.Equal(from, set.TakeFrom(number));
                        taken.Add(from);
                        break;
                    case Step.TakeAny:
                        Assert.Throws<InvalidOperationException>(() => set.TakeFrom(number));
                        break;
                    case Step.Return when taken.Remove(number):
                        set.Return(number);
                        break;
                    default:
                        Assert.Throws<InvalidOperationException>(() => set.Return(number));
                        break;
                }

                Assert.Equal((UInt128)taken.Count, set.Taken);
                for (int i = 0; i < size + 2; i += i < 200 || i > size - 20 ? 1 : 13)
                    Assert.Equal(i < size && !taken.Contains((UInt128)i), set.IsFree((UInt128)i));
            }
        });

    [Fact]
    public void A_set_larger_than_memory_is_no_different()
    {
        FreeSet set = new(UInt128.One << 127);
        HashSet<UInt128> taken = [];
        for (ulong i = 0; i < 1000; i++)
            Assert.True(taken.Add(set.TakeFrom(UInt128.MaxValue / (i + 1))));
        foreach (UInt128 number in taken)
            set.Return(number);
        Assert.Equal(UInt128.Zero, set.Taken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(4096)]
    [InlineData(5000)]
    public void A_full_set_finds_the_only_gap_from_everywhere(int size)
    {
        FreeSet set = new((UInt128)size);
        for (int i = 0; i < size; i++)
            Assert.Equal((UInt128)i, set.TakeFrom(0));
        for (int gap = 0; gap < size; gap += 1 + (size / 97))
        {
            set.Return((UInt128)gap);
            Assert.Equal((UInt128)gap, set.TakeFrom((UInt128)((gap * 31) + 7)));
        }
    }

    [Fact]
    public void Nothing_is_kept_of_numbers_that_were_given_back()
    {
        FreeSet set = new(1 << 20);
        for (int i = 0; i < 5000; i++)
            set.TakeFrom(0);
        for (int i = 0; i < 5000; i++)
            set.Return((UInt128)i);
        Assert.Equal(0, set.Words);
    }
}
