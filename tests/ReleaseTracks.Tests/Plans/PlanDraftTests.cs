using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Plans;

public sealed class PlanDraftTests
{
    private static void Says(string changes, string path, string message) =>
        Assert.Equal(new InputError(path, message), Assert.Single(Make.ChangeErrors(Make.Snapshot(Make.Feature(ai: "on:100")), changes)));

    [Theory]
    [InlineData("[]", "", "Must be an object.")]
    [InlineData("null", "", "Missing: give an object.")]
    [InlineData("{}", "changes", "Give at least one change.")]
    [InlineData("""{"changes":[]}""", "changes", "Give at least one change.")]
    [InlineData("""{"changes":{}}""", "changes", "Must be an array.")]
    [InlineData("""{"changes":[1]}""", "changes[0]", "Must be an object.")]
    [InlineData("""{"title":1,"changes":[{"op":"feature.archive","feature":"f"}]}""", "title", "Must be a string.")]
    [InlineData("""{"titel":"t","changes":[{"op":"feature.archive","feature":"f"}]}""", "titel", "Unknown member; known here: title, reason, changes.")]
    public void Body_Bad_IsRefusedWithPathAndFix(string body, string path, string message) =>
        Assert.Equal(new InputError(path, message), Assert.Single(Make.Errors(Make.Snapshot(Make.Feature()), body)));

    [Theory]
    [InlineData("""{"op":"feature.delete"}""", "op", "Unknown change; known are feature.put, feature.archive, feature.revive, release.set, release.remove, rollback.clear, track.put, organisation.put, destination.put and destination.remove.")]
    [InlineData("""{"feature":"f"}""", "op", "Missing: give a string.")]
    [InlineData("""{"op":1}""", "op", "Must be a string.")]
    [InlineData("""{"op":"feature.archive"}""", "feature", "Missing: give a string.")]
    [InlineData("""{"op":"feature.archive","feature":"f","reason":"r"}""", "reason", "Unknown member; known here: op, feature.")]
    [InlineData("""{"op":"feature.archive","feature":"g"}""", "feature", "There is no such feature; put it first, or correct the key.")]
    [InlineData("""{"op":"feature.archive","feature":"a/b"}""", "feature", "Must match [a-z0-9][a-z0-9-]{0,62}: lower-case letters, digits and hyphens.")]
    [InlineData("""{"op":"feature.revive","feature":"f"}""", "feature", "The feature is not killed: nothing to revive.")]
    [InlineData("""{"op":"release.set","feature":"f","track":"beta","allocation":[{"variant":"on","weight":100}]}""", "track", "Unknown track; the tracks are stable, innovative and ai.")]
    [InlineData("""{"op":"release.set","feature":"f","track":"ai","allocation":[{"variant":"x","weight":100}]}""", "allocation[0].variant", "There is no such variant; choose one of alt, off, on.")]
    [InlineData("""{"op":"release.set","feature":"g","track":"ai","allocation":[{"variant":"x","weight":100}]}""", "feature", "There is no such feature; put it first, or correct the key.")]
    [InlineData("""{"op":"release.set","feature":"f","track":"ai"}""", "allocation", "Give at least one {\"variant\",\"weight\"}.")]
    [InlineData("""{"op":"release.remove","feature":"f","track":"stable"}""", "track", "The feature has no release of its own on this track: nothing to remove.")]
    [InlineData("""{"op":"release.remove","feature":"f"}""", "track", "Missing: give a string.")]
    [InlineData("""{"op":"rollback.clear","feature":"f","track":"ai"}""", "track", "The feature is not rolled back on this track: nothing to clear.")]
    [InlineData("""{"op":"feature.put"}""", "feature", "Missing: give an object.")]
    [InlineData("""{"op":"track.put","track":{"key":"beta"}}""", "track.key", "Unknown track; the tracks are stable, innovative and ai.")]
    [InlineData("""{"op":"track.put","track":{"key":"ai","disclosure":{"version":1,"text":"other"}}}""", "track.disclosure.version", "The text changed or the version went back: the next version is 2.")]
    [InlineData("""{"op":"organisation.put","organisation":{"id":"o"}}""", "organisation.ceiling", "Missing: give a string.")]
    public void Change_Bad_IsRefusedWithPathAndFix(string change, string path, string message) => Says($"[{change}]", "changes[0]." + path, message);

    [Fact]
    public void TrackDisclosure_VersionBack_IsRefused()
    {
        var state = Make.Snapshot(Make.Feature()).With(TrackKey.Ai, model => model with { Config = model.Config with { Disclosure = new(3, "t", null) } });
        const string Put = """[{"op":"track.put","track":{"key":"ai","disclosure":{"version":2,"text":"t"}}}]""";
        Assert.Equal("The text changed or the version went back: the next version is 4.", Assert.Single(Make.ChangeErrors(state, Put)).Message);
        Make.Draft(state, Put.Replace("2", "3", StringComparison.Ordinal));
    }

