using static WgDynamic.Netlink.Tests.FakeDatagram;

namespace WgDynamic.Netlink.Tests;

public class RequestChannelTests
{
    [Fact]
    public async Task A_dump_is_read_to_its_end_over_many_datagrams()
    {
        using RequestChannel channel = new(new FakeKernel(request =>
        [
            Of(Item(request.Sequence, 1), Item(request.Sequence, 2)),
            Of(Item(request.Sequence, 3)),
            Of(Item(request.Sequence, 4), Done(request.Sequence)),
        ]));

        Assert.Equal([1, 2, 3, 4], await DumpAsync(channel));
    }

    [Fact]
    public async Task What_belongs_to_others_is_passed_over()
    {
        using RequestChannel channel = new(new FakeKernel(request =>
        [
            Of(Item(request.Sequence, 1), Item(request.Sequence + 1, 100), Item(0, 101)),
            Of(Item(request.Sequence, 102)) with { Sender = 12 },
            Of(Item(request.Sequence, 103, port: 12), Done(request.Sequence - 1), Item(request.Sequence, 2)),
            Of(Done(request.Sequence)) with { Sender = 12 },
            Of(Item(request.Sequence, 3), Done(request.Sequence)),
        ]));

        Assert.Equal([1, 2, 3], await DumpAsync(channel));
    }

    [Fact]
    public async Task A_dump_that_was_interrupted_is_read_anew()
    {
        int attempts = 0;
        using RequestChannel channel = new(new FakeKernel(request => ++attempts switch
        {
            1 => [Of(Item(request.Sequence, 1, MessageFlags.Multi | MessageFlags.DumpInterrupted)), Of(Done(request.Sequence))],
            2 => [Of(Item(request.Sequence, 1), Done(request.Sequence, MessageFlags.Multi | MessageFlags.DumpInterrupted))],
            _ => [Of(Item(request.Sequence, 2), Done(request.Sequence))],
        }));

        Assert.Equal([2], await DumpAsync(channel));
    }

    [Fact]
    public async Task A_dump_that_is_always_interrupted_fails_in_the_end()
    {
        FakeKernel kernel = new(request => [Of(Done(request.Sequence, MessageFlags.Multi | MessageFlags.DumpInterrupted))]);
        using RequestChannel channel = new(kernel);

        NetlinkException e = await Assert.ThrowsAsync<NetlinkException>(() => DumpAsync(channel));

        Assert.Equal((Errno.EINTR, RequestChannel.MaxAttempts), (e.Errno, kernel.Requests));
    }

    [Fact]
    public async Task A_dump_that_lost_messages_is_read_anew()
    {
        int attempts = 0;
        using RequestChannel channel = new(new FakeKernel(request => ++attempts == 1
            ? [Of(Item(request.Sequence, 1)), Overrun]
            : [Of(Item(request.Sequence, 2), Done(request.Sequence))]));

        Assert.Equal([2], await DumpAsync(channel));
    }

    [Fact]
    public async Task A_change_whose_answer_was_lost_is_not_made_twice()
    {
        FakeKernel kernel = new(_ => [Overrun]);
        using RequestChannel channel = new(kernel);

        NetlinkException e = await Assert.ThrowsAsync<NetlinkException>(() => ExecuteAsync(channel));

        Assert.Equal((Errno.ENOBUFS, 1), (e.Errno, kernel.Requests));
    }

    [Fact]
    public async Task A_refusal_says_what_was_tried_and_what_the_kernel_says()
    {
        using RequestChannel channel = new(new FakeKernel(request => [Of(Acknowledge(request.Sequence, Errno.EEXIST, "Twice is too often"))]));

        NetlinkException e = await Assert.ThrowsAsync<NetlinkException>(() => ExecuteAsync(channel));

        Assert.Equal("try: File exists (EEXIST): Twice is too often", e.Message);
        Assert.Equal(("try", Errno.EEXIST, "Twice is too often"), (e.Operation, e.Errno, e.KernelMessage));
        Assert.True(e.IsExists);
    }

    [Fact]
    public async Task A_dump_that_fails_at_its_end_fails()
    {
        using RequestChannel channel = new(new FakeKernel(request => [Of(Item(request.Sequence, 1)), Of(Done(request.Sequence, errno: Errno.ENODEV))]));

        NetlinkException e = await Assert.ThrowsAsync<NetlinkException>(() => DumpAsync(channel));

        Assert.True(e.IsNoSuchDevice);
    }

    [Fact]
    public async Task A_datagram_that_ends_inside_a_message_fails()
    {
        using RequestChannel channel = new(new FakeKernel(request => [new FakeDatagram(Item(request.Sequence, 1)[..^2])]));

        NetlinkException e = await Assert.ThrowsAsync<NetlinkException>(() => DumpAsync(channel));

        Assert.Equal(Errno.EBADMSG, e.Errno);
    }

    [Fact]
    public async Task What_still_comes_of_a_cancelled_request_does_not_disturb_the_next()
    {
        uint first = 0;
        FakeKernel kernel = new(request => first == 0 ? [Of(Item(first = request.Sequence, 1))] : [Of(Acknowledge(request.Sequence))]);
        using RequestChannel channel = new(kernel);
        using CancellationTokenSource cancellation = CancellationTokenSource.CreateLinkedTokenSource(Some.Token);

        Task<List<int>> dump = DumpAsync(channel, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dump);
        kernel.Say(Of(Item(first, 2)), Of(Done(first)));

        await ExecuteAsync(channel);
    }

    [Fact]
    public async Task A_dump_waits_for_the_end_of_one_that_was_given_up()
    {
        uint first = 0;
        int attempts = 0;
        using RequestChannel channel = new(new FakeKernel(request => ++attempts switch
        {
            1 => [Of(Item(first = request.Sequence, 1))],
            // The kernel refuses a second dump, and goes on with the first as it is read.
            2 => [Of(Item(first, 2)), Of(Acknowledge(request.Sequence, Errno.EBUSY)), Of(Item(first, 3)), Of(Done(first))],
            _ => [Of(Item(request.Sequence, 9), Done(request.Sequence))],
        }));
        using CancellationTokenSource cancellation = CancellationTokenSource.CreateLinkedTokenSource(Some.Token);
        Task<List<int>> dump = DumpAsync(channel, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dump);

        Assert.Equal([9], await DumpAsync(channel));
    }

    [Fact]
    public async Task Requests_that_come_at_once_are_made_one_after_another()
    {
        using RequestChannel channel = new(new FakeKernel(request => [Of(Item(request.Sequence, (int)request.Sequence)), Of(Done(request.Sequence))]));

        List<int>[] answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => DumpAsync(channel))));

        Assert.Equal(Enumerable.Range(1, 50), answers.Select(Assert.Single).Order());
    }

    private static async Task<List<int>> DumpAsync(RequestChannel channel, CancellationToken? cancellationToken = null)
    {
        using NetlinkRequest request = new("try", 0x20, MessageFlags.Dump);
        return await channel.QueryAsync(
            request,
            static () => new List<int>(),
            static (list, message) => list.Add(message.FamilyHeader<int>()),
            cancellationToken ?? Some.Token);
    }

    private static async Task ExecuteAsync(RequestChannel channel)
    {
        using NetlinkRequest request = new("try", 0x20);
        await channel.ExecuteAsync(request, Some.Token);
    }
}
