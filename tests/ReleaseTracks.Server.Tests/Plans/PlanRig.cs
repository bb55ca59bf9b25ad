using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ReleaseTracks.Access;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Ledger;
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

    public static async Task<PlanRig> StartAsync(int approvals = 1, TimeProvider? time = null, Action<IServiceCollection>? services = null, string? dataPath = null) => new(await TestServer.StartAsync(new()
    {
        Settings = new Dictionary<string, string?> { ["ReleaseTracks:Plans:Approvals"] = $"{approvals}" },
        Time = time,
        Services = services,
        DataPath = dataPath,
    }));

    public static FakeTimeProvider Clock() => new(TimeProvider.System.GetUtcNow());

    /// <summary>People with the role of an approver, as far as this server's snapshot is concerned.</summary>
    public void Invite(params string[] people)
    {
        var holder = Server.Services.GetRequiredService<SnapshotHolder>();
        var state = holder.Current;
        var added = people.Select(id => KeyValuePair.Create(id, new Person(id, id, [Roles.Approver], state.At)));
        PeopleOf(holder, state with { People = state.People.SetItems(added) });
    }

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

    private static void PeopleOf(SnapshotHolder holder, Snapshot state) =>
        typeof(SnapshotHolder).GetField("current", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.SetValue(holder, state);
}
