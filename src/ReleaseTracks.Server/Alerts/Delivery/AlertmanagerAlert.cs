using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ReleaseTracks.Alerts;
using ReleaseTracks.Plans;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Alerts.Delivery;

/// <summary>
/// One alert as an Alertmanager knows it: a state that holds since <see cref="StartsAt"/>, told apart by its labels. The
/// names are those of the Prometheus rules that are shipped, so that the same runbook serves both.
/// </summary>
public sealed record AlertmanagerAlert
{
    public const string ContentType = "application/json";

    /// <summary>The oldest; what is more than this waits until some of them have ended.</summary>
    public const int Most = 1000;

    public required string Name { get; init; }

    public required string Severity { get; init; }

    public string? Feature { get; init; }

    public string? Track { get; init; }

    public string? Objective { get; init; }

    public string? Cause { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    public required string Summary { get; init; }

    public string Description { get; init; } = "";

    /// <summary>The page about it, on this server.</summary>
    public required string Page { get; init; }

    /// <summary>Equal labels are the same alert.</summary>
    [JsonIgnore]
    public string LabelKey => $"{Name}|{Severity}|{Feature}|{Track}|{Objective}|{Cause}";

    /// <summary>Everything that holds in a snapshot and that a destination asks for.</summary>
    public static IReadOnlyList<AlertmanagerAlert> Of(Snapshot state, IReadOnlyCollection<AlertEvent> events)
    {
        var rollbacks = events.Contains(AlertEvent.Rollback)
            ? state.Rollbacks.Open.Select(rollback => Of(rollback, state))
            : [];
        var conditions = state.Alerts.Values.Where(alert => events.Contains(alert.Event)).Select(alert => Of(alert, state));
        return [.. rollbacks.Concat(conditions).OrderBy(alert => alert.StartsAt).DistinctBy(alert => alert.LabelKey, StringComparer.Ordinal).Take(Most)];
    }

    /// <summary>The body of one POST; an alert without an end is resolved by the Alertmanager itself, so each has one.</summary>
    public static byte[] Body(IEnumerable<(AlertmanagerAlert Alert, DateTimeOffset EndsAt)> alerts, Uri? server)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var (alert, endsAt) in alerts)
                alert.Write(json, endsAt, server);
            json.WriteEndArray();
        }

        return buffer.ToArray();
    }

    private void Write(Utf8JsonWriter json, DateTimeOffset endsAt, Uri? server)
    {
        json.WriteStartObject();
        json.WriteStartObject("labels");
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)
            [("alertname", Name), ("severity", Severity), ("feature", Feature), ("track", Track), ("objective", Objective), ("cause", Cause)])
        {
            if (value is { Length: > 0 })
                json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteStartObject("annotations");
        json.WriteString("summary", Summary);
        json.WriteString("description", Description);
        json.WriteEndObject();
        json.WriteString("startsAt", Json.Time(StartsAt));
        json.WriteString("endsAt", Json.Time(endsAt > StartsAt ? endsAt : StartsAt));
        if (server is not null)
            json.WriteString("generatorURL", new Uri(server, Page).AbsoluteUri);
        json.WriteEndObject();
    }

    private static AlertmanagerAlert Of(RollbackRecord rollback, Snapshot state) => new()
    {
        Name = "ReleaseTracksRollback",
        Severity = "ticket",
        Feature = rollback.WholeTrack ? null : rollback.Features.FirstOrDefault(),
        Track = rollback.Track.Wire(),
        Objective = rollback.Objective,
        Cause = rollback.Cause.Wire(),
        StartsAt = rollback.At,
        Summary = $"Rolled back on {rollback.Track.Wire()}: {string.Join(", ", rollback.Features.Take(5).Select(key => NameOf(key, state)))}{(rollback.Features.Length > 5 ? $" and {rollback.Features.Length - 5} more" : "")}",
        Description = string.Join(' ', rollback.Reasons),
        Page = Urls.Rollback(rollback.Id),
    };

    private static AlertmanagerAlert Of(ActiveAlert alert, Snapshot state)
    {
        var (name, severity, what) = alert.Event switch
        {
            AlertEvent.BudgetExhausted => ("ReleaseTracksBudgetExhausted", "ticket", "Error budget is spent"),
            AlertEvent.Blind => ("ReleaseTracksTrackBlind", "page", "Cannot be measured"),
            _ => ("ReleaseTracksSharedOutage", "page", "The plain path fails as well"),
        };
        var row = alert.Row;
        return new()
        {
            Name = name,
            Severity = severity,
            Feature = row.Feature,
            Track = row.Track.Wire(),
            Objective = row.Objective,
            StartsAt = alert.Since,
            Summary = string.Create(CultureInfo.InvariantCulture, $"{what}: {(row.Feature is { } key ? NameOf(key, state) : "all features")} on {row.Track.Wire()}, {row.Objective}"),
            Description = alert.Reason,
            Page = row.Feature is { } feature ? Urls.Feature(feature) : Urls.Budgets,
        };
    }

    private static string NameOf(string feature, Snapshot state) => state.Find(feature)?.Config.Name ?? feature;
}
