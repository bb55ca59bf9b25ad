using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Harness;
using ReleaseTracks.Browser.Tests.Pages;
using static Microsoft.Playwright.Assertions;

namespace ReleaseTracks.Browser.Tests.Access;

public sealed class SignInTests(Chromium chromium)
{
    [Theory]
    [InlineData("/")]
    [InlineData("/no-such-page")]
    public async Task Page_NotSignedIn_LeadsToSignIn(string path)
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);

        await tab.Page.GotoAsync(path);

        await Expect(tab.Page).ToHaveURLAsync(server.Url + "/sign-in");
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
        await new BoardPage(tab).OpenAsync();

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(tab.Page).ToHaveURLAsync(server.Url + "/sign-in");
        await tab.Page.GotoAsync("/");

        await Expect(tab.Page).ToHaveURLAsync(server.Url + "/sign-in");
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
