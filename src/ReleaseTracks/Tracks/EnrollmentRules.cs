using ReleaseTracks.Evaluation;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Tracks;

/// <summary>Why an enrollment was refused.</summary>
public enum EnrollmentRefusal
{
    /// <summary>The disclosure version is missing or not the current one.</summary>
    DisclosureNotCurrent,

    /// <summary>The organisation does not allow the track.</summary>
    AboveCeiling,

    /// <summary>A track-wide rollback keeps newcomers out.</summary>
    TrackClosed,
}

/// <summary>What a user asks for; <see cref="ByUser"/> is false when somebody else decides for them.</summary>
public sealed record EnrollmentRequest(TrackKey Track, bool ByUser, string? Organisation, int? DisclosureVersion);

/// <summary>Either the new enrollment or the refusal.</summary>
public sealed record EnrollmentDecision(Enrollment? Enrollment, EnrollmentRefusal? Refusal, string Detail);

/// <summary>Who is on which track. Pure: the same rules decide for the API, for evaluation and for the page.</summary>
public static class EnrollmentRules
{
    private static readonly BucketHint Cohort = new("cohort\ninnovative");
    private static readonly Enrollment InnovativeCohort = new(TrackKey.Innovative, EnrollmentSource.Cohort, null);

    /// <summary>
    /// The track that counts for evaluating: what was chosen, or else the cohort by bucket, never above the ceiling of
    /// the organisation in the context nor of the one the user enrolled with.
    /// </summary>
    public static Enrollment Effective(Snapshot state, string userId, Enrollment stored, string? organisation)
    {
        var chosen = Chosen(state, userId, stored);
        var track = Capped(state, chosen, stored, organisation);
        return chosen.Track == track ? chosen : chosen with { Track = track };
    }

    /// <summary>The track of <see cref="Effective"/> alone; allocates nothing.</summary>
    public static TrackKey EffectiveTrack(Snapshot state, string userId, Enrollment stored, string? organisation) =>
        Capped(state, Chosen(state, userId, stored), stored, organisation);

    public static EnrollmentDecision Decide(Snapshot state, Enrollment current, EnrollmentRequest request, DateTimeOffset now)
    {
        var organisation = request.Organisation ?? current.Organisation;
        var track = state.Tracks.GetValueOrDefault(request.Track);
        // Leaving is never refused, neither by a ceiling nor by a closed track: it can only lower exposure.
        var leaves = request.Track == TrackKey.Stable || request.Track < current.Track;
        if (!leaves && request.Track > state.Ceiling(organisation))
            return Refuse(EnrollmentRefusal.AboveCeiling, $"The organisation allows at most the {state.Ceiling(organisation).Wire()} track; ask its administrator.");
        if (!leaves && track?.ClosedBy is { } rollback && current.Track != request.Track)
            return Refuse(EnrollmentRefusal.TrackClosed, $"The {request.Track.Wire()} track is closed by rollback {rollback} until a plan clears it; try again later.");
        var needed = track?.Config.Disclosure;
        if (request.Track == TrackKey.Ai && (needed is null || request.DisclosureVersion != needed.Version))
        {
            return Refuse(EnrollmentRefusal.DisclosureNotCurrent, needed is null
                ? "The ai track has no disclosure yet; put one by plan."
                : $"Show the user the track's disclosure and send its version: {{\"track\":\"ai\",\"disclosureVersion\":{needed.Version}}}.");
        }

        var source = !request.ByUser && request.Track != TrackKey.Ai ? EnrollmentSource.Assigned
            : request.Track == TrackKey.Stable ? EnrollmentSource.OptOut : EnrollmentSource.OptIn;
        var version = request.Track == TrackKey.Ai ? request.DisclosureVersion : null;
        var same = current.Track == request.Track && current.Source == source && current.DisclosureVersion == version && current.Organisation == organisation;
        return new(same ? current : new(request.Track, source, now, organisation, version), null, "");
    }

    private static EnrollmentDecision Refuse(EnrollmentRefusal refusal, string detail) => new(null, refusal, detail);

    private static Enrollment Chosen(Snapshot state, string userId, Enrollment stored) =>
        stored.Source == EnrollmentSource.Default ? ByCohort(state, userId) : stored;

    private static TrackKey Capped(Snapshot state, Enrollment chosen, Enrollment stored, string? organisation) =>
        Lower(chosen.Track, Lower(state.Ceiling(organisation), state.Ceiling(stored.Organisation)));

    private static TrackKey Lower(TrackKey a, TrackKey b) => a < b ? a : b;

    /// <summary>
    /// A closed track keeps its cohort: moving people down to the next lower release could expose more than the fallback
    /// they get where they are, and a rollback may only lower exposure.
    /// </summary>
    private static Enrollment ByCohort(Snapshot state, string userId)
    {
        var percent = state.Tracks.GetValueOrDefault(TrackKey.Innovative)?.Config.CohortPercent ?? 0;
        return percent > 0 && InCohort(Bucketing.Percentage(userId, Cohort), percent) ? InnovativeCohort : Enrollment.None;
    }

    /// <summary>Half open, but all of [0, 100] at 100 percent: the last bucket is 100 itself.</summary>
    internal static bool InCohort(double bucket, double percent) => bucket < percent || percent >= 100;
}
