using ReleaseTracks.Server.Map;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Map;

public sealed class MapLayoutTests
{
    [Fact]
    public void Map_FeatureThatMatures_MovesFromLaneToLane()
    {
        var map = new MapStory().Add("f").Release("f", "ai", 25).Release("f", "innovative", 50).Draw();

        var node = Assert.Single(map.Nodes);
        Assert.Equal((TrackKey.Innovative, 50d, "Healthy"), (node.Lane, node.Percent, node.Look.Text));
        var move = Assert.Single(map.Links, link => link.IsMove);
        Assert.Equal((TrackKey.Ai, TrackKey.Innovative), (move.Event.From, move.Event.To));
        Assert.True(move.FromY < move.ToY, "AI is above Innovative.");
        Assert.Equal(node.Y, move.ToY);
        Assert.Equal([100d, 25, 50], map.Stretches.Select(stretch => stretch.Percent));
        Assert.Equal(map.Size.Right, map.Stretches[^1].To);
    }

    [Fact]
    public void Map_RolledBackAndCleared_IsHeldInBetween()
    {
        var map = new MapStory().Add("f").RollBack("f").Change("""[{"op":"rollback.clear","feature":"f","track":"ai"}]""").Draw();

        Assert.Equal([MapStretchState.Serving, MapStretchState.Held, MapStretchState.Serving], map.Stretches.Select(stretch => stretch.State));
        Assert.Equal([FeatureEventKind.Added, FeatureEventKind.RolledBack, FeatureEventKind.Cleared], map.Links.Select(link => link.Event.Kind));
        Assert.All(map.Links, link => Assert.False(link.IsMove));
        Assert.False(Assert.Single(map.Nodes).IsHeld);
    }

    [Fact]
    public void Map_RolledBackOnAHigherTrack_KeepsServingWhereItIs()
    {
        var map = new MapStory().Add("f").Release("f", "stable").RollBack("f").Draw();

        Assert.All(map.Stretches, stretch => Assert.Equal(MapStretchState.Serving, stretch.State));
        Assert.True(Assert.Single(map.Nodes).IsHeld);
    }

    [Fact]
    public void Map_InThePast_ShowsWhatWasThenAndNothingLater()
    {
        var story = new MapStory().Add("f");
        var then = story.Revision;
        story.Add("g").Release("f", "stable").Kill("f");

        var (past, now) = (story.Draw(then), story.Draw());

        Assert.Equal(TrackKey.Ai, Assert.Single(past.Nodes).Lane);
        Assert.Equal("Served", past.Nodes[0].Look.Text);
        Assert.True(past.Playhead < past.Size.Right);
        Assert.All(past.Links, link => Assert.True(link.Event.Seq <= then));
        Assert.Equal((0, past.Steps.Length - 1), (past.At, now.At));
        Assert.Equal(now.Steps, past.Steps);
        Assert.Equal(now.Lanes.Select(lane => (lane.Top, lane.Height)), past.Lanes.Select(lane => (lane.Top, lane.Height)));
    }

    [Fact]
    public void Map_BeforeAnythingHappened_IsEmptyLanes()
    {
        var map = new MapStory().Add("f").Draw(1);

        Assert.Empty(map.Nodes);
        Assert.Empty(map.Stretches);
        Assert.Equal(-1, map.At);
        Assert.Equal(3, map.Lanes.Length);
    }

    [Fact]
    public void Map_EmptyLedger_HasNoSteps() => Assert.Empty(new MapStory().Draw().Steps);

    [Fact]
    public void Map_NotReleased_HasALaneOfItsOwn()
    {
        var map = new MapStory().Change("""[{"op":"feature.put","feature":{"key":"f","variants":{"off":false,"on":true},"fallback":"off"}}]""").Draw();

        Assert.Null(Assert.Single(map.Nodes).Lane);
        Assert.Equal("Not released", map.Lanes[0].Name);
    }

