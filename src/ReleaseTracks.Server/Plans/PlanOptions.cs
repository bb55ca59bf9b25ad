using ReleaseTracks.Objectives;

namespace ReleaseTracks.Server.Plans;

/// <summary>Section <c>ReleaseTracks:Plans</c>.</summary>
public sealed class PlanOptions
{
    public const string Section = "ReleaseTracks:Plans";

    /// <summary>How long a plan may be applied after it was proposed, such as <c>24h</c>.</summary>
    public string Lifetime { get; set; } = "24h";

    public TimeSpan LifetimeSpan => Durations.TryParse(Lifetime, out var span) ? span : TimeSpan.Zero;

    public bool IsValid => LifetimeSpan > TimeSpan.Zero;

    public static string Rule => $"{Section}:Lifetime must be a duration such as 24h.";
}
