using System.Text;
using CsCheck;
using ReleaseTracks.Server.Store;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Tests.Store;

public sealed class StoreKeysTests
{
    [Fact]
    public void Slot_KnownKeys_MatchTheClusterSpecification()
    {
        Assert.Equal(0x31C3 % 16384, Slot("123456789"));
        Assert.Equal(Slot("user1000"), Slot("{user1000}.following"));
    }

    [Fact]
    public void ControlPlaneKeys_EveryOne_ShareOneSlot()
    {
        RedisKey[] keys =
        [
            StoreKeys.Ledger, StoreKeys.Counters, StoreKeys.Batches, StoreKeys.Reported, StoreKeys.Guard, StoreKeys.GuardCommit,
            StoreKeys.ControlLease, StoreKeys.ControlFence, StoreKeys.Alerts, StoreKeys.Feedback, StoreKeys.OutcomeRedo, StoreKeys.TickRedo,
            StoreKeys.Minute(29_000_000), StoreKeys.Hour(490_000),
        ];

        Assert.Single(keys.Select(key => Slot(key!)).Distinct());
    }

    [Fact]
    public void UserKeys_AnyId_ShareTheSlotOfTheirShard() => Gen.String.Sample(id =>
    {
        var shard = StoreKeys.Shard(id);
        RedisKey[] keys = [StoreKeys.User(id), StoreKeys.Receipts(id), StoreKeys.Counts(shard), StoreKeys.ShardRedo(shard)];
        Assert.Single(keys.Select(key => Slot(key!)).Distinct());
    });

    [Fact]
    public void Shard_KnownIds_AreTheFirstByteOfSha256()
    {
        Assert.Equal(0xe3, StoreKeys.Shard(""));
        Assert.Equal(0xba, StoreKeys.Shard("abc"));
        Assert.Equal("rt:{u186}:user:abc", (string?)StoreKeys.User("abc"));
    }

    /// <summary>Redis Cluster specification: CRC16 (XMODEM) of the hash tag modulo 16384.</summary>
    private static int Slot(string key)
    {
        var open = key.IndexOf('{', StringComparison.Ordinal);
        var close = open < 0 ? -1 : key.IndexOf('}', open + 1);
        if (close > open + 1)
            key = key[(open + 1)..close];
        var crc = 0;
        foreach (var value in Encoding.UTF8.GetBytes(key))
        {
            crc ^= value << 8;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
            crc &= 0xFFFF;
        }
        return crc % 16384;
    }
}
