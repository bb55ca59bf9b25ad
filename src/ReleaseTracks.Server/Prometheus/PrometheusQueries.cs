using ReleaseTracks.Objectives;

namespace ReleaseTracks.Server.Prometheus;

/// <summary>
/// The PromQL we ask. Each query fetches counters, ages and process starts together: one query sees one moment
/// of the database, whereas a start time that is newer than its counters would make a restart of an old count and
/// count it twice. The <see cref="Kind"/> label tells the parts apart.
/// </summary>
internal static class PrometheusQueries
{
    public const string Kind = "releasetracks_read";
    public const string Age = "age";
    public const string Start = "start";
    public const string Part = "part";
    public const string Total = "total";

    private const string Starts =
        $"label_replace(max by (instance) (process_start_time_seconds), \"{Kind}\", \"{Start}\", \"\", \"\")";

    /// <summary>
    /// The age of a row is its freshest instance's (min): a replica that went away must not blind the row while the
    /// others report, and its events are counted when it returns.
    /// </summary>
    public const string Outcomes =
        "sum by (feature, track, variant, indicator, outcome, instance) (releasetracks_outcomes_total)"
        + " or label_replace(min by (feature, track, indicator) (time() - timestamp(releasetracks_outcomes_total)),"
        + $" \"{Kind}\", \"{Age}\", \"\", \"\") or {Starts}";

    /// <summary>
    /// Both expressions of one objective. A newline ends a comment the user may have left; the age is that of the
    /// instance's scrape, since an expression has no timestamps of its own.
    /// </summary>
    public static string Of(ObjectiveSource source) =>
        $"{Summed(source.Good ?? source.Bad ?? "", Part)} or {Summed(source.Total, Total)}"
        + $" or label_replace(min by (instance) (time() - timestamp(process_start_time_seconds)), \"{Kind}\", \"{Age}\", \"\", \"\")"
        + $" or {Starts}";

    private static string Summed(string expression, string kind) =>
        $"label_replace(sum by (feature, track, variant, instance) (\n{expression}\n), \"{Kind}\", \"{kind}\", \"\", \"\")";
}
