using System.Text.Json;
using ReleaseTracks.Plans;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Rollbacks;

/// <summary>The plan that ends a rollback. Preparing it changes nothing; it goes the way of every plan that exposes more.</summary>
public static class ReturnPlan
{
    /// <summary>What of a rollback is still in force, as the changes that end it; empty when nothing is.</summary>
    public static IReadOnlyList<Change.RollbackClear> Changes(Snapshot state, RollbackRecord rollback)
    {
        if (rollback.WholeTrack && state.Tracks.GetValueOrDefault(rollback.Track)?.ClosedBy == rollback.Id)
            return [new(null, rollback.Track)];
        return [.. rollback.Features
            .Where(key => state.FindUnarchived(key)?.Switches.RolledBack.GetValueOrDefault(rollback.Track) == rollback.Id)
            .Select(key => new Change.RollbackClear(key, rollback.Track))];
    }

    public static JsonElement Body(Snapshot state, RollbackRecord rollback, string reason) => Json.Object(json =>
    {
        json.WriteString("title", Title(state, rollback));
        json.WriteString("reason", reason.Length > 0 ? reason : $"Ends rollback {rollback.Id}.");
        json.WriteArray("changes", Changes(state, rollback), ChangeJson.Write);
    });

    /// <summary>The newest open plan that ends this rollback: nobody should prepare the same one twice.</summary>
    public static PlanModel? Open(Snapshot state, RollbackRecord rollback, DateTimeOffset now)
    {
        var wanted = Changes(state, rollback);
        return state.Plans.All.LastOrDefault(plan => plan.StateAt(now) is PlanState.Proposed or PlanState.Approved
            && wanted.Count > 0
            && wanted.All(change => plan.Plan.Changes.Contains(change)));
    }

    private static string Title(Snapshot state, RollbackRecord rollback)
    {
        var what = rollback.WholeTrack ? $"Open the {rollback.Track.Wire()} track again" : $"Bring back {string.Join(", ", rollback.Features.Select(key => state.Find(key)?.Config.Name ?? key))} on {rollback.Track.Wire()}";
        return what.Length <= 200 ? what : what[..199] + "…";
    }
}
