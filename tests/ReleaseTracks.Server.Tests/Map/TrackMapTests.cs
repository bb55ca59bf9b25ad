using Bunit;
using ReleaseTracks.Server.Map;

namespace ReleaseTracks.Server.Tests.Map;

public sealed class TrackMapTests : BunitContext
{
    public TrackMapTests() => JSInterop.Mode = JSRuntimeMode.Loose;

    [Fact]
    public void TrackMap_Drawn_TellsEveryFeatureInWords()
    {
        var map = Draw(new MapStory().Add("f").RollBack("f").Add("g"));

        Assert.Equal(["f: AI, 100 % of users, Rolled back", "g: AI, 100 % of users, Healthy"], map.FindAll(".node > title").Select(title => title.TextContent).Order(StringComparer.Ordinal));
        Assert.Contains(map.FindAll(".event title"), title => title.TextContent.StartsWith("f: rolled back on AI, 2026-11-22", StringComparison.Ordinal));
    }

    [Fact]
    public void TrackMap_TabKey_StopsOnceAndTheArrowsGoOn() =>
        Assert.Equal(["0", "-1", "-1"], Draw(new MapStory().Add("f", "g", "h")).FindAll(".node").Select(node => node.GetAttribute("tabindex")));

    [Fact]
    public void TrackMap_Chosen_IsPressedAndTheOthersStepBack()
    {
        var map = Draw(new MapStory().Add("f", "g"), selected: "g");

        Assert.Equal("true", map.Find(".node[data-key=g]").GetAttribute("aria-pressed"));
        Assert.Contains("dim", map.Find(".node[data-key=f]").ClassName, StringComparison.Ordinal);
        Assert.Equal("0", map.Find(".node[data-key=g]").GetAttribute("tabindex"));
    }

    [Fact]
    public void TrackMap_Clicked_SaysWhichFeature()
    {
        var chosen = "";
        var map = Draw(new MapStory().Add("f", "g"), select: key => chosen = key);

        map.Find(".node[data-key=g]").Click();

        Assert.Equal("g", chosen);
    }

    [Fact]
    public void TrackMap_NameWithMarkup_StaysText()
    {
        var story = new MapStory().Change("""[{"op":"feature.put","feature":{"key":"f","name":"<script>x</script>","variants":{"off":false,"on":true},"fallback":"off"}}]""");

        Assert.Empty(Draw(story).FindAll("script"));
    }

    private IRenderedComponent<TrackMap> Draw(MapStory story, string? selected = null, Action<string>? select = null) => Render<TrackMap>(map => map
        .Add(one => one.Model, story.Draw())
        .Add(one => one.Label, "Map")
        .Add(one => one.Selected, selected)
        .Add(one => one.OnSelect, key => select?.Invoke(key)));
}
