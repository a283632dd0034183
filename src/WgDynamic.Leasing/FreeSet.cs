namespace WgDynamic.Leasing;

/// <summary>
/// Which of the numbers 0 to size - 1 are free. Taking a given one, taking any one and giving one back each cost
/// the same however full the set is, and memory grows with what is taken, not with the size.
/// </summary>
/// <remarks>
/// It is a permutation of all numbers, of which the first <see cref="Taken"/> are taken; a number that is taken or
/// given back changes places with the one at the border. Only what is not at its own place is written down.
/// </remarks>
internal sealed class FreeSet(UInt128 size)
{
    private readonly Dictionary<UInt128, UInt128> _numberAt = [];
    private readonly Dictionary<UInt128, UInt128> _placeOf = [];

    public UInt128 Size => size;

    public UInt128 Taken { get; private set; }

    public UInt128 Free => size - Taken;

    public bool IsFree(UInt128 number) => number < size && PlaceOf(number) >= Taken;

    /// <summary>Takes one number.</summary>
    /// <returns>False if it is taken already, or outside.</returns>
    public bool TryTake(UInt128 number)
    {
        if (!IsFree(number))
            return false;
        Swap(PlaceOf(number), Taken);
        Taken++;
        return true;
    }

    /// <summary>Takes a free number; every one is equally likely over all choices.</summary>
    /// <param name="choice">Any number: the same choice of the same free numbers, taken and given back in the same order, gives the same one.</param>
    /// <exception cref="InvalidOperationException">None is free.</exception>
    public UInt128 TakeAny(UInt128 choice)
    {
        if (Free == 0)
            throw new InvalidOperationException("No number is free.");
        UInt128 number = NumberAt(Taken + (choice % Free));
        _ = TryTake(number);
        return number;
    }

    /// <summary>Gives a number back.</summary>
    /// <exception cref="InvalidOperationException">It is not taken.</exception>
    public void Return(UInt128 number)
    {
        UInt128 place = PlaceOf(number);
        if (number >= size || place >= Taken)
            throw new InvalidOperationException($"Number {number} is not taken.");
        Taken--;
        Swap(place, Taken);
    }

    private UInt128 NumberAt(UInt128 place) => _numberAt.GetValueOrDefault(place, place);

    private UInt128 PlaceOf(UInt128 number) => _placeOf.GetValueOrDefault(number, number);

    private void Swap(UInt128 first, UInt128 second)
    {
        if (first == second)
            return;
        (UInt128 a, UInt128 b) = (NumberAt(first), NumberAt(second));
        Put(first, b);
        Put(second, a);
    }

    private void Put(UInt128 place, UInt128 number)
    {
        if (place == number)
        {
            _ = _numberAt.Remove(place);
            _ = _placeOf.Remove(number);
        }
        else
        {
            _numberAt[place] = number;
            _placeOf[number] = place;
        }
    }
}
