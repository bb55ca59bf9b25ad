using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ReleaseTracks.Browser.Tests.Alerts;

/// <summary>An SRE has alerts sent somewhere, tries whether they arrive, and sees when they do not.</summary>
public sealed class AlertsPageTests(Chromium chromium)
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 60_000 };

    private static readonly string[] Settings =
    [
        "--ReleaseTracks:Alerts:AllowedHosts=127.0.0.1", "--ReleaseTracks:Alerts:AllowPrivateNetworks=true", $"--ReleaseTracks:Alerts:Secrets:pager={Secret}",
    ];

    [Fact]
    public async Task Destination_Added_IsPlannedTestedAndChanged()
    {
        await using var receiver = await ReceiverAsync();
        await using var server = await LiveServer.StartAsync(Settings);
        await using var tab = await chromium.OpenAsync(server);
        await tab.SignInAsync();
        await tab.Page.GotoAsync("/alerts");
        await Expect(tab.Page.GetByText("Nobody is told yet")).ToBeVisibleAsync(Soon);
        await tab.ConnectedAsync();

        await tab.Page.GetByLabel("Key", new() { Exact = true }).FillAsync("pager");
        await tab.Page.GetByLabel("Address").FillAsync("http://user:password@127.0.0.1/");
        await tab.Page.GetByLabel("Name of the secret").FillAsync("pager");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "See what the plan would do" }).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Must have no user or password in it", new() { Timeout = 60_000 });

        await tab.Page.GetByLabel("Address").FillAsync(receiver.Urls.First() + "/hook");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "See what the plan would do" }).ClickAsync();
        await Expect(tab.Page.GetByText("alerts newly go to the webhook at").First).ToBeVisibleAsync(Soon);
        await tab.PictureAsync("alerts-plan-1280-light");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Propose" }).ClickAsync();
        await Expect(tab.Page.GetByText("The plan is proposed. Nothing has changed yet.")).ToBeVisibleAsync(Soon);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Close", Exact = true }).Last.ClickAsync();

        await server.ApplyAsync(Put("pager", receiver.Urls.First() + "/hook"));
        await tab.Page.GetByLabel("Send a test to pager").ClickAsync(new() { Timeout = 60_000 });
        await Expect(tab.Page.GetByText("The test arrived: HTTP 200.")).ToBeVisibleAsync(Soon);

        await tab.Page.GetByLabel("Change pager").ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Change pager" })).ToBeVisibleAsync(Soon);
        await tab.Page.GetByRole(AriaRole.Group, new() { Name = "Hears of" }).GetByText("Shared outage").ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "See what the plan would do" }).ClickAsync();
        await Expect(tab.Page.GetByText("it no longer hears of shared-outage").First).ToBeVisibleAsync(Soon);
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Destinations_ThatTakeAlertsAndThatDoNot_AreToldApartAndFit()
    {
        await using var receiver = await ReceiverAsync();
        await using var server = await LiveServer.StartAsync(Settings);
        await server.AddFeatureAsync("smart-replies", "Smart replies");
        await server.ApplyAsync(
            Put("pager", receiver.Urls.First() + "/hook"), Put("chat-of-the-team", "https://hooks.chat.example/services/releasetracks/alerts"), new
            {
                op = "destination.put",
                destination = new { key = "alertmanager", kind = "alertmanager", url = "http://127.0.0.1:9", events = new[] { "blind" } },
            });
        await server.PostAsync("/api/v1/features/smart-replies/rollback", new { track = "ai", reason = "Rude replies" });

        foreach (var (scheme, width) in new[] { (ColorScheme.Light, 1280), (ColorScheme.Dark, 390), (ColorScheme.Dark, 1280), (ColorScheme.Light, 390) })
        {
            await using var tab = await chromium.OpenAsync(server, width, scheme);
            await tab.SignInAsync();
            await tab.Page.GotoAsync("/alerts");
            await tab.ConnectedAsync();
            await Expect(tab.Page.GetByText("hooks.chat.example is not in ReleaseTracks:Alerts:AllowedHosts.")).ToBeVisibleAsync(Soon);
            await Expect(tab.Page.GetByText("Delivered", new() { Exact = true })).ToBeVisibleAsync(Soon);
            await Expect(tab.Page.GetByText("Nothing sent yet")).ToBeVisibleAsync(Soon);
            await tab.PictureAsync($"alerts-{width}-{scheme.ToString().ToLowerInvariant()}");
            await tab.AssertFitsAsync();
            await tab.AssertAccessibleAsync();
            tab.AssertQuiet();
        }
    }

    [Fact]
    public async Task Viewer_WhoMayOnlyLook_IsToldSoWhenSendingATest()
    {
        await using var server = await LiveServer.StartAsync(Settings);
        await server.ApplyAsync(Put("pager", "http://127.0.0.1:9/hook"));
        await using var tab = await chromium.OpenAsync(server);
        await tab.Page.GotoAsync(await server.InviteAsync("Vera Viewer", "viewer"));
        await tab.Page.GotoAsync("/alerts");
        await tab.ConnectedAsync();

        await tab.Page.GetByLabel("Send a test to pager").ClickAsync(new() { Timeout = 60_000 });

        await Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Your role may look, but not send", new() { Timeout = 60_000 });
        tab.AssertQuiet();
    }

    private static object Put(string key, string url) => new { op = "destination.put", destination = new { key, kind = "webhook", url, secret = "pager" } };

    private static async Task<WebApplication> ReceiverAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(http => http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
