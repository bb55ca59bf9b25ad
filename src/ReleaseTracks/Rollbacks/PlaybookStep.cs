using ReleaseTracks.Access;

namespace ReleaseTracks.Rollbacks;

/// <summary>
/// One step of the track's playbook as it read when the rollback was committed; a playbook that is rewritten later does
/// not change what was to be done then.
/// </summary>
public sealed record PlaybookStep(string Text)
{
    /// <summary>Who ticked it; null while it is open.</summary>
    public Actor? DoneBy { get; init; }

    public DateTimeOffset? DoneAt { get; init; }

    public bool IsDone => DoneBy is not null;
}
