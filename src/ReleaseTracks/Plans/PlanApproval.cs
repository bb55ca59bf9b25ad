using ReleaseTracks.Access;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Plans;

/// <summary>What one person said about one plan. It is bound to the plan's hash: the fold takes it with no other.</summary>
public sealed record PlanApproval(Actor By, bool Approves, string Comment, DateTimeOffset At)
{
    /// <summary>The author's own, while nobody else could approve.</summary>
    public bool Solo { get; init; }
}

/// <summary>Whose word counts. The same rules decide when a plan is approved, applied and folded.</summary>
public static class Quorum
{
    /// <summary>How somebody signed in does not make two people of one.</summary>
    public static bool IsSame(Actor a, Actor b) =>
        string.Equals(a.Kind, b.Kind, StringComparison.Ordinal) && string.Equals(a.Id, b.Id, StringComparison.Ordinal);

    /// <summary>Nobody but the author may approve. The bootstrap token is not a person, so it does not end this.</summary>
    public static bool IsSolo(Snapshot state, Actor author) => !state.People.Values.Any(person => person.MayApprove && !Is(person, author));

    /// <summary>
    /// Different people whose approval holds in this state. An author's own stops counting when somebody else could have
    /// approved, and that of a person who was removed stops counting with them.
    /// </summary>
    public static int Count(Plan plan, IEnumerable<PlanApproval> approvals, Snapshot state)
    {
        var counted = new List<Actor>();
        foreach (var approval in approvals)
        {
            if (approval.Approves && Holds(plan.Author, approval, state) && !counted.Exists(other => IsSame(other, approval.By)))
                counted.Add(approval.By);
        }

        return counted.Count;
    }

    private static bool Holds(Actor author, PlanApproval approval, Snapshot state)
    {
        if (IsSame(author, approval.By))
            return approval.Solo && IsSolo(state, author);
        // A person from an identity provider may have no entry here; their role was checked when they approved.
        return approval.By.Kind != ActorKinds.Person || state.People.GetValueOrDefault(approval.By.Id) is null or { IsActive: true };
    }

    private static bool Is(Person person, Actor actor) => actor.Kind == ActorKinds.Person && person.Id == actor.Id;
}
