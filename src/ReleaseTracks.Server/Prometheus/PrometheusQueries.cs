using ReleaseTracks.Objectives;

namespace ReleaseTracks.Server.Prometheus;

/// <summary>
/// The PromQL we ask: no part of it grows with the number of features. Large vectors are never joined with
/// <c>or</c>: measured with 80,000 series, one query for everything took three times as long as its parts.
/// </summary>
internal static class PrometheusQueries
{
    /// <summary>Label that tells the parts of one answer apart.</summary>
    public const string Kind = "releasetracks_read";
    public const string Age = "age";
    public const string Start = "start";
    public const string Part = "part";
    public const string Total = "total";

    public const string Outcomes =
        "sum by (feature, track, variant, indicator, outcome, instance) (releasetracks_outcomes_total)";

    /// <summary>All series of an instance come from one scrape, so its oldest speaks for all.</summary>
    public const string OutcomeAges = "max by (instance) (time() - timestamp(releasetracks_outcomes_total))";

    /// <summary>Start of every process, and the age of the scrape that told it.</summary>
    public const string Processes =
        $"label_replace(max by (instance) (process_start_time_seconds), \"{Kind}\", \"{Start}\", \"\", \"\")"
        + $" or label_replace(min by (instance) (time() - timestamp(process_start_time_seconds)), \"{Kind}\", \"{Age}\", \"\", \"\")";

    /// <summary>Both expressions of one objective at one moment. A newline ends a comment the user may have left.</summary>
    public static string Of(ObjectiveSource source) =>
        $"{Summed(source.Good ?? source.Bad ?? "", Part)} or {Summed(source.Total, Total)}";

    private static string Summed(string expression, string kind) =>
        $"label_replace(sum by (feature, track, variant, instance) (\n{expression}\n), \"{Kind}\", \"{kind}\", \"\", \"\")";
}