    [Fact]
    public void Map_ArchivedAndPutAgain_LeavesAndComesBack()
    {
        var story = new MapStory().Add("f", "g").Change("""[{"op":"feature.archive","feature":"f"}]""");
        var without = story.Draw();
        var again = story.Add("f").Draw();

        Assert.Equal("g", Assert.Single(without.Nodes).Key);
        Assert.Equal(without.Steps[1].X, Assert.Single(without.Stretches, stretch => stretch.Feature == "f").To);
        Assert.Equal(2, again.Nodes.Length);
        Assert.Equal(2, again.Stretches.Count(stretch => stretch.Feature == "f"));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(12)]
    [InlineData(60)]
    [InlineData(150)]
    public void Map_AnyNumberOfFeatures_OverlapsNowhereAtNoMoment(int count)
    {
        var story = new MapStory();
        for (var i = 0; i < count; i++)
        {
            story.Add("f" + i);
            if (i >= 2 && i % 2 == 0)
                story.Release("f" + (i - 2), "innovative", 20);
            if (i >= 5 && i % 3 == 0)
                story.Release("f" + (i - 5), "stable");
        }

        for (var at = 3L; at <= story.Revision; at += Math.Max(1, story.Revision / 12))
        {
            var map = story.Draw(at);
            AssertApart(map);
            AssertInside(map);
        }
    }

    [Fact]
    public void Map_MoreThanFit_ShowsThoseThatChangedLast()
    {
        var story = new MapStory();
        for (var i = 0; i < MapLayout.MostFeatures + 5; i++)
            story.Add("f" + i);

        var map = story.Draw();

        Assert.Equal((MapLayout.MostFeatures, 5), (map.Nodes.Length, map.Hidden));
        Assert.DoesNotContain(map.Nodes, node => node.Key == "f0");
    }

    [Fact]
    public void Map_LongHistory_CollapsesTheOldestAtTheLeftEdge()
    {
        var story = new MapStory().Add("f", "g");
        for (var i = 0; i < MapLayout.MostSteps + 40; i++)
            story.Release("f", "ai", i % 2 == 0 ? 50 : 100);

        var map = story.Draw();

        Assert.Equal(MapLayout.MostSteps, map.Steps.Length);
        Assert.Equal(map.Steps[0].X, map.Stretches.Where(stretch => stretch.Feature == "g").Min(stretch => stretch.From));
        Assert.All(map.Links, link => Assert.True(link.Event.Seq >= map.Steps[0].Seq));
    }

    [Fact]
    public void Map_Filtered_HasOnlyWhatMatches() =>
        Assert.Equal("g", Assert.Single(new MapStory().Add("f", "g").Draw(shows: feature => feature.Config.Key == "g").Nodes).Key);

    private static void AssertApart(MapModel map)
    {
        foreach (var column in map.Nodes.GroupBy(node => node.X))
        {
            foreach (var (a, b) in column.OrderBy(node => node.Y).Zip(column.OrderBy(node => node.Y).Skip(1)))
                Assert.True(b.Y - a.Y >= map.Size.NodeHeight + 2, $"{a.Key} and {b.Key} overlap.");
        }

        foreach (var row in map.Stretches.GroupBy(stretch => stretch.Y))
        {
            foreach (var (a, b) in row.OrderBy(stretch => stretch.From).Zip(row.OrderBy(stretch => stretch.From).Skip(1)))
                Assert.True(b.From >= a.To - 0.001, $"{a.Feature} and {b.Feature} are on one line at the same time.");
        }
    }

    private static void AssertInside(MapModel map)
    {
        foreach (var node in map.Nodes)
        {
            var lane = map.Lanes.Single(one => one.Track == node.Lane);
            Assert.InRange(node.Y - (map.Size.NodeHeight / 2), lane.Top, lane.Top + lane.Height - map.Size.NodeHeight);
            Assert.InRange(node.X + map.Size.NodeWidth, 0, map.Size.Width);
        }

        Assert.All(map.Stretches, stretch => Assert.InRange(stretch.To, stretch.From, map.Size.Right));
    }
}
