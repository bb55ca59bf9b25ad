using System.Text;
using CsCheck;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Store;

[Collection(nameof(StoreServers))]
public sealed class EnrollmentStoreTests(StoreServers servers)
{
    private static readonly DateTimeOffset Now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(1234567);

    [Theory, EveryBackend]
    public async Task Change_NewUser_StoresRecordReceiptAndCount(Backend backend)
    {
        var store = (await servers.EmptyAsync(backend)).Enrollments;

        var change = await store.ChangeAsync("anna", 0, On(TrackKey.Ai, 3), [1, 0, 255, 10]);

        Assert.Equal(new EnrollmentChange(EnrollmentOutcome.Changed, 1), change);
        Assert.Equal(On(TrackKey.Ai, 3) with { Version = 1 }, await store.GetAsync("anna"));
        Assert.Equal([1, 0, 255, 10], Assert.Single(await store.ReceiptsAsync("anna")));
        Assert.Equal(1, (await store.CountsAsync())[TrackKey.Ai]);
    }

    [Theory, EveryBackend]
    public async Task Change_SameAgain_WritesNoSecondReceipt(Backend backend)
    {
        var store = (await servers.EmptyAsync(backend)).Enrollments;
        await store.ChangeAsync("anna", null, On(TrackKey.Ai, 3), [1]);

        var again = await store.ChangeAsync("anna", null, On(TrackKey.Ai, 3) with { Since = Now.AddDays(1) }, [2]);
        var newDisclosure = await store.ChangeAsync("anna", null, On(TrackKey.Ai, 4), [3]);

        Assert.Equal(new EnrollmentChange(EnrollmentOutcome.Unchanged, 1), again);
        Assert.Equal(new EnrollmentChange(EnrollmentOutcome.Changed, 2), newDisclosure);
        Assert.Equal([1, 3], (await store.ReceiptsAsync("anna")).Select(receipt => (int)receipt[0]));
        Assert.Equal(1, (await store.CountsAsync())[TrackKey.Ai]);
    }

    [Theory, EveryBackend]
    public async Task Change_AnotherVersionThanExpected_ChangesNothing(Backend backend)
    {
        var store = (await servers.EmptyAsync(backend)).Enrollments;
        await store.ChangeAsync("anna", 0, On(TrackKey.Innovative, null), [1]);

        Assert.Equal(new EnrollmentChange(EnrollmentOutcome.Conflict, 1), await store.ChangeAsync("anna", 0, On(TrackKey.Ai, 3), [2]));
        Assert.Equal(EnrollmentOutcome.Conflict, (await store.ChangeAsync("anna", 2, On(TrackKey.Ai, 3), [2])).Outcome);
        Assert.Equal(TrackKey.Innovative, (await store.GetAsync("anna"))!.Track);
        Assert.Single(await store.ReceiptsAsync("anna"));
    }

    [Theory, EveryBackend]
    public async Task Change_SixteenAtOnce_CountsTheUserOnce(Backend backend)
    {
        var store = (await servers.EmptyAsync(backend)).Enrollments;

        var changes = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            i => store.ChangeAsync("anna", 0, On(TrackKey.Ai, 3), [(byte)i])));

        Assert.Equal(15, changes.Count(change => change.Outcome is EnrollmentOutcome.Conflict));
        Assert.Equal(1, (await store.CountsAsync())[TrackKey.Ai]);
        Assert.Single(await store.ReceiptsAsync("anna"));
    }

    [Theory, EveryBackend]
    public async Task Change_MoreThanAThousandTimes_KeepsTheNewestReceipts(Backend backend)
    {
        var store = (await servers.EmptyAsync(backend)).Enrollments;
        for (var i = 0; i < EnrollmentStore.KeptReceipts + 3; i++)
            await store.ChangeAsync("anna", i, On(TrackKey.Ai, i), BitConverter.GetBytes(i));

        var receipts = await store.ReceiptsAsync("anna");

        Assert.Equal(EnrollmentStore.KeptReceipts, receipts.Count);
        Assert.Equal(EnrollmentStore.KeptReceipts + 2, BitConverter.ToInt32(receipts[^1]));
        Assert.Equal(3, BitConverter.ToInt32(receipts[0]));
    }

    [Theory, EveryBackend]
    public async Task Erase_KnownUser_LeavesNothing(Backend backend)
    {
        var bench = await servers.EmptyAsync(backend);
        var store = bench.Enrollments;
        await store.ChangeAsync("anna-to-forget", 0, On(TrackKey.Ai, 3), "receipt-to-forget"u8.ToArray());

        Assert.True(await store.EraseAsync("anna-to-forget"));
        Assert.False(await store.EraseAsync("anna-to-forget"));

        Assert.Null(await store.GetAsync("anna-to-forget"));
        Assert.Empty(await store.ReceiptsAsync("anna-to-forget"));
        Assert.All((await store.CountsAsync()).Values, count => Assert.Equal(0, count));
        Assert.False(await bench.Connection.Database.KeyExistsAsync(StoreKeys.ShardRedo(StoreKeys.Shard("anna-to-forget"))));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("🦊 fox")]
    [InlineData("line\nbreak\0nul")]
    [InlineData("{braces}")]
    [InlineData("}{")]
    [InlineData("{u999}:user:x")]
    [InlineData("")]
    public async Task Change_OddIds_StayApartAndInTheirShard(string id)
    {
        foreach (var backend in Enum.GetValues<Backend>())
        {
            var store = (await servers.EmptyAsync(backend)).Enrollments;
            await store.ChangeAsync(id, 0, On(TrackKey.Ai, 3), Encoding.UTF8.GetBytes(id));
            await store.ChangeAsync(id + " ", 0, On(TrackKey.Innovative, null), [1]);

            var both = await store.GetManyAsync([id, id + "x", id + " "]);

            Assert.Equal([TrackKey.Ai, null, TrackKey.Innovative], both.Select(record => record?.Track));
            Assert.Equal(Encoding.UTF8.GetBytes(id), Assert.Single(await store.ReceiptsAsync(id)));
        }
    }

    [Theory, EveryBackend]
    public Task Counts_AfterAnySequenceOfChanges_EqualTheUsersPerTrack(Backend backend) =>
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, 3]).Array[0, 60].SampleAsync(
            steps => CheckCountsAsync(backend, steps), iter: 10, threads: 1);

    /// <summary>Actions 0 to 2 put the user on that track, 3 erases.</summary>
    private async Task CheckCountsAsync(Backend backend, (int User, int Action)[] steps)
    {
        var store = (await servers.EmptyAsync(backend)).Enrollments;
        var model = new Dictionary<string, TrackKey>();
        for (var step = 0; step < steps.Length; step++)
        {
            var (user, action) = ($"user-{steps[step].User}", steps[step].Action);
            if (action == TrackKeys.Count)
            {
                Assert.Equal(model.Remove(user), await store.EraseAsync(user));
                continue;
            }
            await store.ChangeAsync(user, null, On((TrackKey)action, null), BitConverter.GetBytes(step));
            model[user] = (TrackKey)action;
        }

        var counts = await store.CountsAsync();
        Assert.All(TrackKeys.All, track => Assert.Equal(model.Values.Count(value => value == track), counts[track]));
        foreach (var (user, track) in model)
            Assert.Equal(track, (await store.GetAsync(user))!.Track);
    }

    private static EnrollmentRecord On(TrackKey track, int? disclosure) =>
        new(track, "opt-in", Now, "acme | {co}", disclosure, 0);
}
