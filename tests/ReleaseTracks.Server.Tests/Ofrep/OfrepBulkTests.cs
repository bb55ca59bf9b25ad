using System.Net;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Ofrep;

public sealed class OfrepBulkTests(OfrepServer ofrep) : IClassFixture<OfrepServer>
{
    [Fact]
    public async Task Flags_ForAUser_AreWhatEachFlagIsByItself()
    {
        var all = await OfrepServer.OkAsync(ofrep.AllAsync("ada"));

        var flags = all.GetProperty("flags").EnumerateArray().ToArray();
        Assert.Equal(["dead", "layout", "page-size", "smart-replies", "theme"], flags.Select(flag => flag.GetProperty("key").GetString()));
        foreach (var flag in flags)
        {
            var one = await OfrepServer.OkAsync(ofrep.OneAsync(flag.GetProperty("key").GetString()!, "ada"));
            Assert.Equal(one.GetRawText(), flag.GetRawText());
        }
    }

    [Fact]
    public async Task Flags_Always_OfferAStreamByTicket()
    {
        var stream = (await OfrepServer.OkAsync(ofrep.AllAsync("ada"))).GetProperty("eventStreams")[0];

        Assert.Equal("sse", stream.GetProperty("type").GetString());
        Assert.Equal(120, stream.GetProperty("inactivityDelaySec").GetInt32());
        Assert.StartsWith("/ofrep/v1/stream?ticket=", stream.GetProperty("endpoint").GetProperty("requestUri").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("ada", stream.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flags_KnownTag_AreNotModified()
    {
        using var first = await ofrep.AllAsync("ada");
        var tag = first.Headers.ETag!.ToString();

        using var same = await ofrep.AllAsync("ada", tag);
        using var listed = await ofrep.PostAsync(
            "/ofrep/v1/evaluate/flags?flagConfigEtag=4&flagConfigLastModified=1700000000", """{"context":{"targetingKey":"ada"}}""", $"\"x\", W/{tag}");

        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal(tag, same.Headers.ETag!.ToString());
        Assert.Empty(await same.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.NotModified, listed.StatusCode);
    }

    [Theory]
    [InlineData("ines")]
    [InlineData(null)]
    public async Task Flags_TagOfAnotherUser_AreSent(string? other)
    {
        using var first = await ofrep.AllAsync("ada");
        using var answer = await ofrep.AllAsync(other, first.Headers.ETag!.ToString());

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Flags_AfterARollback_AreSentWithTheFallback()
    {
        await using var server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await server.EnrolAsync("ada", "ai", 1);
        using var before = await PostAsync(server, null);

        await server.RollBackAsync("smart-replies");
        using var after = await PostAsync(server, before.Headers.ETag!.ToString());

        var flag = (await after.JsonAsync()).GetProperty("flags")[0];
        Assert.Equal("rolled-back", flag.GetProperty("metadata").GetProperty("cause").GetString());
        Assert.Equal("ai", flag.GetProperty("metadata").GetProperty("track").GetString());
        Assert.Equal("off", flag.GetProperty("variant").GetString());
    }

    [Fact]
    public async Task Flags_NoFeatures_AreAnEmptyList()
    {
        await using var server = await TestServer.StartAsync();
        using var answer = await PostAsync(server, null);

        Assert.Equal(0, (await answer.JsonAsync()).GetProperty("flags").GetArrayLength());
    }

    private static async Task<HttpResponseMessage> PostAsync(TestServer server, string? ifNoneMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ofrep/v1/evaluate/flags") { Content = new StringContent("""{"context":{"targetingKey":"ada"}}""") };
        if (ifNoneMatch is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        return await server.Admin.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
