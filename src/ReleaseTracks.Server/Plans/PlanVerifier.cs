using Prometheus;
using ReleaseTracks.Access;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Ledger;

namespace ReleaseTracks.Server.Plans;

/// <summary>
/// Reads back what an applied plan changed and writes down, once, whether users are served what was approved. It never
/// throws: the plan is applied whatever happens here, and what could not be written now is written later.
/// </summary>
public sealed partial class PlanVerifier(LedgerService ledger, IMetricFactory metrics, ILogger<PlanVerifier> logger)
{
    private static readonly Actor Verifier = new(ActorKinds.System, "plan-verifier", "automation");

    private readonly Counter unverified = metrics.CreateCounter(
        "releasetracks_plans_unverified_total", "Applied plans whose outcome is not what was approved.");

    public async Task VerifyAsync(string id)
    {
        try
        {
            ReadBackResult? result = null;
            var appended = await ledger.AppendAsync(Verifier, state =>
            {
                if (state.Plans.Find(id) is not { State: PlanState.Applied, ReadBack: PlanReadBack.Open } model || !ReadBack.IsPossible(model))
                    return null;
                result = ReadBack.Compare(model, state);
                return PlanEnd.NewEntry(result.IsVerified ? EntryTypes.PlanVerified : EntryTypes.PlanUnverified, model, json =>
                {
                    json.WriteNumber("revision", model.AppliedRevision!.Value);
                    json.WriteString("detail", result.Detail);
                });
            });
            if (appended.Entry?.Type == EntryTypes.PlanUnverified)
                Alarm(id, result!);
        }
        catch (Exception failed)
        {
            Log.NotReadBack(logger, id, failed);
        }
    }

    private void Alarm(string id, ReadBackResult result)
    {
        unverified.Inc();
        Log.Unverified(logger, id, result.Differences.Length);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Plan {Plan} was applied, but {Differences} of its resources are not served as approved; the ledger says which")]
        public static partial void Unverified(ILogger logger, string plan, int differences);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Plan {Plan} is applied and could not be read back yet; trying again shortly")]
        public static partial void NotReadBack(ILogger logger, string plan, Exception cause);
    }
}
