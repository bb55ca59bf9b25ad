using System.Collections.Frozen;
using System.Collections.Immutable;
using ReleaseTracks.Access;
using ReleaseTracks.Alerts;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Snapshots;

/// <summary>
/// The whole state at one revision: the fold of the ledger up to that entry. Immutable, so readers need no lock and
/// everything one request reads belongs together.
/// </summary>
public sealed record Snapshot
{
    private FrozenDictionary<string, FeatureModel>? index;
    private ImmutableArray<FeatureModel> served;
    private TrackTable?[]? tables;

    public static Snapshot Empty { get; } = new();

    /// <summary>Number of ledger entries folded; 0 is the empty ledger.</summary>
    public long Revision { get; init; }

    public DateTimeOffset At { get; init; }

    public string Origin { get; init; } = "";

    /// <summary>Public keys (vkeys) whose signatures on checkpoints are to be believed.</summary>
    public ImmutableArray<string> LedgerKeys { get; init; } = [];

    public ImmutableSortedDictionary<TrackKey, TrackModel> Tracks { get; init; } = ImmutableSortedDictionary<TrackKey, TrackModel>.Empty;

    /// <summary>By key, archived ones included.</summary>
    public ImmutableSortedDictionary<string, FeatureModel> Features { get; init; } =
        ImmutableSortedDictionary.Create<string, FeatureModel>(StringComparer.Ordinal);

    public ImmutableDictionary<string, Organisation> Organisations { get; init; } =
        ImmutableDictionary.Create<string, Organisation>(StringComparer.Ordinal);

    public ImmutableDictionary<string, ApiKey> Keys { get; init; } = ImmutableDictionary.Create<string, ApiKey>(StringComparer.Ordinal);

    /// <summary>By id, removed people included.</summary>
    public ImmutableDictionary<string, Person> People { get; init; } = ImmutableDictionary.Create<string, Person>(StringComparer.Ordinal);

    /// <summary>Where alerts go, by key, removed ones included.</summary>
    public ImmutableSortedDictionary<string, DestinationModel> Destinations { get; init; } =
        ImmutableSortedDictionary.Create<string, DestinationModel>(StringComparer.Ordinal);

    /// <summary>Conditions of the budgets that were told of and hold, by <see cref="AlertCondition.Id"/>.</summary>
    public ImmutableSortedDictionary<string, ActiveAlert> Alerts { get; init; } =
        ImmutableSortedDictionary.Create<string, ActiveAlert>(StringComparer.Ordinal);

    /// <summary>Oldest first; finished plans beyond <see cref="History.Most"/> are only in the ledger.</summary>
    public History<PlanModel> Plans { get; init; } = History<PlanModel>.Empty;

    /// <summary>Oldest first; cleared rollbacks beyond <see cref="History.Most"/> are only in the ledger.</summary>
    public History<RollbackRecord> Rollbacks { get; init; } = History<RollbackRecord>.Empty;

    /// <summary>A destination that alerts go to; null if unknown or removed.</summary>
    public DestinationModel? FindDestination(string key) => Destinations.GetValueOrDefault(key) is { IsRemoved: false } found ? found : null;

    /// <summary>Every destination that was not removed, by key.</summary>
    public IEnumerable<DestinationModel> ActiveDestinations => Destinations.Values.Where(one => !one.IsRemoved);

    /// <summary>A feature that is there to be evaluated; null if unknown or archived. Constant time.</summary>
    public FeatureModel? FindServed(string key) =>
        Index.TryGetValue(key, out var feature) ? feature : null;

    /// <summary>A feature, archived or not.</summary>
    public FeatureModel? Find(string key) => Features.GetValueOrDefault(key);

    /// <summary>As <see cref="FindServed"/>, without building the index: for states that are on their way to another.</summary>
    public FeatureModel? FindUnarchived(string key) => Find(key) is { Switches.Archived: false } feature ? feature : null;

    /// <summary>Every feature that is not archived, by key.</summary>
    public ImmutableArray<FeatureModel> Served =>
        served.IsDefault ? served = [.. Features.Values.Where(feature => !feature.Switches.Archived)] : served;

    /// <summary>What <see cref="Evaluator.EvaluateAll"/> reads; built on first use, as the index.</summary>
    internal TrackTable Table(TrackKey track) => (tables ??= new TrackTable?[TrackKeys.All.Count])[(int)track] ??= new(Served, track);

    /// <summary>The highest track the people of an organisation may be on; no organisation, no ceiling.</summary>
    public TrackKey Ceiling(string? organisation) =>
        organisation is not null && Organisations.TryGetValue(organisation, out var found) ? found.Ceiling : TrackKey.Ai;

    // Built on first use: folding a long ledger makes many snapshots that nobody evaluates. Two readers may both
    // build it; they build the same.
    private FrozenDictionary<string, FeatureModel> Index =>
        index ??= Served.ToFrozenDictionary(feature => feature.Config.Key, StringComparer.Ordinal);

    /// <summary>Copies of a record copy its fields too; the index belongs to the features it was built from.</summary>
    private Snapshot(Snapshot other)
    {
        Revision = other.Revision;
        At = other.At;
        Origin = other.Origin;
        LedgerKeys = other.LedgerKeys;
        Tracks = other.Tracks;
        Features = other.Features;
        Organisations = other.Organisations;
        Keys = other.Keys;
        People = other.People;
        Destinations = other.Destinations;
        Alerts = other.Alerts;
        Plans = other.Plans;
        Rollbacks = other.Rollbacks;
    }

    private Snapshot()
    {
    }
}
