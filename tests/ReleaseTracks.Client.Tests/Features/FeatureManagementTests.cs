using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;
using ReleaseTracks.Client.Tests.Harness;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Client.Tests.Features;

/// <summary>An app that uses FeatureManagement already, and adds one call.</summary>
public sealed class FeatureManagementTests : IAsyncLifetime
{
    private TestServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await server.EnrolAsync("ada", "ai", 1);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Gate_ByTrack_OpensForAiUsersOnly()
    {
        await using var app = await StartAsync();
        using var ai = await app.GetAsync("/gated", "ada");
        using var plain = await app.GetAsync("/gated", "bea");

        Assert.Equal(HttpStatusCode.OK, ai.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, plain.StatusCode);
    }

    [Fact]
    public async Task TagHelpers_ByTrack_ShowTheFeatureAndItsDisclosure()
    {
        await using var app = await StartAsync();
        var ai = await (await app.GetAsync("/page", "ada")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var plain = await (await app.GetAsync("/page", "bea")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Contains("id=\"on\"", ai);
        Assert.Contains("Replies are suggested by AI.", ai);
        Assert.Contains("href=\"https://product.example/ai\"", ai);
        Assert.Contains(">KI</button>", ai);
        Assert.Contains("<em>Sprachmodell</em>", ai);
        Assert.Contains("<p id=\"unknown\"></p>", ai);
        Assert.Contains("id=\"off\"", plain);
        Assert.DoesNotContain("popover", plain);
        Assert.DoesNotContain("ai-disclosure feature", plain);
    }

    [Fact]
    public async Task Rollback_TakesTheDisclosureAway()
    {
        await using var app = await StartAsync();
        await app.ServesAsync("smart-replies", "ada", "on");
        await server.RollBackAsync("smart-replies");
        await app.ServesAsync("smart-replies", "ada", "off");

        using var page = await app.GetAsync("/page", "ada");

        Assert.DoesNotContain("popover", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.False(page.Headers.Contains("AI-Disclosure"));
    }

    [Fact]
    public async Task FlagsOfTheConfiguration_AreStillThere()
    {
        await using var app = await ClientApp.StartAsync(server, TestServer.BootstrapToken, new()
        {
            Builder = builder =>
            {
                builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["FeatureManagement:Beta"] = "true", ["FeatureManagement:smart-replies"] = "true" });
                builder.Services.AddFeatureManagement().WithTargeting<FixedAccessor>();
                builder.Services.AddControllersWithViews().AddApplicationPart(typeof(FeatureManagementTests).Assembly);
            },
            Options = client => client.User = null,
            App = FeatureManagementApp.Map,
        });
        using var beta = await app.GetAsync("/fm/Beta");
        using var ours = await app.GetAsync("/fm/smart-replies");
        var names = new List<string>();
        await foreach (var name in app.Features.GetFeatureNamesAsync(TestContext.Current.CancellationToken))
            names.Add(name);

        Assert.Equal("True ", await beta.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("True on", await ours.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["Beta", "smart-replies"], names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Accessor_OfTheApp_KeepsItsUserAndGroupsAndGetsTheTrack()
    {
        await using var app = await ClientApp.StartAsync(server, TestServer.BootstrapToken, new()
        {
            Builder = builder => builder.Services.AddScopedFeatureManagement().WithTargeting<FixedAccessor>(),
            Options = client => client.User = null,
        });
        using var scope = app.Services.CreateScope();

        var context = await scope.ServiceProvider.GetRequiredService<ITargetingContextAccessor>().GetContextAsync();

        Assert.Equal("ada", context.UserId);
        Assert.Equal(["staff", "track:ai"], context.Groups);
    }

    [Fact]
    public async Task AddFeatureManagementWithConfiguration_AfterUs_IsSaidAtTheStart()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddReleaseTracks(client => (client.Endpoint, client.Key) = (server.Url, "rtk_any"));
        builder.Services.AddFeatureManagement(builder.Configuration);
        await using var app = builder.Build();

        var wrong = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("after AddFeatureManagement", wrong.Message);
    }

    [Fact]
    public async Task Options_Wrong_AreAllNamedAtTheStart()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddReleaseTracks(client => (client.Endpoint, client.MostUsers) = (new("ftp://x"), 0));
        await using var app = builder.Build();

        var wrong = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => app.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("Endpoint", wrong.Message);
        Assert.Contains("Key", wrong.Message);
        Assert.Contains("MostUsers", wrong.Message);
    }

    private Task<ClientApp> StartAsync() => ClientApp.StartAsync(server, TestServer.BootstrapToken, FeatureManagementApp.Options);

    private sealed class FixedAccessor : ITargetingContextAccessor
    {
        public ValueTask<TargetingContext> GetContextAsync() => new(new TargetingContext { UserId = "ada", Groups = ["staff"] });
    }
}
