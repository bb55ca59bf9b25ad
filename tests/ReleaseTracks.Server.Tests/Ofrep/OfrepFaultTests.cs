using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using ReleaseTracks.Features;
using ReleaseTracks.Server.Ofrep;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Ofrep;

public sealed class OfrepFaultTests
{
    [Fact]
    public void Flags_OneThatCannotBeWritten_FailsAlone()
    {
        // A value that is no JSON at all cannot come from the ledger; it stands for whatever else may go wrong.
        var state = Snapshot.Empty with
        {
            Features = Snapshot.Empty.Features
                .Add("bad", new(Feature("bad", default), 1))
                .Add("good", new(Feature("good", JsonSerializer.SerializeToElement(true)), 1)),
        };
        var output = new ArrayBufferWriter<byte>();

        OfrepBulk.WriteFlags(output, state, TrackKey.Stable, "ada", NullLogger.Instance);

        var flags = JsonDocument.Parse(System.Text.Encoding.UTF8.GetString(output.WrittenSpan) + "}").RootElement.GetProperty("flags");
        Assert.Equal(("bad", "GENERAL"), (flags[0].GetProperty("key").GetString(), flags[0].GetProperty("errorCode").GetString()));
        Assert.True(flags[1].GetProperty("value").GetBoolean());
    }

    [Fact]
    public async Task Flag_StoreGone_IsServedAsToSomebodyWithoutAChoice()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await TestServer.StartAsync(new() { Redis = redis.ConnectionString });
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await server.EnrolAsync("cached", "ai", 1);
        await server.EnrolAsync("unknown", "ai", 1);
        Assert.Equal("ai", await TrackAsync(server, "cached"));

        redis.Suspend();
        try
        {
            Assert.Equal("ai", await TrackAsync(server, "cached"));
            Assert.Equal("stable", await TrackAsync(server, "unknown"));
        }
        finally
        {
            redis.Resume();
        }

        await Eventually.TrueAsync(async () => await TrackAsync(server, "unknown") == "ai", "the store answers again");
    }

    private static Feature Feature(string key, JsonElement value) => new()
    {
        Key = key,
        Name = key,
        Variants = [new("only", value)],
        Fallback = "only",
        Releases = ImmutableSortedDictionary<TrackKey, ImmutableArray<Share>>.Empty.Add(TrackKey.Stable, [new("only", 100)]),
    };

    private static async Task<string?> TrackAsync(TestServer server, string user) =>
        (await server.SendAsync(HttpMethod.Post, "/ofrep/v1/evaluate/flags/smart-replies", $$$"""{"context":{"targetingKey":"{{{user}}}"}}"""))
            .GetProperty("metadata").GetProperty("track").GetString();
}