    [Fact]
    public void FeatureDisclosure_TextChangedUnderTheSameVersion_IsRefused()
    {
        var state = Make.Snapshot(Make.Feature() with { Ai = true, Disclosure = new(1, "drafts replies", null) });
        Assert.Equal(
            new InputError("changes[0].feature.disclosure.version", "The text changed or the version went back: the next version is 2."),
            Assert.Single(Make.ChangeErrors(state, Put(1, "sends replies"))));
        Make.Draft(state, Put(1, "drafts replies"));
        Make.Draft(state, Put(2, "sends replies"));

        static string Put(int version, string text) => $$"""
            [{"op":"feature.put","feature":{"key":"f","ai":true,"variants":{"off":false,"on":true},"fallback":"off","disclosure":{"version":{{version}},"text":"{{text}}"} } }]
            """;
    }

    [Fact]
    public void ManyBadChanges_AllAreNamedAtOnce()
    {
        var errors = Make.ChangeErrors(Make.Snapshot(Make.Feature()), """
            [{"op":"nope"},{"op":"feature.archive","feature":"A"},{"op":"release.set","feature":"f","track":"x","allocation":[{"variant":"on","weight":1}]},
            {"op":"organisation.put","organisation":{"ceiling":"x"}},7]
            """);
        Assert.Equal(
            ["changes[0].op", "changes[1].feature", "changes[2].allocation", "changes[2].track", "changes[3].organisation.id", "changes[3].organisation.ceiling", "changes[4]"],
            errors.Select(error => error.Path));
    }

    [Theory]
    [InlineData("""{"op":"organisation.put","organisation":{"id":"o","ceiling":"beta"}}""")]
    [InlineData("""{"op":"feature.put","feature":{"key":"g","variants":{"off":false},"fallback":"off","releases":{"ai":[]}}}""")]
    [InlineData("""{"op":"feature.put","feature":{"key":"g","variants":{"off":false},"fallback":"nope"}}""")]
    [InlineData("""{"op":"track.put","track":{}}""")]
    [InlineData("""{"op":"release.set","feature":"f","track":"ai","allocation":[]}""")]
    [InlineData("""{"\ud83d":1}""")]
    public void MoreErrorsThanAreKept_IsStillRefusedAndNeverThrows(string change)
    {
        var changes = string.Join(',', Enumerable.Repeat("""{"op":"nope"}""", 100).Concat(Enumerable.Repeat(change, 10)));
        Assert.Equal(100, Make.ChangeErrors(Make.Snapshot(Make.Feature()), $"[{changes}]").Count);
    }

    [Fact]
    public void ReleaseSet_AfterABadChange_CausesNoFurtherErrors() => Says(
        """[{"op":"nope"},{"op":"release.set","feature":"f","track":"stable","allocation":[{"variant":"on","weight":100}]},{"op":"release.remove","feature":"f","track":"stable"}]""",
        "changes[0].op",
        "Unknown change; known are feature.put, feature.archive, feature.revive, release.set, release.remove, rollback.clear, track.put, organisation.put, destination.put and destination.remove.");

    [Fact]
    public void Changes_LaterOnes_SeeTheEarlierOnes()
    {
        var draft = Make.Draft(Make.Snapshot(Array.Empty<FeatureModel>()), $$"""
            [{{LedgerBuilder.PutFeature("a", ai: null)}},
            {"op":"release.set","feature":"a","track":"innovative","allocation":[{"variant":"on","weight":25},{"variant":"off","weight":75}]}]
            """);
        Assert.Equal(25, draft.After.Find("a")!.Config.Releases[TrackKey.Innovative][0].Weight);
        Assert.Null(draft.Before.Find("a"));
        Assert.Equal(["feature/a"], draft.Resources);
        Assert.Equal(("t", "r"), (draft.Title, draft.Reason));
    }

    [Fact]
    public void Put_WithoutReleases_KeepsThemThroughThePlan()
    {
        var state = Make.Snapshot(Make.Feature(ai: "on:10 off:90"));
        var draft = Make.Draft(state, """[{"op":"feature.put","feature":{"key":"f","name":"Renamed","variants":{"off":false,"on":true},"fallback":"off"}}]""");
        var put = Assert.IsType<Change.FeaturePut>(Assert.Single(Make.Plan(draft).Changes));
        Assert.Equal(10, put.Feature.Releases[TrackKey.Ai][0].Weight);
        Assert.Equal("neutral", Make.Plan(draft).Document.GetProperty("exposure").GetString());
    }

    [Fact]
    public void Changes_TooMany_AreRefused()
    {
        var changes = string.Join(',', Enumerable.Repeat("""{"op":"organisation.put","organisation":{"id":"o","ceiling":"ai"}}""", 1001));
        Says($"[{changes}]", "changes", "Has 1001 items; at most 1000 are allowed.");
    }
}
