using System.Reflection;
using Microsoft.AspNetCore.Components;
using Microsoft.Playwright;
using ReleaseTracks.Access;
using ReleaseTracks.Browser.Tests.Features;
using ReleaseTracks.Browser.Tests.Harness;
using ReleaseTracks.Server;
using static Microsoft.Playwright.Assertions;

namespace ReleaseTracks.Browser.Tests.Pages;

/// <summary>What holds for every page there is. A page without a row fails the first test.</summary>
public sealed class EveryPageTests(PagesFixture pages, Chromium chromium) : IClassFixture<PagesFixture>
{
    private static readonly string[] ForEverybody = ["/me", "/sign-in", "/no-permission", "/fault"];
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 60_000 };

    public static TheoryData<string> Names => [.. PageRow.All.Select(row => row.Name)];

    public static TheoryData<string> Closed => [.. PageRow.All.Where(row => !ForEverybody.Contains(row.Template)).DistinctBy(row => row.Template).Select(row => row.Name)];

    [Fact]
    public void Pages_OfTheServer_AllHaveARow() => Assert.Empty(typeof(ServerApp).Assembly.GetTypes()
        .SelectMany(type => type.GetCustomAttributes<RouteAttribute>()).Select(route => route.Template)
        .Except(PageRow.All.Select(row => row.Template)));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Page_LightDarkWideNarrow_IsAccessibleAndFits(string name)
    {
        var row = PageRow.All.Single(one => one.Name == name);
        await pages.FreshenAsync();
        foreach (var (scheme, width) in FeaturePageTests.Variants())
        {
            if (row.IsAlone)
            {
                await using var alone = await chromium.OpenAsync(pages.Server, width, scheme);
                if (row.Name == "not-found")
                    await alone.SignInAsync();
                await LookAsync(row, alone, scheme, width);
            }
            else
            {
                var tab = await pages.TabAsync(scheme, width);
                await LookAsync(row, tab, scheme, width);
                tab.AssertQuiet();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Closed))]
    public async Task Page_OfSomebodyWithoutARole_SaysSoAndShowsNothing(string name)
    {
        var row = PageRow.All.Single(one => one.Name == name);
        var tab = await pages.NobodyAsync();

        await tab.Page.GotoAsync(pages.AddressOf(row));

        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Your roles do not allow this", new() { Timeout = 60_000 });
        await Expect(tab.Page.GetByText("Smart replies")).ToHaveCountAsync(0);
        await Expect(tab.Page.GetByRole(AriaRole.Navigation)).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData(Roles.Viewer)]
    [InlineData(Roles.Product)]
    [InlineData(Roles.Sre)]
    [InlineData(Roles.Approver)]
    public async Task AccessPage_OfEveryRoleButAdmin_SaysSo(string role)
    {
        await using var tab = await pages.SignInAsync(role);

        await tab.Page.GotoAsync("/access");

        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Your roles do not allow this", new() { Timeout = 60_000 });
        await Expect(tab.Page.GetByText("Keys of products")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Page_WhoseReaderLosesTheRole_SaysSoByItself()
    {
        await using var tab = await pages.SignInAsync(Roles.Viewer, Roles.Admin);
        await tab.Page.GotoAsync("/access");
        await tab.ConnectedAsync();
        await Expect(tab.Page.GetByText("Keys of products")).ToBeVisibleAsync(Soon);

        await pages.GiveNewestAsync(Roles.Viewer);

        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Your roles do not allow this", new() { Timeout = 60_000 });
        await Expect(tab.Page.GetByText("Keys of products")).ToHaveCountAsync(0);
    }

    private async Task LookAsync(PageRow row, Tab tab, ColorScheme scheme, int width)
    {
        await tab.Page.GotoAsync(pages.AddressOf(row));
        await Expect(tab.Page.Locator("html")).ToHaveAttributeAsync("data-theme", scheme == ColorScheme.Dark || row.Name == "wall" ? "dark" : "light");
        if (row.Name == "ledger")
        {
            await tab.ConnectedAsync();
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Verify in this browser" }).ClickAsync();
        }

        await Expect(tab.Page.GetByText(row.Ready).First).ToBeVisibleAsync(Soon);
        await tab.PictureAsync($"{row.Name}-{width}-{FeaturePageTests.Name(scheme)}");
        await tab.AssertFitsAsync();
        // Each theme and each width once.
        if (scheme == ColorScheme.Dark == (width == 390))
            await tab.AssertAccessibleAsync();
    }
}
