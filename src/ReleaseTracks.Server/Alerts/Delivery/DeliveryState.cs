using System.Collections.Immutable;
using System.Text.Json;
using ReleaseTracks.Alerts;

namespace ReleaseTracks.Server.Alerts.Delivery;

/// <summary>How far one destination has heard, and how the last tries went; what is kept in the store.</summary>
public sealed record DeliveryState
{
    /// <summary>Which destination of this key: one that was removed and put again has another beginning.</summary>
    public required long Since { get; init; }

    /// <summary>A webhook has heard of the ledger up to here.</summary>
    public required long Cursor { get; init; }

    /// <summary>What an Alertmanager was last told holds.</summary>
    public ImmutableArray<AlertmanagerAlert> Told { get; init; } = [];

    public DateTimeOffset? LastSuccessAt { get; init; }

    public DateTimeOffset? LastFailureAt { get; init; }

    public string? LastFailure { get; init; }

    /// <summary>In a row; 0 after a success.</summary>
    public int Failures { get; init; }

    /// <summary>What was found waiting at the last try.</summary>
    public int Waiting { get; init; }

    /// <summary>Since when something has been waiting; null when nothing is.</summary>
    public DateTimeOffset? OldestAt { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>The revision of the destination that was last tried: a changed one is tried at once.</summary>
    public long Tried { get; init; }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web);

    /// <summary>Null for what cannot be read; delivery then begins anew.</summary>
    public static DeliveryState? Read(byte[]? stored)
    {
        try
        {
            return stored is null ? null : JsonSerializer.Deserialize<DeliveryState>(stored, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Null for a destination that was not tried since it was put.</summary>
    public static DeliveryState? Of(DestinationModel model, IReadOnlyDictionary<string, byte[]> stored) =>
        Read(stored.GetValueOrDefault(model.Config.Key)) is { } known && known.Since == model.Since ? known : null;

    public DeliveryState Succeeded(DateTimeOffset at) => this with
    {
        LastSuccessAt = at,
        Failures = 0,
        Waiting = 0,
        OldestAt = null,
        NextAttemptAt = null,
    };

    public DeliveryState Failed(DateTimeOffset at, DeliveryResult result, int waiting, DateTimeOffset oldest, double sample) => this with
    {
        LastFailureAt = at,
        LastFailure = result.Detail,
        Failures = Failures + 1,
        Waiting = waiting,
        OldestAt = oldest,
        NextAttemptAt = at + Retry.After(Failures + 1, sample, result.RetryAfter),
    };
}
