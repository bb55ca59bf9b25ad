namespace ReleaseTracks.Tracks;

/// <summary>How somebody came to be on a track.</summary>
public enum EnrollmentSource
{
    Default,
    OptIn,
    OptOut,
    Cohort,
    Assigned,
}

/// <summary>Which track one user is on, since when and why. Nobody is on ai without the disclosure version they saw.</summary>
public sealed record Enrollment(
    TrackKey Track, EnrollmentSource Source, DateTimeOffset? Since, string? Organisation = null, int? DisclosureVersion = null)
{
    /// <summary>Somebody who never chose.</summary>
    public static Enrollment None { get; } = new(TrackKey.Stable, EnrollmentSource.Default, null);
}

public static class EnrollmentSources
{
    public static string Wire(this EnrollmentSource source) => source switch
    {
        EnrollmentSource.OptIn => "opt-in",
        EnrollmentSource.OptOut => "opt-out",
        EnrollmentSource.Cohort => "cohort",
        EnrollmentSource.Assigned => "assigned",
        _ => "default",
    };

    public static EnrollmentSource Parse(string? text) => text switch
    {
        "opt-in" => EnrollmentSource.OptIn,
        "opt-out" => EnrollmentSource.OptOut,
        "cohort" => EnrollmentSource.Cohort,
        "assigned" => EnrollmentSource.Assigned,
        _ => EnrollmentSource.Default,
    };
}
