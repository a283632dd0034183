using System.Runtime.CompilerServices;
using WgDynamic.Control;
using WgDynamic.Leasing;
using LeaseState = WgDynamic.Control.LeaseState;

namespace WgDynamic.Server;

/// <summary>Answers what is asked of leases, and takes leases back.</summary>
/// <remarks>
/// However many leases there are, the loop is asked for a few at a time, and who reads slowly delays nobody. Of all that there are when it
/// begins only their order is remembered, eight bytes a lease: each that is there all the time is answered once.
/// </remarks>
internal sealed class LeaseControl(LeaseService service) : IDisposable
{
    private const int LeasesAtOnce = 256;

    // So many at once remember an order.
    private const int MaxOrders = 4;

    private const int MaxReason = 200;

    private readonly SemaphoreSlim _orders = new(MaxOrders);

    /// <summary>Answers.</summary>
    /// <inheritdoc cref="IControlHandler.HandleAsync"/>
    public async ValueTask HandleAsync(ControlCall call, CancellationToken cancellationToken)
    {
        switch (call.Request)
        {
            case LeasesRequest request:
                await foreach (LeaseAnswer lease in FindAsync(request, cancellationToken))
                    await call.WriteAsync(lease, cancellationToken);
                break;
            case RevokeRequest request:
                foreach (LeaseAnswer lease in await RevokeAsync(request, call.Caller, cancellationToken))
                    await call.WriteAsync(lease, cancellationToken);
                break;
        }
    }

    /// <summary>The leases that fit, by address.</summary>
    /// <param name="request">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ControlException">The filter is too long, or the server ends.</exception>
    public async IAsyncEnumerable<LeaseAnswer> FindAsync(LeasesRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LeaseFilter filter = new(request);
        await _orders.WaitAsync(cancellationToken);
        try
        {
            Lease[] found = await service.InvokeAsync(_ => ValueTask.FromResult(service.Desk.Find(filter)), cancellationToken);
            // An address never changes, so this needs no loop.
            Array.Sort(found, static (a, b) => a.Address.CompareTo(b.Address));
            for (int next = 0; next < found.Length; next += LeasesAtOnce)
            {
                Memory<Lease> some = found.AsMemory(next, Math.Min(LeasesAtOnce, found.Length - next));
                List<LeaseAnswer> answers = await service.InvokeAsync(now => ValueTask.FromResult(service.Desk.Describe(some.Span, filter, now)), cancellationToken);
                foreach (LeaseAnswer answer in answers)
                    yield return answer;
            }
        }
        finally
        {
            _ = _orders.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _orders.Dispose();

    private async ValueTask<List<LeaseAnswer>> RevokeAsync(RevokeRequest request, ControlCaller caller, CancellationToken cancellationToken)
    {
        if (request.PublicKey is null && request.Addresses.Count == 0)
            throw new ControlException(ControlError.InvalidRequest, "this would revoke all leases", "say which: a public key, addresses, or both");
        if (request.Reason is { Length: > MaxReason } || request.Reason?.Any(char.IsControl) == true)
            throw new ControlException(ControlError.InvalidRequest, $"the reason is longer than {MaxReason} characters, or not printable");
        LeaseFilter filter = new(new LeasesRequest
        {
            PublicKeys = request.PublicKey is { } key ? [key] : [],
            Addresses = [.. request.Addresses.Select(address => new IpRange(address, address))],
            States = [LeaseState.Active],
        });
        List<LeaseAnswer> revoked = await service.InvokeAsync(now => ValueTask.FromResult(service.Desk.Revoke(filter, $"user {caller.UserId}", request.Reason, now)), cancellationToken, isChange: true);
        return revoked.Count > 0 ? revoked : throw new ControlException(ControlError.LeaseNotFound, $"no active lease fits {filter}", "see which there are: wg-dynamic leases");
    }
}
