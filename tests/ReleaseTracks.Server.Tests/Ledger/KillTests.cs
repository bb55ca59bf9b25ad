using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Ledger;

/// <summary>
/// SIGKILL at random moments while everything is written at once: no acknowledged write is lost, no batch is counted
/// twice, and the ledger verifies each time. <c>RELEASETRACKS_KILL_ROUNDS</c> asks for more rounds.
/// </summary>
public sealed class KillTests
{
    private const int DefaultRounds = 6;
    private const int Seed = 20_260_726;

    private static readonly int Rounds =
        int.TryParse(Environment.GetEnvironmentVariable("RELEASETRACKS_KILL_ROUNDS"), CultureInfo.InvariantCulture, out var rounds) ? rounds : DefaultRounds;

    [Fact]
    public async Task Server_KilledAtRandomMoments_LosesNothingItAcknowledged()
    {
        using var directory = new TemporaryDirectory();
        var work = new KillWork(Seed);
        for (var round = 0; round <= Rounds; round++)
        {
            if (round > 0)
            {
                var (exit, output) = await ServerProcess.RunAsync("ledger", "verify", "--data-path", directory.Path);
                Assert.True(exit == 0, $"round {round}: {output}");
            }

            await using var server = await ServerProcess.StartAsync(directory.Path, "--ReleaseTracks:Control:Interval=100ms");
            if (round == 0)
                await work.PlanAsync(server.Client, KillWork.Feature);
            await CheckAsync(server.Client, work, round);
            if (round < Rounds)
                await work.RunAsync(server.Client, server.KillAsync);
        }
    }

    private static async Task CheckAsync(HttpClient client, KillWork work, int round)
    {
        var features = await GetAsync(client, "/api/v1/features");
        var keys = features.AsArray().Select(feature => feature!["key"]!.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
        Assert.All(work.Applied, applied => Assert.True(keys.Contains(applied.Key), $"round {round}: {applied.Key} ({applied.Value}) is lost"));
        await CheckPlansAsync(client, work, round);
        foreach (var (user, (known, asked)) in work.Users)
        {
            var track = (await GetAsync(client, $"/api/v1/users/{user}/enrollment"))["track"]!.GetValue<string>();
            Assert.True(track == asked || track == (known ?? "stable"), $"round {round}: {user} is on {track}, not on {known} or {asked}");
            work.Users[user] = (track, null);
        }

        await CheckOutcomesAsync(client, work, round);
    }

    private static async Task CheckPlansAsync(HttpClient client, KillWork work, int round)
    {
        var applied = work.Applied.Values.ToHashSet(StringComparer.Ordinal);
        while (work.Proposed.TryTake(out var plan))
        {
            var state = (await GetAsync(client, $"/api/v1/plans/{plan}"))["state"]!.GetValue<string>();
            Assert.True(state == "applied" || (state == "proposed" && !applied.Contains(plan)), $"round {round}: {plan} is {state}");
        }
    }

    /// <summary>
    /// A batch that was answered counts no more; one that was not is sent again, as clients do, and then all of them are
    /// counted exactly once, as seen through the control loop, which was killed between its own writes too.
    /// </summary>
    private static async Task CheckOutcomesAsync(HttpClient client, KillWork work, int round)
    {
        foreach (var (batch, acknowledged) in work.Batches.OrderByDescending(one => int.Parse(one.Key[1..], CultureInfo.InvariantCulture)).Take(100).ToArray())
        {
            var counted = await work.ReportAsync(client, batch);
            Assert.False(acknowledged && counted, $"round {round}: {batch} was acknowledged and is counted again");
        }

        var (good, bad) = (work.Batches.Count * KillWork.Good, work.Batches.Count * KillWork.Bad);
        JsonNode? row = null;
        try
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    row = (await GetAsync(client, "/api/v1/budgets")).AsArray().FirstOrDefault(one =>
                        one!["feature"]?.GetValue<string>() == KillWork.Feature
                        && one["track"]!.GetValue<string>() == "ai" && one["objective"]!.GetValue<string>() == "availability");
                    return row?["good"]?.GetValue<long>() == good && row["bad"]?.GetValue<long>() == bad;
                },
                "everything reported is counted");
        }
        catch (TimeoutException)
        {
            Assert.Fail($"round {round}: {good} good and {bad} bad were reported, but this is counted: {row}");
        }
    }

    private static async Task<JsonNode> GetAsync(HttpClient client, string path) =>
        (await client.GetFromJsonAsync<JsonNode>(path, TestContext.Current.CancellationToken))!;
}
