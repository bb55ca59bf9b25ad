using CsCheck;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Tests.Snapshots;

public sealed class HistoryTests
{
    private static History<string> Fill(History<string> history, int count, bool finished, string prefix = "i") =>
        Enumerable.Range(0, count).Aggregate(history, (before, i) => before.Set(prefix + i, "item " + i, finished));

    [Fact]
    public void Set_Replaced_KeepsItsPlace()
    {
        var history = Fill(History<string>.Empty, 3, finished: false).Set("i0", "changed", isFinished: true);
        Assert.Equal(["changed", "item 1", "item 2"], history.All);
        Assert.Equal(("changed", 3), (history.Find("i0"), history.Count));
        Assert.Null(history.Find("nope"));
    }

    [Fact]
    public void Finished_BeyondTheBound_TheOldestGoes()
    {
        var history = Fill(History<string>.Empty, History.Most + 5, finished: true);
        Assert.Equal(History.Most, history.Count);
        Assert.Null(history.Find("i4"));
        Assert.Equal("item 5", history.All.First());
    }

    [Fact]
    public void Open_HoweverMany_AreNeverDropped()
    {
        var history = Fill(Fill(History<string>.Empty, History.Most + 50, finished: false), History.Most + 50, finished: true, "done");
        Assert.Equal((2 * History.Most) + 50, history.Count);
        Assert.NotNull(history.Find("i0"));
        Assert.Null(history.Find("done49"));
    }

    [Fact]
    public void Set_Older_IsNotChanged()
    {
        var before = Fill(History<string>.Empty, 2, finished: false);
        _ = before.Set("i0", "changed", isFinished: true);
        Assert.Equal("item 0", before.Find("i0"));
    }

    [Fact]
    public void Set_RandomOrder_EqualsASimpleModel() =>
        Gen.Select(Gen.Int[0, 20], Gen.Bool).Array[0, 60].Sample(sets =>
        {
            var history = History<string>.Empty;
            var model = new List<(string Id, string Item, bool Finished)>();
            foreach (var ((id, finished), i) in sets.Select((set, i) => (set, i)))
            {
                history = history.Set("k" + id, "v" + i, finished);
                var at = model.FindIndex(known => known.Id == "k" + id);
                if (at < 0)
                    model.Add(("k" + id, "v" + i, finished));
                else
                    model[at] = ("k" + id, "v" + i, finished);
            }

            Assert.Equal(model.Select(known => known.Item), history.All);
            Assert.Equal(model.Where(known => !known.Finished).Select(known => known.Item), history.Open);
        });
}
