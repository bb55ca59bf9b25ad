using System.Net;
using ReleaseTracks.Server.Snapshots;

namespace ReleaseTracks.Server.Tests.Harness;

public sealed class TestServerTests
{
    [Fact]
    public async Task Server_WithAnAppliedPlanAndAnEnrolledUser_ServesTheVariantOfTheirTrack()
    {
        await using var server = await TestServer.StartAsync();
        var revision = await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await server.EnrolAsync("ada", "ai", 1);

        var enrollment = await server.SendAsync(HttpMethod.Get, "/api/v1/users/ada/enrollment");

        Assert.Equal("ai", enrollment.GetProperty("track").GetString());
        Assert.Equal("on", enrollment.GetProperty("features")[0].GetProperty("variant").GetString());
        Assert.True(((SnapshotHolder)server.Services.GetService(typeof(SnapshotHolder))!).Current.Revision >= revision);
    }

    [Fact]
    public async Task Server_WithoutACredential_Refuses()
    {
        await using var server = await TestServer.StartAsync();
        using var anonymous = server.Client(null);

        using var answer = await anonymous.GetAsync("/api/v1/features", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }
}
