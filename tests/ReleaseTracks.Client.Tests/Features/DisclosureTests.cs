using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement.FeatureFilters;
using Microsoft.Playwright;
using ReleaseTracks.Client.Features;
using ReleaseTracks.Client.Tests.Harness;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Client.Tests.Features;

/// <summary>What a person sees, hears and types where AI is at work.</summary>
public sealed class DisclosureTests : IAsyncLifetime
{
    private TestServer server = null!;
    private ClientApp app = null!;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await server.EnrolAsync("ada", "ai", 1);
        app = await ClientApp.StartAsync(server, TestServer.BootstrapToken, FeatureManagementApp.Options);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Popover_ByKeyboard_OpensIsReadAndCloses()
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await SystemBrowser.LaunchAsync(playwright);
        foreach (var (width, scheme) in new[] { (1280, ColorScheme.Light), (390, ColorScheme.Dark) })
        {
            var page = await browser.NewPageAsync(new()
            {
                BaseURL = app.Http.BaseAddress!.AbsoluteUri,
                ViewportSize = new() { Width = width, Height = 700 },
                ColorScheme = scheme,
                ExtraHTTPHeaders = new Dictionary<string, string> { ["X-User"] = "ada" },
            });
            await page.GotoAsync("/page");
            var label = page.GetByRole(AriaRole.Button, new() { Name = "AI: AI is used here" });
            var popover = page.GetByRole(AriaRole.Dialog, new() { Name = "AI is used here" });
            Assert.False(await popover.IsVisibleAsync());

            await page.Keyboard.PressAsync("Tab");
            await page.Keyboard.PressAsync("Enter");

            await Assertions.Expect(popover).ToBeVisibleAsync();
            await Assertions.Expect(popover).ToBeFocusedAsync();
            await Assertions.Expect(popover).ToContainTextAsync("Replies are suggested by AI.");
            var box = (await popover.BoundingBoxAsync())!;
            Assert.InRange(box.X, 0, width);
            Assert.True(box.X + box.Width <= width, $"{box.X}+{box.Width} in {width}");
            await page.ScreenshotAsync(new() { Path = Path.Combine(SystemBrowser.Screenshots, $"ai-disclosure-{width}-{scheme}.png") });
            await page.Keyboard.PressAsync("Escape");
            await Assertions.Expect(popover).ToBeHiddenAsync();
            await Assertions.Expect(label).ToBeFocusedAsync();
            await label.ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
            await Assertions.Expect(popover).ToBeHiddenAsync();
        }
    }

    [Fact]
    public async Task Component_ForAnAiUser_ShowsTheDisclosureUntilTheRollback()
    {
        await app.ServesAsync("smart-replies", "ada", "on");
        await using var context = new BunitContext();
        Share(context);

        var component = context.Render<AiDisclosure>(parameters => parameters.Add(one => one.Feature, "smart-replies").Add(one => one.User, "ada").Add(one => one.Label, "KI"));

        component.WaitForAssertion(() => Assert.Equal("KI", component.Find("button.ai-disclosure-label").TextContent), ClientApp.Bound);
        Assert.Contains("Replies are suggested by AI.", component.Find("[popover]").TextContent);
        Assert.Equal(component.Find("[popover]").Id, component.Find("button.ai-disclosure-label").GetAttribute("popovertarget"));
        await server.RollBackAsync("smart-replies");
        component.WaitForAssertion(() => Assert.Empty(component.FindAll("button")), ClientApp.Bound);
    }

    [Fact]
    public async Task Component_ForAnybodyElse_ShowsNothing()
    {
        await using var context = new BunitContext();
        Share(context);

        var component = context.Render<AiDisclosure>(parameters => parameters.Add(one => one.Feature, "smart-replies").Add(one => one.User, "bea"));

        Assert.Equal("", component.Markup.Trim());
    }

    private void Share(BunitContext context)
    {
        foreach (var service in new[] { typeof(Client.Evaluation.ITrackEvaluator), typeof(ITargetingContextAccessor), typeof(Client.Snapshots.SnapshotState), typeof(Microsoft.Extensions.Options.IOptions<ReleaseTracksOptions>) })
            context.Services.AddSingleton(service, app.Services.GetRequiredService(service));
    }
}
