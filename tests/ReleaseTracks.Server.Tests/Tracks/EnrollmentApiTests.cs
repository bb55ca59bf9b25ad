using System.Text.Json;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Tracks;

[Collection(nameof(SharedServer))]
public sealed class EnrollmentApiTests(SharedServer shared)
{
    [Fact]
    public async Task Enrol_IntoAiWithTheDisclosure_SaysWhatTheUserGets()
    {
        await shared.Server.PutFeatureAsync(Api.Feature("en-one"));

        var put = await shared.Sdk.CallAsync("PUT /api/v1/users/en-ada/enrollment", """{"track":"ai","disclosureVersion":1}""");
        var read = await shared.Sdk.CallAsync("GET /api/v1/users/en-ada/enrollment");

        Assert.Equal((200, put.Text), (read.Status, read.Text));
        Assert.Equal(("ai", "opt-in", 1), (Text(put.Json, "track"), Text(put.Json, "source"), put.Json.GetProperty("disclosureVersion").GetInt32()));
        var feature = put.Json.GetProperty("features").EnumerateArray().Single(one => Text(one, "key") == "en-one");
        Assert.Equal(("on", "released", false), (Text(feature, "variant"), Text(feature, "cause"), feature.GetProperty("ai").GetBoolean()));
    }

    [Theory]
    [InlineData("""{"track":"ai"}""")]
    [InlineData("""{"track":"ai","disclosureVersion":2}""")]
    [InlineData("""{"track":"ai","disclosureVersion":0}""")]
    [InlineData("""{"track":"ai","disclosureVersion":99999999999}""")]
    public async Task Enrol_IntoAiWithoutTheCurrentDisclosure_IsRefusedAndChangesNothing(string body)
    {
        var answer = await shared.Sdk.CallAsync("PUT /api/v1/users/en-bob/enrollment", body);

        Assert.Equal((409, "disclosure-not-current"), (answer.Status, answer.Problem));
        Assert.Equal("stable", Text((await shared.Sdk.CallAsync("GET /api/v1/users/en-bob/enrollment")).Json, "track"));
        Assert.Equal("[]", (await shared.Sdk.CallAsync("GET /api/v1/users/en-bob/receipts")).Text);
    }

    [Fact]
    public async Task Enrol_AboveTheCeiling_IsForbiddenAndLeavingNeverIs()
    {
        await shared.Server.ApplyAsync("""[{"op":"organisation.put","organisation":{"id":"en-bank","ceiling":"innovative"}}]""");

        var above = await shared.Sdk.CallAsync("PUT /api/v1/users/en-cy/enrollment", """{"track":"ai","disclosureVersion":1,"organisation":"en-bank"}""");
        Assert.Equal((403, "above-ceiling"), (above.Status, above.Problem));
        var below = await shared.Sdk.CallAsync("PUT /api/v1/users/en-cy/enrollment", """{"track":"innovative","organisation":"en-bank"}""");
        Assert.Equal((200, "innovative", "innovative"), (below.Status, Text(below.Json, "track"), Text(below.Json, "ceiling")));

        var left = await shared.Sdk.CallAsync("DELETE /api/v1/users/en-cy/enrollment");
        Assert.Equal((200, "stable", "opt-out"), (left.Status, Text(left.Json, "track"), Text(left.Json, "source")));
        Assert.Equal(200, (await shared.Sdk.CallAsync("DELETE /api/v1/users/en-never/enrollment")).Status);
    }

    [Fact]
    public async Task Receipts_OneForEachChange_UntilTheUserIsErased()
    {
        await shared.Sdk.CallAsync("PUT /api/v1/users/en-di/enrollment", """{"track":"ai","disclosureVersion":1}""");
        await shared.Sdk.CallAsync("PUT /api/v1/users/en-di/enrollment", """{"track":"ai","disclosureVersion":1}""");
        await shared.Sdk.CallAsync("DELETE /api/v1/users/en-di/enrollment");

        var receipts = (await shared.Sdk.CallAsync("GET /api/v1/users/en-di/receipts")).Json.EnumerateArray().ToArray();
        Assert.Equal(["ai", "stable"], receipts.Select(receipt => Text(receipt, "track")));
        Assert.NotEmpty(Text(receipts[0], "disclosureText"));
        Assert.StartsWith("sdk:", Text(receipts[0], "by"), StringComparison.Ordinal);

        Assert.Equal(204, (await shared.Admin.CallAsync("DELETE /api/v1/users/en-di")).Status);
        Assert.Equal("[]", (await shared.Sdk.CallAsync("GET /api/v1/users/en-di/receipts")).Text);
        Assert.Equal("default", Text((await shared.Sdk.CallAsync("GET /api/v1/users/en-di/enrollment")).Json, "source"));
    }

    [Fact]
    public async Task Enrol_ByTheTeam_IsAssigned()
    {
        var answer = await shared.Admin.CallAsync("PUT /api/v1/users/en-eve/enrollment", """{"track":"innovative"}""");
        Assert.Contains(Text(answer.Json, "source"), (string[])["assigned", "opt-in"]);
    }

    /// <summary>An id is any text: what a slash looks like on the way must not make it another user.</summary>
    [Theory]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    [InlineData("grün 😀?#&")]
    public async Task User_WithAnyId_IsTheOneThatWasNamed(string user)
    {
        var answer = await shared.Sdk.CallAsync($"PUT /api/v1/users/{Uri.EscapeDataString(user)}/enrollment", """{"track":"innovative"}""");

        Assert.Equal((200, user), (answer.Status, Text(answer.Json, "user")));
    }

    private static string Text(JsonElement json, string member) => json.GetProperty(member).GetString()!;
}
