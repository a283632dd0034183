using System.Numerics;

namespace WgDynamic.Leasing;

/// <summary>
/// Which of the numbers 0 to size - 1 are free. Taking a given one, finding any one and giving one back each cost
/// the same however full the set is, and memory grows with what is taken, not with the size.
/// </summary>
/// <remarks>
/// A tree of words of 64 bits, as many levels as the size needs. At the bottom a set bit is a number that is taken,
/// above it a word below that is full; words without a set bit are not kept. So a search looks at two words a level at
/// the most, and in a set with room at one word.
/// </remarks>
internal sealed class FreeSet
{
    private const int WordBits = 6;

    private readonly List<Dictionary<UInt128, ulong>> _levels = [];

    public FreeSet(UInt128 size)
    {
        Size = size;
        UInt128 words = size;
        do
        {
            _levels.Add([]);
            words = (words >> WordBits) + ((words & 63) != 0 ? 1u : 0u);
        }
        while (words > 1);
    }

    public UInt128 Size { get; }

    public UInt128 Taken { get; private set; }

    public UInt128 Free => Size - Taken;

    /// <summary>How many words are kept.</summary>
    internal int Words => _levels.Sum(words => words.Count);

    public bool IsFree(UInt128 number) => number < Size && (Word(0, number >> WordBits) & Bit(number)) == 0;

    /// <summary>Takes one number.</summary>
    /// <returns>False if it is taken already, or outside.</returns>
    public bool TryTake(UInt128 number)
    {
        if (!IsFree(number))
            return false;
        Taken++;
        for (int level = 0; level < _levels.Count; level++)
        {
            Dictionary<UInt128, ulong> words = _levels[level];
            ulong word = words.GetValueOrDefault(number >> WordBits) | Bit(number);
            number >>= WordBits;
            words[number] = word;
            if (word != AllOf(level, number))
                break;
        }

        return true;
    }

    /// <summary>Takes the first free number from a place on, starting again from 0 behind the last.</summary>
    /// <param name="start">Where to begin; taken modulo the size.</param>
    /// <exception cref="InvalidOperationException">None is free.</exception>
    public UInt128 TakeFrom(UInt128 start)
    {
        if (Free == 0)
            throw new InvalidOperationException("No number is free.");
        if (!TryFind(start % Size, out UInt128 number))
            _ = TryFind(0, out number);
        _ = TryTake(number);
        return number;
    }

    /// <summary>Gives a number back.</summary>
    /// <exception cref="InvalidOperationException">It is not taken.</exception>
    public void Return(UInt128 number)
    {
        if (number >= Size || IsFree(number))
            throw new InvalidOperationException($"Number {number} is not taken.");
        Taken--;
        for (int level = 0; level < _levels.Count; level++)
        {
            Dictionary<UInt128, ulong> words = _levels[level];
            ulong bit = Bit(number);
            number >>= WordBits;
            ulong before = words[number], after = before & ~bit;
            if (after == 0)
                _ = words.Remove(number);
            else
                words[number] = after;
            if (before != AllOf(level, number))
                break;
        }
    }

    // Up from the start until a word has room behind it, then down again to the first number there.
    private bool TryFind(UInt128 start, out UInt128 number)
    {
        number = start;
        for (int level = 0; level < _levels.Count; level++)
        {
            UInt128 index = number >> WordBits;
            ulong room = ~Word(level, index) & AllOf(level, index) & (ulong.MaxValue << (int)(number & 63));
            if (room != 0)
            {
                number = (index << WordBits) + (uint)BitOperations.TrailingZeroCount(room);
                while (--level >= 0)
                    number = (number << WordBits) + (uint)BitOperations.TrailingZeroCount(~Word(level, number));
                return true;
            }

            number = index + 1;
            if (number >= Count(level + 1))
                break;
        }

        return false;
    }

    private ulong Word(int level, UInt128 index) => _levels[level].GetValueOrDefault(index);

    private static ulong Bit(UInt128 number) => 1ul << (int)(number & 63);

    // A word's bits that stand for something: the last word of a level may be cut.
    private ulong AllOf(int level, UInt128 index)
    {
        UInt128 left = Count(level) - (index << WordBits);
        return left >= 64 ? ulong.MaxValue : (1ul << (int)left) - 1;
    }

    // How many bits a level has: size / 64^level, rounded up.
    private UInt128 Count(int level) => ((Size - 1) >> (WordBits * level)) + 1;
}
