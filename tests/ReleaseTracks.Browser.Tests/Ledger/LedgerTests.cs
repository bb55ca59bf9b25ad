using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Harness;
using ReleaseTracks.Server.Ledger.Reading;
using static Microsoft.Playwright.Assertions;

namespace ReleaseTracks.Browser.Tests.Ledger;

public sealed class LedgerTests(Chromium chromium)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 60_000 };

    [Fact]
    public async Task Verify_TwiceWithChangesBetween_ProvesThatNothingWasRewritten()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await OpenAsync(server);

        await VerifyAsync(tab);
        await Expect(tab.Page.GetByText("First look")).ToBeVisibleAsync(Soon);
        var seen = server.Revision;
        await server.AddFeatureAsync("drafts", "Drafts");
        // The last entry of a plan: nothing more is appended while it is verified.
        await Expect(tab.Page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "plan.verified" })).ToHaveCountAsync(2, new() { Timeout = 60_000 });
        await VerifyAsync(tab);

        await Expect(tab.Page.GetByText($"The {seen} entries this browser has seen are all still there, unchanged.")).ToBeVisibleAsync(Soon);
        await Expect(tab.Page.GetByText("The ledger holds.")).ToBeVisibleAsync();
        await Expect(tab.Page.GetByText($"All {server.Revision} are in the tree under that root.")).ToBeVisibleAsync();
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Verify_EntryTamperedWith_SaysWhich()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await OpenAsync(server);
        await tab.Page.RouteAsync(new Regex("/api/v1/ledger\\?from=3&"), async route =>
        {
            var answer = await route.FetchAsync();
            await route.FulfillAsync(new() { Response = answer, Body = (await answer.TextAsync()).Replace("\"title\":\"Test\"", "\"title\":\"Tent\"", StringComparison.Ordinal) });
        });

        await VerifyAsync(tab);

        await Expect(tab.Page.GetByText("Not in the tree under that root: 3.")).ToBeVisibleAsync(Soon);
        await Expect(tab.Page.GetByText("The ledger does not hold")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("""({ ...known, size: 999 })""", "This browser has seen 999 entries, and now there are only {now}.")]
    [InlineData("""({ ...known, size: 3 })""", "The first 3 entries are not those that this browser has seen.")]
    [InlineData("""({ ...known, origin: 'releasetracks/other' })""", "This browser knows ledger releasetracks/other")]
    public async Task Verify_LedgerThatIsNotTheOneSeenBefore_DoesNotHold(string change, string told)
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await OpenAsync(server);
        await VerifyAsync(tab);
        await Expect(tab.Page.GetByText("First look")).ToBeVisibleAsync(Soon);
        await tab.Page.EvaluateAsync($"(() => {{ const known = JSON.parse(localStorage.getItem('rt.checkpoint')); localStorage.setItem('rt.checkpoint', JSON.stringify({change})); }})()");

        await VerifyAsync(tab);

        await Expect(tab.Page.GetByText(told.Replace("{now}", $"{server.Revision}", StringComparison.Ordinal))).ToBeVisibleAsync(Soon);
        await Expect(tab.Page.GetByText("The ledger does not hold")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Verify_CheckpointSignedBySomebodyElse_DoesNotHold()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await OpenAsync(server);
        await tab.Page.RouteAsync("**/api/v1/ledger/checkpoint", async route =>
        {
            var answer = await route.FetchAsync();
            // Another size under the same signature.
            await route.FulfillAsync(new() { Response = answer, Body = (await answer.TextAsync()).Replace($"\n{server.Revision}\n", "\n3\n", StringComparison.Ordinal) });
        });

        await VerifyAsync(tab);

        await Expect(tab.Page.GetByText("The signature is not of this checkpoint.")).ToBeVisibleAsync(Soon);
        await Expect(tab.Page.GetByText("The ledger does not hold")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Ledger_Searched_ShowsWhatMatchesAndWhatItChanged()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await OpenAsync(server);
        await server.PostAsync("/api/v1/features/smart-replies/kill", new { reason = "Legal asked for it" });

        await Expect(tab.Page.GetByRole(AriaRole.Searchbox)).ToBeEnabledAsync(new() { Timeout = 60_000 });
        await tab.Page.GetByRole(AriaRole.Searchbox).PressSequentiallyAsync("legal");
        await Expect(tab.Page).ToHaveURLAsync(new Regex("q=legal"), new() { Timeout = 60_000 });
        var entry = tab.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("Killed on every track: Smart replies") });
        await Expect(entry).ToBeVisibleAsync(Soon);
        await Expect(tab.Page.GetByText("Plan applied")).ToHaveCountAsync(0);
        await entry.ClickAsync();

        var diff = tab.Page.GetByRole(AriaRole.Region, new() { Name = "Before and after of Feature smart-replies" });
        await Expect(diff.Locator(".gone")).ToContainTextAsync("\"killed\": false", new() { Timeout = 60_000 });
        await Expect(diff.Locator(".came")).ToContainTextAsync("\"killed\": true");
        await Expect(tab.Page).ToHaveURLAsync(new Regex($"entry={server.Revision}$"));
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Ledger_SearchThatStopsBeforeAMatch_OffersToLookFurtherBack()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await OpenAsync(server);
        // As far as to the entry right after the one that is looked for.
        server.Get<LedgerReader>().MostScanned = (int)server.Revision - 1;

        await tab.Page.GotoAsync("/ledger?q=opened");
        var further = tab.Page.GetByRole(AriaRole.Link, new() { Name = "Look further back" });
        await Expect(further).ToBeVisibleAsync(Soon);
        await further.ClickAsync();

        await Expect(tab.Page.GetByText("The ledger was opened")).ToBeVisibleAsync(Soon);
    }

    [Fact]
    public async Task Ledger_Exported_IsTheEntriesAsTheyAreHashed()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await OpenAsync(server);

        var download = await tab.Page.RunAndWaitForDownloadAsync(() => tab.Page.GetByRole(AriaRole.Link, new() { Name = "Export all" }).ClickAsync());

        await using var stream = await download.CreateReadStreamAsync();
        using var reader = new StreamReader(stream);
        var lines = (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(server.Revision, lines.Length);
        Assert.All(lines, line => ReleaseTracks.Ledger.LedgerEntryCodec.Read(System.Text.Encoding.UTF8.GetBytes(line)));
    }

    private async Task<Tab> OpenAsync(LiveServer server)
    {
        await server.AddFeatureAsync("smart-replies", "Smart replies");
        var tab = await chromium.OpenAsync(server);
        await tab.SignInAsync();
        await tab.Page.GotoAsync("/ledger");
        await Expect(tab.Page.GetByText("The ledger was opened")).ToBeVisibleAsync(Soon);
        return tab;
    }

    private static async Task VerifyAsync(Tab tab)
    {
        var button = tab.Page.GetByRole(AriaRole.Button, new() { Name = "Verify in this browser" });
        await button.ClickAsync();
        await Expect(button).ToBeEnabledAsync(new() { Timeout = 60_000 });
    }
}
