using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Harness;
using ReleaseTracks.Browser.Tests.Pages;
using ReleaseTracks.Server.Tests.Sessions;
using static Microsoft.Playwright.Assertions;

namespace ReleaseTracks.Browser.Tests.Access;

/// <summary>A browser keeps cookies from foreign sites, which an HTTP client does not: the whole way, with both.</summary>
public sealed class OidcTests(Chromium chromium)
{
    [Fact]
    public async Task SignIn_WithTheProvider_LeadsToTheBoardOrSaysWhyNot()
    {
        await using var provider = new IdentityProvider();
        await provider.InitializeAsync();
        await using var server = await LiveServer.StartAsync(
            $"--ReleaseTracks:Access:Oidc:Authority={provider.Authority}",
            $"--ReleaseTracks:Access:Oidc:ClientId={IdentityProvider.ClientId}",
            $"--ReleaseTracks:Access:Oidc:ClientSecret={IdentityProvider.ClientSecret}");
        await using var tab = await chromium.OpenAsync(server);
        await tab.Page.GotoAsync("/");
        var link = tab.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in with localhost" });
        await link.ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("You may not sign in here.", new() { Timeout = 60_000 });
        await tab.PictureAsync("sign-in-no-role-1280-light");

        (provider.Name, provider.Roles) = ("Ada Byron", ["viewer"]);
        await link.ClickAsync();

        await Expect(new BoardPage(tab).Title).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(tab.Page.GetByLabel("Account: Ada Byron")).ToBeVisibleAsync();
    }
}
