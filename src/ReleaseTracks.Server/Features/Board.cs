using System.Collections.Immutable;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Features;
using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Features;

/// <summary>What the board shows, from one snapshot and the rows of one round; pure, so that it can be tested as data.</summary>
public sealed record Board(ImmutableArray<Lane> Lanes, ImmutableArray<Card> Unreleased, ImmutableArray<RollbackRecord> Rollbacks, int Hidden = 0)
{
    /// <summary>The newest rollbacks only; the rest is in the ledger.</summary>
    public const int MostRollbacks = 8;

    public bool IsEmpty => Unreleased.IsEmpty && Lanes.All(lane => lane.Cards.IsEmpty) && Hidden == 0;

    /// <summary>Which features are shown changes no budget and no verdict of a track.</summary>
    public static Board Of(Snapshot state, ImmutableArray<BudgetRow> rows, FeatureFilter? filter = null)
    {
        var byFeature = rows.ToLookup(row => row.Key.Feature);
        var all = state.Served.Select(feature => Card.Of(state, feature, [.. byFeature[feature.Config.Key]]));
        Card[] shown = [.. all.Where(card => filter?.Matches(card.Feature, () => card.Worst) != false)];
        var cards = shown.ToLookup(card => card.Lane);
        var byTrack = rows.ToLookup(row => row.Key.Track);
        return new(
            [.. state.Tracks.Values.Select(track => Lane.Of(state, track, [.. byTrack[track.Config.Key]], Sorted(cards[track.Config.Key])))],
            Sorted(cards[null]),
            [.. state.Rollbacks.All.Reverse().Take(MostRollbacks)],
            state.Served.Length - shown.Length);
    }

    /// <summary>What needs a look first: out of service, then by verdict, then by name.</summary>
    private static ImmutableArray<Card> Sorted(IEnumerable<Card> cards) =>
        [.. cards.OrderByDescending(card => card.IsHeld).ThenByDescending(card => card.Worst).ThenBy(card => card.Feature.Config.Name, StringComparer.Ordinal)];
}

/// <summary>One track. Its budget is the tightest of the track's own objectives; its verdict the worst of all on it.</summary>
public sealed record Lane(TrackModel Track, Verdict? Worst, double? Remaining, RollbackRecord? ClosedBy, ImmutableArray<Card> Cards)
{
    public static Lane Of(Snapshot state, TrackModel track, ImmutableArray<BudgetRow> rows, ImmutableArray<Card> cards)
    {
        // A track on which nothing is served has nothing to measure: that is not an error to shout about.
        var measured = rows.Any(row => row.Key.Feature is not null) ? rows : [.. rows.Where(row => row.Verdict == Verdict.Failed)];
        return new(
            track,
            measured.Max(row => (Verdict?)row.Verdict),
            rows.Where(row => row.Key.Feature is null).Min(row => row.Remaining),
            track.ClosedBy is { } id ? state.Rollbacks.Find(id) : null,
            cards);
    }
}

/// <summary>One feature, in the lane of the widest audience it has reached.</summary>
public sealed record Card(
    FeatureModel Feature,
    TrackKey? Lane,
    ImmutableArray<Serving> Servings,
    ImmutableArray<BudgetRow> Rows,
    ImmutableArray<RollbackRecord> Rollbacks,
    Verdict? Worst)
{
    /// <summary>Killed, or rolled back somewhere.</summary>
    public bool IsHeld => Feature.Switches.Killed || !Feature.Switches.RolledBack.IsEmpty;

    public static Card Of(Snapshot state, FeatureModel feature, ImmutableArray<BudgetRow> rows) => new(
        feature,
        feature.Config.Lane,
        [.. TrackKeys.All.Select(track => Serving.Of(feature, track))],
        [.. rows.OrderBy(row => row.Key.Track)],
        [.. feature.Switches.RolledBack.Values.Select(state.Rollbacks.Find).OfType<RollbackRecord>().OrderByDescending(rollback => rollback.At)],
        rows.Max(row => (Verdict?)row.Verdict));
}

/// <summary>What one track's users are served of a feature.</summary>
public sealed record Serving(TrackKey Track, Cause Cause, ImmutableArray<ServedShare> Shares)
{
    public static Serving Of(FeatureModel feature, TrackKey track)
    {
        var served = feature.Served(track);
        return new(
            track,
            served.Ranges[0].Result.Cause,
            [.. served.Ranges.Select(range => new ServedShare(range.Result.Variant?.Name, range.To - range.From, range.Result.IsFallback))]);
    }
}

/// <param name="Variant">Null where the feature is killed: the product uses its own default.</param>
/// <param name="Percent">Share of the track's users.</param>
/// <param name="IsFallback">The plain path.</param>
public sealed record ServedShare(string? Variant, double Percent, bool IsFallback);
