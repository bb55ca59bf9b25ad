using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Tracks;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Tests.Store;

/// <summary>A real Redis that hangs, dies, comes back, or was never there.</summary>
public sealed class StoreFaultTests
{
    [Fact]
    public async Task Append_ServerHangs_HasAnUnknownOutcomeThatReadingBackSettles()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var bench = await StoreBench.RedisAsync(redis.ConnectionString + ",asyncTimeout=500");
        await bench.Ledger.AppendAsync(0, [1]);

        redis.Suspend();
        await Assert.ThrowsAsync<AppendOutcomeUnknownException>(() => bench.Ledger.AppendAsync(1, [2]));
        var read = await Assert.ThrowsAnyAsync<Exception>(() => bench.Enrollments.GetAsync("anna"));
        Assert.True(StoreFaults.IsUnavailable(read));
        redis.Resume();

        var entries = await EventuallyReadAsync(bench, 2);
        Assert.Equal([2], entries[^1]);
        Assert.Equal(new AppendResult(false, 2), await bench.Ledger.AppendAsync(1, [2]));
    }

    [Fact]
    public async Task Connection_ServerKilledAndBack_ReportsTheFaultThenGoesOnAndTellsThatSignalsWereMissed()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var bench = await StoreBench.RedisAsync(redis.ConnectionString);
        await bench.Ledger.AppendAsync(0, [1]);
        var missed = 0;
        var heard = new List<long>();
        bench.Signals.MayHaveMissed += () => Interlocked.Increment(ref missed);
        bench.Signals.RevisionPublished += revision => { lock (heard) heard.Add(revision); };
        Assert.Null(bench.Connection.DescribeFault());

        await redis.KillAsync();
        await Eventually.TrueAsync(() => bench.Connection.DescribeFault() is not null, "the fault is seen");
        Assert.Contains(redis.ConnectionString, bench.Connection.DescribeFault(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<AppendOutcomeUnknownException>(() => bench.Ledger.AppendAsync(1, [2]));
        await redis.RestartAsync();

        await Eventually.TrueAsync(() => bench.Connection.DescribeFault() is null && missed > 0, "the connection is back");
        Assert.Equal(new AppendResult(true, 2), await bench.Ledger.AppendAsync(1, [2]));
        await bench.Signals.PublishRevisionAsync(2);
        await Eventually.TrueAsync(() => { lock (heard) return heard.Contains(2); }, "the subscription is back");
    }

    [Fact]
    public async Task Start_ServerIsDown_ConnectsWhenItComes()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.KillAsync();
        await using var bench = await StoreBench.RedisAsync(redis.ConnectionString + ",connectTimeout=500");

        var missed = 0;
        var heard = 0L;
        bench.Signals.MayHaveMissed += () => Interlocked.Increment(ref missed);
        bench.Signals.RevisionPublished += revision => Interlocked.Exchange(ref heard, revision);

        Assert.NotNull(bench.Connection.DescribeFault());
        await redis.RestartAsync();

        await Eventually.TrueAsync(() => bench.Connection.DescribeFault() is null && missed > 0, "the connection is there");
        Assert.True((await bench.Ledger.AppendAsync(0, [1])).Appended);
        await bench.Signals.PublishRevisionAsync(7);
        await Eventually.TrueAsync(() => Interlocked.Read(ref heard) == 7, "the subscription is there");
    }

    [Fact]
    public async Task Signals_TwoServers_HearOfEachOther()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = await StoreBench.RedisAsync(redis.ConnectionString);
        await using var two = await StoreBench.RedisAsync(redis.ConnectionString);
        var heard = new List<EnrollmentSignal>();
        two.Signals.EnrollmentPublished += signal => { lock (heard) heard.Add(signal); };
        var now = TimeProvider.System.GetUtcNow();

        await one.Enrollments.ChangeAsync("anna \"🦊\"\n", 0, new EnrollmentRecord(TrackKey.Ai, "opt-in", now, null, 1, 0), [1]);
        await one.Enrollments.EraseAsync("anna \"🦊\"\n");

        await Eventually.TrueAsync(() => { lock (heard) return heard.Count == 2; }, "both signals arrive");
        Assert.Equal([new("anna \"🦊\"\n", TrackKey.Ai), new("anna \"🦊\"\n", null)], heard);
    }

    [Fact]
    public async Task Durability_NoAppendOnlyFile_IsWarnedAbout()
    {
        await using var volatileServer = await RedisServer.StartAsync(appendOnly: false);
        await using var durableServer = await RedisServer.StartAsync();
        await using var volatileBench = await StoreBench.RedisAsync(volatileServer.ConnectionString);
        await using var durableBench = await StoreBench.RedisAsync(durableServer.ConnectionString);

        Assert.Contains("appendonly", volatileBench.Connection.Durability.Warning, StringComparison.Ordinal);
        Assert.Null(durableBench.Connection.Durability.Warning);
    }

    [Fact]
    public async Task Scripts_ServerForgotThem_AreSentAgain()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var bench = await StoreBench.RedisAsync(redis.ConnectionString);
        await bench.Ledger.AppendAsync(0, [1]);

        await bench.Connection.Database.ExecuteAsync("SCRIPT", "FLUSH");

        Assert.True((await bench.Ledger.AppendAsync(1, [2])).Appended);
    }

    private static async Task<IReadOnlyList<byte[]>> EventuallyReadAsync(StoreBench bench, int count)
    {
        IReadOnlyList<byte[]> entries = [];
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    entries = await bench.Ledger.ReadAsync(1, 10);
                }
                catch (RedisException)
                {
                    return false;
                }
                catch (TimeoutException)
                {
                    return false;
                }
                return entries.Count == count;
            },
            "the ledger can be read again");
        return entries;
    }
}
