using System.Globalization;
using ReleaseTracks.Access;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Rollbacks;

/// <summary>A rollback in the sentences people read.</summary>
public static class RollbackText
{
    public static string Headline(RollbackRecord rollback, Func<string, string> nameOf)
    {
        var names = string.Join(", ", rollback.Features.Select(nameOf));
        return rollback.WholeTrack
            ? $"The {rollback.Track.Label()} track was closed{(names.Length == 0 ? "" : $", and {names} rolled back")}"
            : $"{names} was rolled back on {rollback.Track.Label()}";
    }

    public static string Headline(RollbackRecord rollback, Snapshot state) => Headline(rollback, key => state.Find(key)?.Config.Name ?? key);

    public static string By(Actor actor) => actor.Kind != ActorKinds.System ? actor.Id : actor == RollbackService.ControlLoop ? "the control loop" : "the server";

    /// <summary>What users have of it now.</summary>
    public static string Effect(RollbackRecord rollback) => rollback.State switch
    {
        RollbackState.Cleared => "A plan has brought it back since.",
        _ when rollback.WholeTrack => $"Nobody newly enters {rollback.Track.Label()}; those on it get the fallbacks until a plan clears this.",
        _ => $"Users on {rollback.Track.Label()} get the fallback until a plan clears this.",
    };

    public static string Share(long bad, long total) =>
        total == 0 ? "no events" : string.Create(CultureInfo.InvariantCulture, $"{100d * bad / total:0.##} %");

    /// <summary>The chart in one sentence.</summary>
    public static string OfTrail(RollbackRecord rollback)
    {
        if (rollback.Evidence is not { } evidence)
            return "";
        var measured = rollback.Trail.Where(point => point.G is not null).ToArray();
        var from = measured.Length > 0 ? $"rose from {Show.Log(measured[0].G)} to {Show.Log(evidence.G)}" : $"stood at {Show.Log(evidence.G)}";
        var took = measured.Length > 1 ? $" in {Show.Span(measured[^1].At - measured[0].At)}" : "";
        var control = evidence.C1 is { } c1
            ? $" Against the fallback it {(c1 >= evidence.Threshold ? "reached" : "stood at")} {Show.Log(c1)}."
            : " There was no fallback traffic to compare with.";
        return $"The evidence that the objective is broken {from}{took}; {Show.Log(evidence.Threshold)} is proof.{control}";
    }
}
