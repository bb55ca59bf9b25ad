using System.Collections.Immutable;

namespace ReleaseTracks.Alerts;

public enum DestinationKind
{
    /// <summary>CloudEvents, signed as Standard Webhooks are.</summary>
    Webhook,

    /// <summary>The API v2 of a Prometheus Alertmanager.</summary>
    Alertmanager,
}

/// <summary>Where alerts go. The secret stands here by its name only: the ledger is there to be read.</summary>
public sealed record Destination
{
    public const int Most = 50;

    public required string Key { get; init; }

    public required DestinationKind Kind { get; init; }

    public required string Url { get; init; }

    /// <summary>In the order of <see cref="AlertEvents.All"/>, each once.</summary>
    public required ImmutableArray<AlertEvent> Events { get; init; }

    /// <summary>Name of the secret in the settings; a webhook needs one to be signed with.</summary>
    public string? Secret { get; init; }
}

/// <summary>
/// A destination in one snapshot. It hears of what came after <see cref="Since"/>, when it was put; one that was removed
/// and put again begins anew.
/// </summary>
public sealed record DestinationModel(Destination Config, long Since, long Revision)
{
    /// <summary>Kept, so that a plan on what was removed is known to be stale.</summary>
    public bool IsRemoved { get; init; }
}

public static class DestinationKinds
{
    public static string Wire(this DestinationKind kind) => kind == DestinationKind.Webhook ? "webhook" : "alertmanager";

    public static DestinationKind? Parse(string? text) => text switch
    {
        "webhook" => DestinationKind.Webhook,
        "alertmanager" => DestinationKind.Alertmanager,
        _ => null,
    };
}
