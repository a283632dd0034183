using System.Numerics;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>A pool of addresses, and how full it is.</summary>
public sealed class WgPool
{
    internal WgPool(PoolAnswer answer)
    {
        Interface = $"{answer.Interface}";
        Name = answer.Name;
        Prefix = $"{answer.Range}";
        StartAddress = $"{answer.Range.First}";
        EndAddress = $"{answer.Range.Last}";
        AddressFamily = WgLease.FamilyOf(answer.Range.First);
        LeaseDuration = answer.LeaseTime;
        Enabled = answer.Enabled;
        Origin = $"{answer.Origin}";
        AddressesTotal = answer.Size;
        AddressesInUse = answer.InUse;
        PercentageInUse = WgPoolStatistics.Percentage(answer);
    }

    /// <summary>The interface.</summary>
    public string Interface { get; }

    /// <summary>What it is called.</summary>
    public string? Name { get; }

    /// <summary>Its addresses: a prefix, or the first and the last with a hyphen.</summary>
    public string Prefix { get; }

    /// <summary>Its first address.</summary>
    public string StartAddress { get; }

    /// <summary>Its last address.</summary>
    public string EndAddress { get; }

    /// <summary>IPv4 or IPv6.</summary>
    public string AddressFamily { get; }

    /// <summary>How long its leases last.</summary>
    public TimeSpan LeaseDuration { get; }

    /// <summary>Whether new leases are given out of it.</summary>
    public bool Enabled { get; }

    /// <summary>File: changed in the configuration file. Route: goes with the route. Runtime: changed by cmdlets.</summary>
    public string Origin { get; }

    /// <summary>How many addresses can be leased.</summary>
    public BigInteger AddressesTotal { get; }

    /// <summary>How many of them are leased.</summary>
    public BigInteger AddressesInUse { get; }

    /// <summary>The same in percent.</summary>
    public double PercentageInUse { get; }

    /// <inheritdoc/>
    public override string ToString() => Prefix;
}

/// <summary>How many addresses of a pool are free, leased and reserved.</summary>
public sealed class WgPoolStatistics
{
    internal WgPoolStatistics(PoolAnswer answer)
    {
        Interface = $"{answer.Interface}";
        Name = answer.Name;
        Prefix = $"{answer.Range}";
        AddressFamily = WgLease.FamilyOf(answer.Range.First);
        AddressesTotal = answer.Size;
        AddressesFree = answer.Free;
        AddressesInUse = answer.InUse;
        ReservedAddresses = answer.Reserved;
        PercentageInUse = Percentage(answer);
    }

    /// <summary>The interface.</summary>
    public string Interface { get; }

    /// <summary>What the pool is called.</summary>
    public string? Name { get; }

    /// <summary>Its addresses: a prefix, or the first and the last with a hyphen.</summary>
    public string Prefix { get; }

    /// <summary>IPv4 or IPv6.</summary>
    public string AddressFamily { get; }

    /// <summary>How many addresses can be leased.</summary>
    public BigInteger AddressesTotal { get; }

    /// <summary>How many anybody could get.</summary>
    public BigInteger AddressesFree { get; }

    /// <summary>How many are leased.</summary>
    public BigInteger AddressesInUse { get; }

    /// <summary>How many are kept for a peer that has not leased them now.</summary>
    public BigInteger ReservedAddresses { get; }

    /// <summary>How many of 100 are leased.</summary>
    public double PercentageInUse { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Prefix}: {PercentageInUse} %";

    // An empty pool gives no address: it is full.
    internal static double Percentage(PoolAnswer answer) => answer.Size == 0 ? 100 : Math.Round((double)answer.InUse * 100 / (double)answer.Size, 2);
}

/// <summary>Addresses that are not leased.</summary>
public sealed class WgPoolExclusion
{
    internal WgPoolExclusion(ExclusionAnswer answer)
    {
        Interface = $"{answer.Interface}";
        Prefix = $"{answer.Range}";
        StartAddress = $"{answer.Range.First}";
        EndAddress = $"{answer.Range.Last}";
        Pool = answer.Pool;
        Origin = $"{answer.Origin}";
        PublicKey = answer.PublicKey?.ToString();
    }

    /// <summary>The interface.</summary>
    public string Interface { get; }

    /// <summary>The addresses: a prefix, or the first and the last with a hyphen.</summary>
    public string Prefix { get; }

    /// <summary>The first address.</summary>
    public string StartAddress { get; }

    /// <summary>The last address.</summary>
    public string EndAddress { get; }

    /// <summary>The pool that they would else belong to.</summary>
    public string? Pool { get; }

    /// <summary>File, Runtime, or Device: what the server itself has, and what peers have by your hand.</summary>
    public string Origin { get; }

    /// <summary>The peer that has them by AllowedIPs, if that is why.</summary>
    public string? PublicKey { get; }

    /// <inheritdoc/>
    public override string ToString() => Prefix;
}
