using ReleaseTracks.Client.Tests.Harness;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Client.Tests.Tracks;

/// <summary>How often the server is asked who somebody is, and what happens when it does not say.</summary>
public sealed class LookupTests : IAsyncLifetime
{
    private TestServer server = null!;
    private Proxy proxy = null!;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await server.EnrolAsync("ada", "ai", 1);
        proxy = new(server.Url);
    }

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task UnknownUsers_AtOnce_AreAskedForTogether()
    {
        await using var app = await ClientApp.StartAsync(server, TestServer.BootstrapToken);
        var users = Enumerable.Range(0, 800).Select(i => $"user-{i % 400}");

        await Task.WhenAll(users.Select(user => app.VariantAsync("smart-replies", user)));

        Assert.InRange(app.Lookups.Requests, 1, 5);
        Assert.Equal(400, app.Users.Count);
    }

    [Fact]
    public async Task KnownUser_EvaluatedOften_IsAskedForOnce()
    {
        await using var app = await ClientApp.StartAsync(server, TestServer.BootstrapToken);
        for (var i = 0; i < 500; i++)
            Assert.Equal("on", await app.VariantAsync("smart-replies", "ada"));

        Assert.Equal(1, app.Lookups.Requests);
    }

    [Fact]
    public async Task MoreUsersThanOneRequestTakes_AreAllFound()
    {
        await using var app = await ClientApp.StartAsync(server, TestServer.BootstrapToken);

        await Task.WhenAll(Enumerable.Range(0, 1700).Select(i => app.VariantAsync("smart-replies", $"user-{i}")));

        Assert.Equal(1700, app.Users.Count);
        Assert.InRange(app.Lookups.Requests, 4, 12);
    }

    [Fact]
    public async Task UnknownUser_NotWaitedFor_IsOnStableAndThenKnown()
    {
        await using var app = await ClientApp.StartAsync(server, TestServer.BootstrapToken);

        Assert.Equal("off", app.Evaluator.Evaluate("smart-replies", "ada")?.Variant?.Name);

        await Eventually.TrueAsync(() => app.Evaluator.Evaluate("smart-replies", "ada")?.Variant?.Name == "on", "known shortly after", ClientApp.Bound);
    }

    [Fact]
    public async Task Server_DoesNotAnswer_UnknownUsersAreOnStableAndOnlyTheFirstWaits()
    {
        await using var app = await ClientApp.StartAsync(proxy.Address, TestServer.BootstrapToken, new() { Options = client => client.LookupWait = TimeSpan.FromMilliseconds(200) });
        await app.ServesAsync("smart-replies", "ada", "on");
        proxy.Lead(null);
        await Eventually.TrueAsync(() => !app.Status.Connected, "the loss is seen", ClientApp.Bound);

        var result = await app.Evaluator.EvaluateAsync("smart-replies", "bea", null);

        Assert.Equal(TrackKey.Stable, result?.Track);
        Assert.Equal("on", await app.VariantAsync("smart-replies", "ada"));
        var requests = app.Lookups.Requests;
        for (var i = 0; i < 2000; i++)
            Assert.Equal("off", await app.VariantAsync("smart-replies", $"unknown-{i}"));
        Assert.True(app.Lookups.Requests - requests < 20, $"{app.Lookups.Requests - requests} requests to a server that is not there");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\u0001b")]
    public async Task UserIdThatNobodyCanHave_IsOnStableAndNotAskedFor(string user)
    {
        await using var app = await ClientApp.StartAsync(server, TestServer.BootstrapToken);

        Assert.Equal("off", await app.VariantAsync("smart-replies", user));
        Assert.Equal("off", await app.VariantAsync("smart-replies", new string('x', 257)));
        Assert.Equal("on", await app.VariantAsync("smart-replies", "ada"));
        Assert.Equal(1, app.Lookups.Requests);
    }

    [Fact]
    public async Task FeatureManagement_EvaluatedOften_AsksOnceToo()
    {
        await using var app = await ClientApp.StartAsync(server, TestServer.BootstrapToken, FeatureManagementApp.Options);
        for (var i = 0; i < 50; i++)
        {
            using var answer = await app.GetAsync("/fm/smart-replies", "ada");
            Assert.Equal("True on", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        Assert.Equal(1, app.Lookups.Requests);
    }
}
