using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace ReleaseTracks.Browser.Tests.Harness;

/// <summary>Somebody without a mouse. Every stop of the focus must be visible. Settled: the focus is where it should be already.</summary>
internal sealed class Keyboard(Tab tab, bool settled = false)
{
    private const int MostStops = 80;
    private bool settled = settled;

    private const string Focused = """
        async () => {
          // An outline may fade in; two frames later it stands.
          await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
          const at = document.activeElement;
          const style = getComputedStyle(at);
          const label = at.getAttribute('aria-label') ?? at.labels?.[0]?.innerText ?? at.innerText ?? '';
          return [label.trim(), style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 ? 'visible' : `hidden (${style.outlineStyle} ${style.outlineWidth}, focus-visible ${at.matches(':focus-visible')}) on ${at.outerHTML.slice(0, 200)}`];
        }
        """;

    public Task PressAsync(string key) => tab.Page.Keyboard.PressAsync(key);

    public Task TypeAsync(string text) => tab.Page.Keyboard.TypeAsync(text);

    /// <summary>Instead of what stands in the focused field.</summary>
    public async Task ReplaceAsync(string text)
    {
        await PressAsync("Control+A");
        await TypeAsync(text);
    }

    public async Task TabToAsync(Regex name)
    {
        await SettleAsync();
        for (var stop = 0; stop < MostStops; stop++)
        {
            await PressAsync("Tab");
            var focused = await tab.Page.EvaluateAsync<string[]>(Focused);
            if (!name.IsMatch(focused[0]))
                continue;
            Assert.Equal("visible", focused[1]);
            return;
        }

        Assert.Fail($"{MostStops} stops of the focus, and none was {name}.");
    }

    /// <summary>A page that gets its connection puts the focus on its heading, wherever it was.</summary>
    private async Task SettleAsync()
    {
        if (settled)
            return;
        await tab.ConnectedAsync();
        await Assertions.Expect(tab.Page.Locator("h1:focus")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        settled = true;
    }
}
