using System.Collections.Immutable;
using ReleaseTracks.Alerts;
using ReleaseTracks.Features;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans;

/// <summary>One step of a plan, with every choice already made. The names are those of the <c>op</c> on the wire.</summary>
public abstract record Change
{
    public abstract string Op { get; }

    /// <summary>What must not have moved since the plan was made: a whole feature, a track, an organisation or a destination.</summary>
    public abstract string Resource { get; }

    /// <summary>The feature it changes; null if it changes none.</summary>
    public virtual string? FeatureKey => null;

    public sealed record FeaturePut(Feature Feature) : Change
    {
        public override string Op => "feature.put";

        public override string Resource => Resources.Feature(Feature.Key);

        public override string FeatureKey => Feature.Key;
    }

    public sealed record FeatureArchive(string Feature) : Change
    {
        public override string Op => "feature.archive";

        public override string Resource => Resources.Feature(Feature);

        public override string FeatureKey => Feature;
    }

    public sealed record FeatureRevive(string Feature) : Change
    {
        public override string Op => "feature.revive";

        public override string Resource => Resources.Feature(Feature);

        public override string FeatureKey => Feature;
    }

    public sealed record ReleaseSet(string Feature, TrackKey Track, ImmutableArray<Share> Allocation) : Change
    {
        public override string Op => "release.set";

        public override string Resource => Resources.Feature(Feature);

        public override string FeatureKey => Feature;
    }

    public sealed record ReleaseRemove(string Feature, TrackKey Track) : Change
    {
        public override string Op => "release.remove";

        public override string Resource => Resources.Feature(Feature);

        public override string FeatureKey => Feature;
    }

    /// <summary>Without a feature, the track-wide rollback is cleared: the track opens, and its features come back.</summary>
    public sealed record RollbackClear(string? Feature, TrackKey Track) : Change
    {
        public override string Op => "rollback.clear";

        public override string Resource => Feature is null ? Resources.Track(Track) : Resources.Feature(Feature);

        public override string? FeatureKey => Feature;
    }

    public sealed record TrackPut(Track Track) : Change
    {
        public override string Op => "track.put";

        public override string Resource => Resources.Track(Track.Key);
    }

    public sealed record OrganisationPut(Organisation Organisation) : Change
    {
        public override string Op => "organisation.put";

        public override string Resource => Resources.Organisation(Organisation.Id);
    }

    public sealed record DestinationPut(Destination Destination) : Change
    {
        public override string Op => "destination.put";

        public override string Resource => Resources.Destination(Destination.Key);
    }

    public sealed record DestinationRemove(string Destination) : Change
    {
        public override string Op => "destination.remove";

        public override string Resource => Resources.Destination(Destination);
    }
}

/// <summary>Names of what a plan can touch.</summary>
public static class Resources
{
    public static string Feature(string key) => "feature/" + key;

    public static string Track(TrackKey track) => "track/" + track.Wire();

    public static string Organisation(string id) => "organisation/" + id;

    public static string Destination(string key) => "destination/" + key;
}
