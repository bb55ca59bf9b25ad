using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Harness;
using ReleaseTracks.Server.Objectives;
using static Microsoft.Playwright.Assertions;

namespace ReleaseTracks.Browser.Tests.Objectives;

public sealed class BudgetsTests(Chromium chromium)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 60_000 };

    [Fact]
    public async Task Budgets_NewData_IsOnAnOpenPageAfterTheRound()
    {
        string[] features = ["one", "two", "three", "four", "five"];
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        foreach (var feature in features)
            await server.AddFeatureAsync(feature, "Feature " + feature);
        var published = new ConcurrentDictionary<string, double>();
        var board = server.Get<BudgetBoard>();
        board.Changed += () =>
        {
            foreach (var row in board.Rows().Where(row => row is { Key.Objective: "availability", Key.Feature: not null, DataAt: not null }))
                published.TryAdd(row.Key.Feature!, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        };
        await tab.SignInAsync();
        await tab.Page.GotoAsync("/budgets?track=ai");
        await Expect(tab.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Feature five" }).First).ToContainTextAsync("no data");
        await tab.Page.EvaluateAsync("""
            names => {
              window.seen = {};
              new MutationObserver(() => {
                for (const row of document.querySelectorAll('[role=row]'))
                  for (const name of names)
                    if (row.innerText.includes('Feature ' + name) && row.innerText.includes('availability') && !row.innerText.includes('no data'))
                      window.seen[name] ??= Date.now();
              }).observe(document.body, { subtree: true, childList: true, characterData: true });
            }
            """, features);

        foreach (var feature in features)
        {
            await server.ReportAsync(feature, 100, 0);
            await tab.Page.WaitForFunctionAsync("name => window.seen[name]", feature, new() { Timeout = 60_000 });
        }

        var seen = await tab.Page.EvaluateAsync<Dictionary<string, double>>("window.seen");
        var delays = features.Select(feature => seen[feature] - published[feature]).Order().ToArray();
        TestContext.Current.TestOutputHelper!.WriteLine($"From the round to the page, ms: {string.Join(", ", delays)}");
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Budgets_AThousandRows_AreVirtualised()
    {
        const int features = 334;
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        await server.ApplyAsync([.. Enumerable.Range(0, features).Select(number => Feature(number))]);
        await tab.SignInAsync();

        await tab.Page.GotoAsync("/budgets?sort=name");
        await Expect(tab.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^All 1") })).ToContainTextAsync("1008", new() { Timeout = 60_000 });
        var took = await tab.Page.EvaluateAsync<double>("(() => { const at = performance.getEntriesByType('navigation')[0]; return at.responseEnd - at.requestStart; })()");
        await Expect(tab.Page.GetByText("Feature 000").First).ToBeVisibleAsync(Soon);
        // None for a moment, when the rows that came with the page make room for those that follow the window.
        await tab.ConnectedAsync();
        var seen = await tab.Page.WaitForFunctionAsync("() => { const rows = document.querySelectorAll('[role=row]').length; return rows >= 5 && rows; }", null, new() { Timeout = 60_000 });
        var rows = await seen.JsonValueAsync<int>();
        await tab.Page.WaitForFunctionAsync(
            "() => { scrollTo(0, document.body.scrollHeight); return document.querySelector('[role=table]').innerText.includes('Stable as a whole'); }",
            null,
            new() { Timeout = 60_000 });

        TestContext.Current.TestOutputHelper!.WriteLine($"1,008 rows: page in {took:0} ms, {rows} rows in the document");
        Assert.InRange(rows, 5, 60);
        await tab.Page.WaitForFunctionAsync("() => document.querySelectorAll('[role=row]').length < 60", null, new() { Timeout = 60_000 });
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Budgets_Filtered_KeepsTheFilterInTheAddress()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        await server.AddFeatureAsync("smart-replies", "Smart replies");
        await server.AddFeatureAsync("drafts", "Drafts");
        await tab.SignInAsync();
        await tab.Page.GotoAsync("/budgets");
        var rows = tab.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Smart replies" });
        await Expect(rows).ToHaveCountAsync(3, new() { Timeout = 60_000 });

        await Expect(tab.Page.GetByRole(AriaRole.Searchbox)).ToBeEnabledAsync(new() { Timeout = 60_000 });
        await tab.Page.GetByRole(AriaRole.Searchbox).PressSequentiallyAsync("smart replies");
        await Expect(tab.Page).ToHaveURLAsync(new Regex("q=smart(%20|\\+)replies"));
        await Expect(tab.Page.GetByText("Drafts")).ToHaveCountAsync(0);
        await tab.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Error") }).ClickAsync();
        await tab.Page.GetByLabel("Order").SelectOptionAsync("Burn");
        await Expect(tab.Page).ToHaveURLAsync(new Regex("sort=burn"));
        await tab.Page.ReloadAsync();

        await Expect(rows).ToHaveCountAsync(3, new() { Timeout = 60_000 });
        await Expect(tab.Page.GetByRole(AriaRole.Searchbox)).ToHaveValueAsync("smart replies");
        await Expect(tab.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Error") })).ToHaveAttributeAsync("aria-current", "true");
        Assert.Contains("verdict=error", tab.Page.Url, StringComparison.Ordinal);

        // Hiding what cannot be measured is no good news.
        await tab.Page.GotoAsync("/budgets?q=nothing-is-called-this");
        await Expect(tab.Page.GetByText("No budget matches")).ToBeVisibleAsync();
        await Expect(tab.Page.GetByText("cannot be measured.")).ToBeVisibleAsync();
        await Expect(tab.Page.GetByText("None has failed")).ToHaveCountAsync(0);
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Wall_Opened_HasNoChromeAndIsDarkForALightSystem()
    {
        await using var server = await LiveServer.StartAsync();
        await using var tab = await chromium.OpenAsync(server);
        await server.AddFeatureAsync("smart-replies", "Smart replies");
        await tab.SignInAsync();

        await tab.Page.GotoAsync("/budgets?wall=1");

        await Expect(tab.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await Expect(tab.Page.GetByText("Smart replies").First).ToBeVisibleAsync(Soon);
        await Expect(tab.Page.GetByRole(AriaRole.Banner)).ToHaveCountAsync(0);
        await Expect(tab.Page.GetByRole(AriaRole.Navigation)).ToHaveCountAsync(0);
        await tab.Page.SetViewportSizeAsync(1920, 1080);
        // About 20 mm on a 55-inch screen: letters of that size are read from well over three metres.
        await Expect(tab.Page.GetByText("Smart replies").First).ToHaveCSSAsync("font-size", new Regex(@"^(3[6-9]|[4-9]\d)(\.\d+)?px$"), new() { Timeout = 60_000 });
        await tab.PictureAsync("wall-1920");
        tab.AssertQuiet();
    }

    private static object Feature(int number) => new
    {
        op = "feature.put",
        feature = new
        {
            key = $"feature-{number:000}",
            name = $"Feature {number:000}",
            ai = true,
            variants = new Dictionary<string, bool> { ["off"] = false, ["on"] = true },
            fallback = "off",
            disclosure = new { version = 1, text = "An AI model writes these." },
            releases = new { ai = new[] { new { variant = "on", weight = 100 } } },
        },
    };
}
