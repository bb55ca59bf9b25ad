using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Harness;
using ReleaseTracks.Browser.Tests.Pages;
using static Microsoft.Playwright.Assertions;

namespace ReleaseTracks.Browser.Tests.Access;

public sealed class SignInTests(Chromium chromium)
{
    [Theory]
    [InlineData("/", "/sign-in")]
    [InlineData("/no-such-page", "/sign-in?returnUrl=%2Fno-such-page")]
    public async Task Page_NotSignedIn_LeadsToSignIn(string path, string signIn)
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);

        await tab.Page.GotoAsync(path);

        await Expect(tab.Page).ToHaveURLAsync(server.Url + signIn);
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in", Level = 1 })).ToBeVisibleAsync();
        await tab.PictureAsync("sign-in-1280-light");
        tab.AssertQuiet();
    }

    [Fact]
    public async Task SignInLink_UsedTwice_SaysThatItWasUsed()
    {
        await using var server = await LiveServer.StartAsync();
        await using var first = await chromium.OpenAsync(server);
        await using var second = await chromium.OpenAsync(server, 390, ColorScheme.Dark);
        var link = server.NewSignInLink();
        await first.Page.GotoAsync(link);
        await Expect(new BoardPage(first).Title).ToBeVisibleAsync();

        await second.Page.GotoAsync(link);

        await Expect(second.Page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("does not work any more");
        await second.PictureAsync("sign-in-used-390-dark");
        await second.AssertFitsAsync();
    }

    [Fact]
    public async Task SignOut_Pressed_EndsTheSession()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        await tab.Page.GotoAsync(await server.InviteAsync("Ada Byron", "viewer", "product"));
        await Expect(new BoardPage(tab).Title).ToBeVisibleAsync();

        await tab.Page.GetByLabel("Account: Ada Byron").ClickAsync();
        await Expect(tab.Page.GetByText("the roles viewer and product")).ToBeVisibleAsync();
        await tab.PictureAsync("account-1280-light");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }).ClickAsync();
        await Expect(tab.Page).ToHaveURLAsync(server.Url + "/sign-in");
        await tab.Page.GotoAsync("/");

        await Expect(tab.Page).ToHaveURLAsync(server.Url + "/sign-in");
        tab.AssertQuiet();
    }

    [Fact]
    public async Task AccountMenu_OpenedBeforeThePageIsConnected_StaysOpen()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        await tab.Page.GotoAsync(await server.InviteAsync("Ada Byron", "viewer"));
        await Expect(new BoardPage(tab).Title).ToBeVisibleAsync();
        var opened = new TaskCompletionSource();
        await tab.Page.RouteAsync("**/blazor.web*.js", async route =>
        {
            await opened.Task;
            await route.ContinueAsync();
        });

        await tab.Page.GotoAsync("/ledger", new() { WaitUntil = WaitUntilState.Commit });
        await tab.Page.GetByLabel("Account: Ada Byron").ClickAsync();
        await Expect(tab.Page.GetByText("the role viewer")).ToBeVisibleAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Searchbox)).ToBeDisabledAsync();
        opened.SetResult();

        await Expect(tab.Page.GetByRole(AriaRole.Searchbox)).ToBeEnabledAsync();
        await Expect(tab.Page.GetByText("the role viewer")).ToBeVisibleAsync();
        tab.AssertQuiet();
    }

    [Fact]
    public async Task OpenPage_OfSomebodyWhoIsRemoved_LosesAccessWithoutReload()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        await tab.Page.GotoAsync(await server.InviteAsync("Eve <script>alert(1)</script>", "viewer"));
        await Expect(new BoardPage(tab).Title).ToBeVisibleAsync();
        await tab.ConnectedAsync();
        await tab.Page.EvaluateAsync("window.notReloaded = true");

        await server.RemoveNewestPersonAsync();

        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "You are not signed in any more" })).ToBeVisibleAsync(new() { Timeout = 30_000 });
        Assert.True(await tab.Page.EvaluateAsync<bool>("window.notReloaded"));
        await tab.PictureAsync("signed-out-live-1280-light");
        tab.AssertQuiet();
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task NoPermission_SignedIn_SaysWhoAndWhatToDo(int width, ColorScheme scheme)
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server, width, scheme);
        await tab.Page.GotoAsync("/sign-in");
        await tab.PictureAsync($"sign-in-{width}-{scheme}".ToLowerInvariant());
        await tab.Page.GotoAsync(await server.InviteAsync("Zoë Quarterly-Reviewer", "viewer"));

        await tab.Page.GotoAsync("/no-permission");

        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Your roles do not allow this" })).ToBeVisibleAsync();
        await tab.Page.GetByLabel("Account: Zoë Quarterly-Reviewer").ClickAsync();
        await tab.PictureAsync($"no-permission-{width}-{scheme}".ToLowerInvariant());
        await tab.AssertFitsAsync();
        tab.AssertQuiet();
    }

    [Fact]
    public async Task UnknownPage_SignedIn_IsAPageWithAWayBack()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        await new BoardPage(tab).OpenAsync();

        var answer = await tab.Page.GotoAsync("/no-such-page");

        Assert.Equal(404, answer!.Status);
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "There is no such page" })).ToBeVisibleAsync();
        await tab.PictureAsync("not-found-1280-light");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Go to the board" }).ClickAsync();
        await Expect(new BoardPage(tab).Title).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Theme_Toggled_HoldsAfterReloadWithoutAFlash()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server, scheme: ColorScheme.Dark);
        await new BoardPage(tab).OpenAsync();
        await Expect(tab.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Change between light and dark" }).ClickAsync();
        // Set before the body exists, so nothing can be painted in the other theme.
        await tab.Page.AddInitScriptAsync("new MutationObserver(() => { if (document.body && !window.themeAtBody) window.themeAtBody = document.documentElement.dataset.theme; }).observe(document, { childList: true, subtree: true })");
        await tab.Page.ReloadAsync();

        await Expect(tab.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        Assert.Equal("light", await tab.Page.EvaluateAsync<string>("window.themeAtBody"));
    }
}
