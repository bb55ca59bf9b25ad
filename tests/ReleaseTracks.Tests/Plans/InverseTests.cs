using System.Text.RegularExpressions;
using CsCheck;
using ReleaseTracks.Alerts;
using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Plans;

public sealed partial class InverseTests
{
    [Fact]
    public void Inverse_OfAnyPlan_RestoresTheConfig() => Gen.Select(DomainGen.Snapshot, ChangeGen.Steps).Sample((state, steps) =>
    {
        var changes = ChangeGen.Possible(state, steps);
        if (changes.IsEmpty)
            return;
        var draft = Make.Draft(state, ChangeGen.Json(changes));
        var inverse = Inverse.Of(draft);
        var back = inverse.IsEmpty ? draft.After : Make.Draft(draft.After, ChangeGen.Json(inverse)).After;
        Assert.Equal(Config(state), Config(back));
    }, iter: 400);

    [Fact]
    public void Inverse_OfANewDisclosure_IsTheOldTextUnderANewVersion()
    {
        var state = Make.Snapshot(Make.Feature());
        var draft = Make.Draft(state, """
            [{"op":"track.put","track":{"key":"ai","disclosure":{"version":2,"text":"second"}}},{"op":"track.put","track":{"key":"ai","disclosure":{"version":3,"text":"third"}}}]
            """);
        var inverse = Inverse.Of(draft).Cast<Change.TrackPut>().Select(put => put.Track.Disclosure!).ToArray();
        Assert.Equal([(4, "second"), (5, DefaultTracks.All[2].Disclosure!.Text)], inverse.Select(disclosure => (disclosure.Version, disclosure.Text)));
    }

    [Fact]
    public void Inverse_OfClearAndRevive_IsNothing()
    {
        var cleared = Make.Snapshot(Make.Model(Make.Feature(), TrackKey.Ai));
        Assert.Empty(Inverse.Of(Make.Draft(cleared, """[{"op":"rollback.clear","feature":"f","track":"ai"}]""")));
        Assert.Empty(Inverse.Of(Make.Draft(Make.Snapshot(Make.Killed(Make.Feature())), """[{"op":"feature.revive","feature":"f"}]""")));
    }

    [Fact]
    public void Inverse_OfANewFeature_ArchivesIt()
    {
        var draft = Make.Draft(Make.Snapshot(Array.Empty<FeatureModel>()), $"[{LedgerBuilder.PutFeature("a")}]");
        Assert.Equal(new Change.FeatureArchive("a"), Assert.Single(Inverse.Of(draft)));
    }

    [Fact]
    public void Inverse_OfANewOrganisation_LiftsItsCeiling()
    {
        var draft = Make.Draft(Make.Snapshot(Make.Feature()), """[{"op":"organisation.put","organisation":{"id":"o","ceiling":"stable"}}]""");
        Assert.Equal(new Change.OrganisationPut(new("o", TrackKey.Ai)), Assert.Single(Inverse.Of(draft)));
    }

    /// <summary>Everything but the versions of disclosures, which only ever rise.</summary>
    private static string Config(Snapshot state) => Version().Replace(string.Join('\n',
    [
        .. state.Served.Select(model => Make.Text(json => FeatureJson.Write(json, model.Config))),
        .. state.Tracks.Values.Select(model => Make.Text(json => TrackJson.Write(json, model.Config))),
        .. state.Organisations.Values.Where(o => o.Ceiling != TrackKey.Ai).OrderBy(o => o.Id, StringComparer.Ordinal).Select(o => $"{o.Id} {o.Ceiling}"),
        .. state.Destinations.Values.Where(one => !one.IsRemoved).Select(one => Make.Text(json => DestinationJson.Write(json, one.Config))),
    ]), "\"version\":n");

    [GeneratedRegex("\"version\":[0-9]+")]
    private static partial Regex Version();
}
