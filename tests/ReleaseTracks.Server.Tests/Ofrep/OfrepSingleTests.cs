using System.Net;
using System.Text.Json;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Ofrep;

public sealed class OfrepSingleTests(OfrepServer ofrep) : IClassFixture<OfrepServer>
{
    [Theory]
    [InlineData("smart-replies", "ada", "on", "true", "TARGETING_MATCH", "ai", "released")]
    [InlineData("smart-replies", "sam", "off", "false", "DEFAULT", "stable", "not-released")]
    [InlineData("theme", "sam", "new", "\"blue ☀\"", "STATIC", "stable", "released")]
    [InlineData("theme", "ada", "new", "\"blue ☀\"", "STATIC", "ai", "released")]
    [InlineData("page-size", "ines", "large", "50.5", "TARGETING_MATCH", "innovative", "released")]
    [InlineData("page-size", null, "small", "10", "DEFAULT", "stable", "not-released")]
    [InlineData("layout", null, "plain", """{"columns":1}""", "DEFAULT", "stable", "no-targeting-key")]
    [InlineData("layout", "", "plain", """{"columns":1}""", "DEFAULT", "stable", "no-targeting-key")]
    public async Task Flag_ForAUser_HasVariantValueReasonAndMetadata(
        string key, string? user, string variant, string value, string reason, string track, string cause)
    {
        var flag = await OfrepServer.OkAsync(ofrep.OneAsync(key, user));

        Assert.Equal(key, flag.GetProperty("key").GetString());
        Assert.Equal(variant, flag.GetProperty("variant").GetString());
        Assert.Equal(value, flag.GetProperty("value").GetRawText());
        Assert.Equal(reason, flag.GetProperty("reason").GetString());
        var metadata = flag.GetProperty("metadata");
        Assert.Equal(track, metadata.GetProperty("track").GetString());
        Assert.Equal(cause, metadata.GetProperty("cause").GetString());
        Assert.True(metadata.GetProperty("revision").GetInt64() > 0);
        Assert.All(metadata.EnumerateObject(), member => Assert.Contains(
            member.Value.ValueKind, new[] { JsonValueKind.True, JsonValueKind.False, JsonValueKind.Number, JsonValueKind.String }));
    }

    [Theory]
    [InlineData("ada")]
    [InlineData("sam")]
    public async Task Flag_OfAnAiFeature_CarriesItsDisclosure(string user)
    {
        var metadata = (await OfrepServer.OkAsync(ofrep.OneAsync("smart-replies", user))).GetProperty("metadata");

        Assert.True(metadata.GetProperty("ai").GetBoolean());
        Assert.Equal(3, metadata.GetProperty("disclosureVersion").GetInt32());
        Assert.Equal("Replies are suggested by \"AI\" – check them.", metadata.GetProperty("disclosureText").GetString());
        Assert.Equal("https://product.example/ai", metadata.GetProperty("disclosureUri").GetString());
    }

    [Fact]
    public async Task Flag_OfAPlainFeature_HasNoDisclosure()
    {
        var metadata = (await OfrepServer.OkAsync(ofrep.OneAsync("theme", "ada"))).GetProperty("metadata");

        Assert.False(metadata.GetProperty("ai").GetBoolean());
        Assert.False(metadata.TryGetProperty("disclosureVersion", out _));
    }

    [Fact]
    public async Task Flag_KilledFeature_IsDisabledWithoutValue()
    {
        var flag = await OfrepServer.OkAsync(ofrep.OneAsync("dead", "ada"));

        Assert.Equal("DISABLED", flag.GetProperty("reason").GetString());
        Assert.Equal("killed", flag.GetProperty("metadata").GetProperty("cause").GetString());
        Assert.False(flag.TryGetProperty("value", out _));
        Assert.False(flag.TryGetProperty("variant", out _));
    }

    [Fact]
    public async Task Flag_OrganisationWithACeiling_CapsTheTrack()
    {
        var flag = await OfrepServer.OkAsync(ofrep.OneAsync("smart-replies", "ada", "careful"));

        Assert.False(flag.GetProperty("value").GetBoolean());
        Assert.Equal("innovative", flag.GetProperty("metadata").GetProperty("track").GetString());
    }

    [Fact]
    public async Task Flag_UserIdLongerThanAnyEnrollment_IsStillEvaluated()
    {
        var flag = await OfrepServer.OkAsync(ofrep.OneAsync("theme", new string('x', 10_000)));

        Assert.Equal("stable", flag.GetProperty("metadata").GetProperty("track").GetString());
    }

    [Theory]
    [InlineData("nope", "nope")]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a/b", "a/b")]
    [InlineData("%F0%9F%92%A5", "💥")]
    [InlineData("smart-replies%0A", "smart-replies\n")]
    public async Task Flag_UnknownKey_IsNotFoundUnderThatKey(string path, string key)
    {
        var fault = await OfrepServer.FaultAsync(ofrep.OneAsync(path, "ada"), HttpStatusCode.NotFound, "FLAG_NOT_FOUND");

        Assert.Equal(key, fault.GetProperty("key").GetString());
    }

