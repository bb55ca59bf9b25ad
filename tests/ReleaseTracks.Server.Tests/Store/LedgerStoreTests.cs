using System.Security.Cryptography;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Tests.Store;

[Collection(nameof(StoreServers))]
public sealed class LedgerStoreTests(StoreServers servers)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, EveryBackend]
    public async Task Append_ExpectedCountIsCurrent_AppendsAndReadsBackEveryByte(Backend backend)
    {
        var ledger = (await servers.EmptyAsync(backend)).Ledger;
        var entry = Enumerable.Range(0, 256).Select(value => (byte)value).ToArray();

        Assert.Equal(new AppendResult(true, 1), await ledger.AppendAsync(0, entry));

        Assert.Equal(entry, Assert.Single(await ledger.ReadAsync(1, 10)));
    }

    [Theory, EveryBackend]
    public async Task Append_ExpectedCountIsStaleOrAhead_IsRefusedWithTheActualCount(Backend backend)
    {
        var ledger = (await servers.EmptyAsync(backend)).Ledger;
        await ledger.AppendAsync(0, [1]);

        Assert.Equal(new AppendResult(false, 1), await ledger.AppendAsync(0, [2]));
        Assert.Equal(new AppendResult(false, 1), await ledger.AppendAsync(2, [2]));
        Assert.Equal(1, await ledger.CountAsync());
    }

    [Theory, EveryBackend]
    public async Task Append_EightWritersContend_EveryAcknowledgedEntryIsThereOnce(Backend backend)
    {
        var ledger = (await servers.EmptyAsync(backend)).Ledger;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            var count = 0L;
            for (byte number = 0; number < 100; number++)
            {
                AppendResult result;
                do
                {
                    result = await ledger.AppendAsync(count, [(byte)writer, number]);
                    count = result.Count;
                }
                while (!result.Appended);
            }
        })));

        var entries = await ledger.ReadAllAsync(1, Stop).ToListAsync(Stop);
        Assert.Equal(800, entries.Count);
        Assert.Equal(800, entries.Select(entry => (entry[0], entry[1])).Distinct().Count());
        for (var writer = 0; writer < 8; writer++)
            Assert.Equal(Enumerable.Range(0, 100), entries.Where(entry => entry[0] == writer).Select(entry => (int)entry[1]));
    }

    [Theory, EveryBackend]
    public async Task Read_LongEntriesAmongShortOnes_AllComeInOrder(Backend backend)
    {
        var ledger = (await servers.EmptyAsync(backend)).Ledger;
        var entries = Enumerable.Range(0, 90).Select(i => new byte[i is >= 30 and < 50 ? 100_000 + i : 4 + i]).ToList();
        foreach (var (i, entry) in entries.Index())
        {
            entry[0] = (byte)i;
            await ledger.AppendAsync(i, entry);
        }

        foreach (var (from, count) in ((int, int)[])[(1, 90), (1, 1000), (25, 30), (49, 2), (90, 1)])
            Assert.Equal(entries.Skip(from - 1).Take(count), await ledger.ReadAsync(from, count));
    }

    /// <summary>Twelve megabytes; a record of the embedded store's log holds eight.</summary>
    [Theory, EveryBackend]
    public async Task Restore_LongEntries_KeepsEveryByte(Backend backend)
    {
        var ledger = (await servers.EmptyAsync(backend)).Ledger;
        var entries = Enumerable.Range(0, 24).Select(i => RandomNumberGenerator.GetBytes(500_000 + i)).ToList();

        Assert.True(await ledger.RestoreAsync(entries));

        Assert.Equal(entries, await ledger.ReadAllAsync(1, Stop).ToListAsync(Stop));
        Assert.False(await ledger.RestoreAsync(entries));
    }

    [Theory, EveryBackend]
    public async Task ReadAll_FromTheMiddle_CrossesPagesInOrder(Backend backend)
    {
        var bench = await servers.EmptyAsync(backend);
        for (var i = 0; i < 1001; i++)
            await bench.Ledger.AppendAsync(i, BitConverter.GetBytes(i));

        var rest = await bench.Ledger.ReadAllAsync(3, Stop).ToListAsync(Stop);

        Assert.Equal(Enumerable.Range(2, 999), rest.Select(entry => BitConverter.ToInt32(entry)));
        Assert.Equal([1000], (await bench.Ledger.ReadAsync(1001, 5)).Select(entry => BitConverter.ToInt32(entry)));
        Assert.Empty(await bench.Ledger.ReadAsync(1002, 5));
    }
}
