using CsCheck;
using Microsoft.Extensions.Time.Testing;
using ReleaseTracks.Access;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Plans;
using ReleaseTracks.Server.Tests.Http;
using static ReleaseTracks.Server.Tests.Plans.PlanRig;

namespace ReleaseTracks.Server.Tests.Plans;

/// <summary>
/// Random commands of several people against the real service, its ledger and its store. One after the other, each
/// answer must be that of a small model; all at once, the ledger must prove afterwards that nothing forbidden happened.
/// </summary>
public sealed class PlanModelTests
{
    private const int Quorum = 2;
    private static readonly Actor[] People = [Ada, Bob, Eve, new(ActorKinds.Person, "dan", "cookie")];
    private static readonly string[] Ceilings = ["stable", "innovative", "ai"];

    private static readonly Gen<Command> Commands = Gen.Select(Gen.Int[0, 99], Gen.Int[0, 5], Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 1])
        .Select((kind, plan, person, ceiling, organisation) => new Command(kind, plan, person, ceiling, organisation));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commands_OneAfterTheOther_AnswerAsTheModel()
    {
        var time = Clock();
        await using var rig = await StartAsync(Quorum, time);
        rig.Invite([.. People.Select(person => person.Id)]);
        var run = 0;
        Commands.Array[10, 40].Sample(
            commands =>
            {
                var model = new Model(rig, time, $"org{Interlocked.Increment(ref run)}");
                foreach (var command in commands)
                    model.DoAsync(command).GetAwaiter().GetResult();
            },
            iter: 60,
            threads: 1);
        var applied = LedgerProof.Check(LedgerProof.Read((await rig.Server.Admin.CallAsync("GET /api/v1/ledger?limit=10000")).Text));
        Assert.True(applied > 20, $"only {applied} plans were applied: the commands prove little");
    }

    [Fact]
    public async Task Commands_AllAtOnce_LeaveALedgerWithoutFault()
    {
        await using var rig = await StartAsync(Quorum, Clock());
        rig.Invite([.. People.Select(person => person.Id)]);
        var run = 0;
        Gen.Select(Commands.Array[6], Commands.Array[40, 80]).Sample(
            (first, commands) =>
            {
                var prefix = $"race{Interlocked.Increment(ref run)}";
                var plans = Task.WhenAll(first.Select(command => rig.ProposeAsync(command.Changes(prefix), People[command.Person]))).GetAwaiter().GetResult();
                Parallel.ForEachAsync(commands, new ParallelOptions { MaxDegreeOfParallelism = 12, CancellationToken = Cancel }, async (command, _) =>
                    await SendAsync(rig, command, plans[command.Plan], plans[(command.Plan + 1) % plans.Length].Plan.Hash)).GetAwaiter().GetResult();
            },
            iter: 15,
            threads: 1);
        var applied = LedgerProof.Check(LedgerProof.Read((await rig.Server.Admin.CallAsync("GET /api/v1/ledger?limit=10000")).Text));
        Assert.True(applied > 10, $"only {applied} plans were applied: the commands prove little");
    }

    private static Task<PlanOutcome> SendAsync(PlanRig rig, Command command, PlanModel plan, string otherHash)
    {
        var who = People[command.Person];
        return command.Kind switch
        {
            < 50 => rig.ApproveAsync(plan, who),
            < 53 => rig.RejectAsync(plan, who),
            < 88 => rig.ApplyAsync(plan, who),
            < 91 => rig.CancelAsync(plan, who),
            < 96 => rig.Plans.ApplyAsync(plan.Plan.Id, otherHash, who, Cancel),
            _ => rig.Plans.ApproveAsync(plan.Plan.Id, otherHash, "", who, Cancel),
        };
    }

    private sealed record Command(int Kind, int Plan, int Person, int Ceiling, int Organisation)
    {
        public string Changes(string prefix) =>
            $$"""[{"op":"organisation.put","organisation":{"id":"{{prefix}}-{{Organisation}}","ceiling":"{{Ceilings[Ceiling]}}"} }]""";
    }

    /// <summary>What a plan is, told again in as few words as possible.</summary>
    private sealed class Model(PlanRig rig, FakeTimeProvider time, string prefix)
    {
        private readonly List<One> plans = [];
        private readonly Dictionary<string, long> changedAt = [];

        public async Task DoAsync(Command command)
        {
            if (plans.Count < 3 || command.Kind % 10 == 7)
            {
                var proposed = await rig.ProposeAsync(command.Changes(prefix), People[command.Person]);
                plans.Add(new(proposed, $"{prefix}-{command.Organisation}", People[command.Person].Id));
                return;
            }

            if (command.Kind % 25 == 24)
            {
                time.Advance(TimeSpan.FromHours(7));
                return;
            }

            var plan = plans[command.Plan % plans.Count];
            var other = plans[(command.Plan + 1) % plans.Count];
            var answer = await SendAsync(rig, command, plan.Plan, other.Plan.Plan.Hash);
            var expected = Expect(command, plan, People[command.Person].Id);
            Assert.True(
                answer.Refusal == expected || (Over(answer.Refusal) && Over(expected)),
                $"{command} on {plan}: {answer.Refusal} ({answer.Detail}) instead of {expected}");
            if (expected is null && plan.State == "applied")
                changedAt[plan.Organisation] = Math.Max(changedAt.GetValueOrDefault(plan.Organisation), answer.Revision);
        }

        /// <summary>A plan that is both past its time and passed by may be called either.</summary>
        private static bool Over(PlanRefusal? refusal) => refusal is PlanRefusal.Expired or PlanRefusal.Stale;

        private PlanRefusal? Expect(Command command, One plan, string who)
        {
            if (command.Kind is >= 88 and < 91)
                return ExpectCancel(plan, who);
            if (command.Kind >= 91)
                return PlanRefusal.WrongHash;
            if (plan.State == "applied" && command.Kind is >= 53)
                return null;
            if (plan.State == "open" && time.GetUtcNow() >= plan.Plan.Plan.ExpiresAt)
                plan.State = "over";
            if (plan.State == "open" && changedAt.GetValueOrDefault(plan.Organisation) > plan.Plan.Plan.BaseRevision)
                plan.State = "over";
            if (plan.State != "open")
                return plan.State == "over" ? PlanRefusal.Stale : PlanRefusal.NotOpen;
            return command.Kind < 53 ? ExpectVote(command, plan, who) : ExpectApply(plan);
        }

        private static PlanRefusal? ExpectVote(Command command, One plan, string who)
        {
            if (who == plan.Author)
                return PlanRefusal.OwnPlan;
            if (command.Kind < 50)
                plan.Approvers.Add(who);
            else
                plan.State = "rejected";
            return null;
        }

        private static PlanRefusal? ExpectApply(One plan)
        {
            if (plan.Approvers.Count < plan.Plan.Plan.ApprovalsNeeded)
                return PlanRefusal.NotApproved;
            plan.State = "applied";
            return null;
        }

        private PlanRefusal? ExpectCancel(One plan, string who)
        {
            if (who != plan.Author)
                return PlanRefusal.NotYours;
            // What time or another plan has ended may not be written down yet: then it can still be cancelled.
            if (plan.State == "over" || (plan.State == "open" && (time.GetUtcNow() >= plan.Plan.Plan.ExpiresAt || changedAt.GetValueOrDefault(plan.Organisation) > plan.Plan.Plan.BaseRevision)))
                plan.State = rig.Now(plan.Plan).State == PlanState.Cancelled ? "cancelled" : "over";
            else if (plan.State == "open")
                plan.State = "cancelled";
            return plan.State == "cancelled" ? null : PlanRefusal.NotOpen;
        }
    }

    private sealed record One(PlanModel Plan, string Organisation, string Author)
    {
        public HashSet<string> Approvers { get; } = [];

        public string State { get; set; } = "open";
    }
}
