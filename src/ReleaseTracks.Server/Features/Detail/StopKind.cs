namespace ReleaseTracks.Server.Features.Detail;

/// <summary>The two ways to stop a feature at once.</summary>
public enum StopKind
{
    Rollback,
    Kill,
}