    [Fact]
    public async Task Flag_KeyWithNul_IsRefused()
    {
        using var answer = await ofrep.OneAsync("a%00b", "ada");

        Assert.InRange((int)answer.StatusCode, 400, 404);
    }

    [Theory]
    [InlineData("", "PARSE_ERROR")]
    [InlineData("nonsense", "PARSE_ERROR")]
    [InlineData("""{"context":{"targetingKey":"ada"}""", "PARSE_ERROR")]
    [InlineData("""{"context":{"targetingKey":"ada"}} x""", "PARSE_ERROR")]
    [InlineData("[]", "INVALID_CONTEXT")]
    [InlineData("{}", "INVALID_CONTEXT")]
    [InlineData("""{"context":null}""", "INVALID_CONTEXT")]
    [InlineData("""{"context":["ada"]}""", "INVALID_CONTEXT")]
    [InlineData("""{"context":{"targetingKey":42}}""", "INVALID_CONTEXT")]
    [InlineData("""{"context":{"targetingKey":{"id":"ada"},"plan":"x"}}""", "INVALID_CONTEXT")]
    [InlineData("""{"context":{"targetingKey":"\ud800"}}""", "INVALID_CONTEXT")]
    [InlineData("""{"context":{"targetingKey":"ada","organisation":7}}""", "INVALID_CONTEXT")]
    public async Task Flag_BodyThatNamesNobody_IsABadRequestUnderTheKey(string body, string code)
    {
        var fault = await OfrepServer.FaultAsync(ofrep.PostAsync("/ofrep/v1/evaluate/flags/theme", body), HttpStatusCode.BadRequest, code);
        await OfrepServer.FaultAsync(ofrep.PostAsync("/ofrep/v1/evaluate/flags", body), HttpStatusCode.BadRequest, code);

        Assert.Equal("theme", fault.GetProperty("key").GetString());
    }

    [Theory]
    [InlineData("""{"context":{"targetingKey":null,"organisation":null}}""")]
    [InlineData("""{"extra":[{"context":{"targetingKey":1}}],"context":{"nested":{"targetingKey":2}}}""")]
    public async Task Flag_ContextWithoutAUser_IsAnonymous(string body)
    {
        var flag = await OfrepServer.OkAsync(ofrep.PostAsync("/ofrep/v1/evaluate/flags/smart-replies", body));

        Assert.Equal("stable", flag.GetProperty("metadata").GetProperty("track").GetString());
    }

    [Theory]
    [InlineData(2 * 1024 * 1024, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(1000 * 1024, HttpStatusCode.OK)]
    public async Task Flag_LargeBody_IsReadUpToOneMegabyte(int size, HttpStatusCode status)
    {
        var body = $$$"""{"context":{"targetingKey":"ada","padding":"{{{new string('x', size)}}}"}}""";
        using var answer = await ofrep.PostAsync("/ofrep/v1/evaluate/flags/theme", body, change: request => request.Headers.ExpectContinue = true);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("theme", (await answer.JsonAsync()).GetProperty("key").GetString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("rtk_0123456789abcdef_wrong")]
    public async Task Flag_WithoutAKnownKey_IsUnauthorized(string? token)
    {
        using var client = ofrep.Server.Client(token);
        using var answer = await client.PostAsync("/ofrep/v1/evaluate/flags/theme", new StringContent("{}"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        Assert.StartsWith("urn:releasetracks:problem:", (await answer.JsonAsync()).GetProperty("type").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flag_KeyAsBearerToken_IsAccepted()
    {
        using var client = ofrep.Server.Client(ofrep.Key);
        using var answer = await client.PostAsync(
            "/ofrep/v1/evaluate/flags/theme", new StringContent("""{"context":{}}"""), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Flag_RevokedKey_IsUnauthorizedFromThatRevisionOn()
    {
        var secret = await ofrep.Server.CreateKeyAsync("to be revoked");
        using var client = ofrep.Server.Client(secret);
        using var before = await client.PostAsync("/ofrep/v1/evaluate/flags/theme", new StringContent("""{"context":{}}"""), TestContext.Current.CancellationToken);
        var keys = await ofrep.Server.SendAsync(HttpMethod.Get, "/api/v1/keys");
        var id = keys.EnumerateArray().Single(key => secret.StartsWith(key.GetProperty("prefix").GetString()!, StringComparison.Ordinal)).GetProperty("id");

        await ofrep.Server.SendAsync(HttpMethod.Delete, $"/api/v1/keys/{id}");
        using var after = await client.PostAsync("/ofrep/v1/evaluate/flags/theme", new StringContent("""{"context":{}}"""), TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (before.StatusCode, after.StatusCode));
    }
}
