using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ReleaseTracks.Access;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Plans;
using ReleaseTracks.Server.Rollbacks;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Plans;

/// <summary>A real server whose plan service is called as pages and agents call it, by people who are in its snapshot.</summary>
internal sealed class PlanRig : IAsyncDisposable
{
    public static readonly Actor Ada = new(ActorKinds.Person, "ada", "cookie");
    public static readonly Actor Bob = new(ActorKinds.Person, "bob", "cookie");
    public static readonly Actor Eve = new(ActorKinds.Person, "eve", "cookie");

    private PlanRig(TestServer server) => Server = server;

    public TestServer Server { get; }

    public PlanService Plans => Server.Services.GetRequiredService<PlanService>();

    public Snapshot State => Server.Services.GetRequiredService<SnapshotHolder>().Current;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>By a clock that stands still, the control loop does too, after its first round: that sees nothing of what is done here.</summary>
    public static async Task<PlanRig> StartAsync(int approvals = 1, TimeProvider? time = null, string? dataPath = null)
    {
        var server = await TestServer.StartAsync(new()
        {
            Settings = new Dictionary<string, string?> { ["ReleaseTracks:Plans:Approvals"] = $"{approvals}" },
            Time = time,
            DataPath = dataPath,
        });
        await Eventually.TrueAsync(
            () => Task.FromResult(server.Services.GetRequiredService<BudgetBoard>().At is not null), "the first round is done", TimeSpan.FromSeconds(60));
        return new(server);
    }

    public static FakeTimeProvider Clock() => new(TimeProvider.System.GetUtcNow());

    /// <summary>People with the role of an approver, as far as this server's snapshot is concerned.</summary>
    public void Invite(params string[] people) => Set(people.Select(id => new Person(id, id, [Roles.Approver], State.At)));

    public void Remove(string person) => Set([State.People[person] with { RemovedAt = State.At }]);

    public async Task<PlanModel> ProposeAsync(string changes, Actor author)
    {
        var errors = new InputErrors();
        var plan = await Plans.ProposeAsync(JsonElement.Parse($$"""{"title":"t","reason":"r","changes":{{changes}}}"""), author, errors, Cancel);
        Assert.Empty(errors.All);
        return plan!;
    }

    public Task<PlanOutcome> ApproveAsync(PlanModel plan, Actor actor) => Plans.ApproveAsync(plan.Plan.Id, plan.Plan.Hash, "", actor, Cancel);

    public Task<PlanOutcome> RejectAsync(PlanModel plan, Actor actor) => Plans.RejectAsync(plan.Plan.Id, plan.Plan.Hash, "no", actor, Cancel);

    public Task<PlanOutcome> ApplyAsync(PlanModel plan, Actor actor) => Plans.ApplyAsync(plan.Plan.Id, plan.Plan.Hash, actor, Cancel);

    public Task<PlanOutcome> CancelAsync(PlanModel plan, Actor actor, bool admin = false) => Plans.CancelAsync(plan.Plan.Id, actor, admin, Cancel);

    public Task<RollbackOutcome?> RollBackAsync(string feature) =>
        Server.Services.GetRequiredService<RollbackService>().RollBackAsync(feature, TrackKey.Ai, "by hand", Eve, Cancel);

    /// <summary>As the service does, with a document that does not say what its changes do: a fault of this program.</summary>
    public async Task<Plan> ProposeForgedAsync(string changes, Func<string, string> forge)
    {
        var body = JsonElement.Parse($$"""{"title":"t","reason":"r","changes":{{changes}}}""");
        var text = forge((await Plans.PreviewAsync(body, Ada, new()))!.Document.GetRawText().Replace("\"id\":\"preview\"", "\"id\":\"pl_forged\"", StringComparison.Ordinal));
        var plan = PlanBuilder.Read(JsonElement.Parse(text));
        await AppendAsync(EntryTypes.PlanProposed, json =>
        {
            json.WritePropertyName("plan");
            plan.Document.WriteTo(json);
            json.WriteString("hash", plan.Hash);
        });
        return plan;
    }

    /// <summary>As if the server was killed between applying and reading back.</summary>
    public async Task<string> ApplyUnreadAsync(string changes)
    {
        var plan = await ProposeAsync(changes, Ada);
        await AppendAsync(EntryTypes.PlanApplied, json =>
        {
            json.WriteString("plan", plan.Plan.Id);
            json.WriteString("hash", plan.Plan.Hash);
        });
        return plan.Plan.Id;
    }

    public Task CloseTrackAsync(params string[] features) => Server.Services.GetRequiredService<RollbackService>().CommitAsync(
        new()
        {
            Id = "rb_track",
            WholeTrack = true,
            Features = [.. features],
            Track = TrackKey.Ai,
            At = State.At,
            Cause = RollbackCause.BreachProven,
            Actor = Eve,
        },
        Cancel);

    private Task<Appended> AppendAsync(string type, Action<Utf8JsonWriter> data) =>
        Server.Services.GetRequiredService<LedgerService>().AppendAsync(Ada, _ => new(type, Json.Object(data)), Cancel);

    public PlanModel Now(PlanModel plan) => State.Plans.Find(plan.Plan.Id)!;

    /// <summary>The types of the ledger entries that name the plan, oldest first.</summary>
    public async Task<string[]> EntriesAsync(PlanModel plan) =>
    [
        .. (await Server.Admin.CallAsync("GET /api/v1/ledger?limit=10000")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.Contains(plan.Plan.Id, StringComparison.Ordinal))
            .Select(line => JsonElement.Parse(line).GetProperty("type").GetString()!),
    ];

    public static string Put(string feature, string more = "") => $"[{{\"op\":\"feature.put\",\"feature\":{Api.Feature(feature, more)}}}]";

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>Behind the holder's back, because people come by entries of another slice: what follows folds on top of it.</summary>
    private void Set(IEnumerable<Person> people)
    {
        var holder = Server.Services.GetRequiredService<SnapshotHolder>();
        typeof(SnapshotHolder).GetField("current", BindingFlags.NonPublic | BindingFlags.Instance)!
            .SetValue(holder, State with { People = State.People.SetItems(people.Select(person => KeyValuePair.Create(person.Id, person))) });
    }
}
