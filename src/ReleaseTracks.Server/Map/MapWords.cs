using ReleaseTracks.Server.Components;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Map;

/// <summary>What happened, in a few words that follow the feature's name.</summary>
public static class MapWords
{
    public static string Say(FeatureEvent happened) => happened.Kind switch
    {
        FeatureEventKind.Added when happened.To is { } lane => $"added, {Share(happened)} on {lane.Label()}",
        FeatureEventKind.Added => "added, not released yet",
        FeatureEventKind.Moved when happened is { From: { } from, To: { } to } => $"moved from {from.Label()} to {to.Label()}, {Share(happened)}",
        FeatureEventKind.Moved when happened.To is { } to => $"released to {to.Label()}, {Share(happened)}",
        FeatureEventKind.Moved => $"taken back from {happened.From?.Label()}: not released any more",
        FeatureEventKind.Reweighted => $"share on {happened.Track?.Label()} changed from {Show.Weight(happened.WasPercent ?? 0)} to {Show.Weight(happened.Percent ?? 0)}",
        FeatureEventKind.RolledBack => $"rolled back on {happened.Track?.Label()}",
        FeatureEventKind.Cleared => $"rollback on {happened.Track?.Label()} cleared",
        FeatureEventKind.Killed => "killed on every track",
        FeatureEventKind.Revived => "revived",
        FeatureEventKind.Archived => "archived",
        FeatureEventKind.Restored => "brought back from the archive",
        FeatureEventKind.Disclosed => $"disclosure version {happened.DisclosureVersion} published",
        _ => "settings changed",
    };

    private static string Share(FeatureEvent happened) => Show.Weight(happened.Percent ?? 0);
}
