using ReleaseTracks.Objectives;

namespace ReleaseTracks.Server.Plans;

/// <summary>Section <c>ReleaseTracks:Plans</c>.</summary>
public sealed class PlanOptions
{
    public const string Section = "ReleaseTracks:Plans";
    private const int MostApprovals = 20;

    /// <summary>How long a plan may be applied after it was proposed, such as <c>24h</c>.</summary>
    public string Lifetime { get; set; } = "24h";

    /// <summary>How many people other than the author must approve what raises exposure or loosens something; 0 is nobody.</summary>
    public int Approvals { get; set; } = 1;

    public TimeSpan LifetimeSpan => Durations.TryParse(Lifetime, out var span) ? span : TimeSpan.Zero;

    public bool IsValid => LifetimeSpan > TimeSpan.Zero && Approvals is >= 0 and <= MostApprovals;

    public static string Rule => $"{Section}:Lifetime must be a duration such as 24h, and {Section}:Approvals a number from 0 to {MostApprovals}.";
}
