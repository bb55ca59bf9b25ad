using System.Globalization;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Plans;

/// <summary>
/// SIGKILL while plans are proposed, approved, applied and read back: afterwards each plan is applied once or not at all,
/// and every applied one is read back exactly once, if need be by the next start.
/// </summary>
public sealed class PlanKillTests
{
    private const int Workers = 8;

    private static readonly int Rounds =
        int.TryParse(Environment.GetEnvironmentVariable("RELEASETRACKS_KILL_ROUNDS"), CultureInfo.InvariantCulture, out var rounds) ? rounds : 6;

    [Fact]
    public async Task Plans_KilledBetweenAnyTwoSteps_AreAppliedOnceAndReadBackOnce()
    {
        using var directory = new TemporaryDirectory();
        var random = new Random(20_261_125);
        var (applied, late) = (0, 0);
        for (var round = 0; round <= Rounds; round++)
        {
            await using var server = await ServerProcess.StartAsync(directory.Path, "--ReleaseTracks:Control:Interval=1s");
            await Eventually.TrueAsync(async () => Unread(await LedgerAsync(server)) == 0, "everything that was applied is read back", TimeSpan.FromSeconds(60));
            var ledger = await LedgerAsync(server);
            (applied, late) = (LedgerProof.Check(ledger), Late(ledger));
            Assert.DoesNotContain(ledger, entry => entry.Type == "plan.unverified");
            if (round < Rounds)
                await WorkAsync(server, round, random.Next(10, 60));
        }

        Assert.True(applied >= Rounds, $"only {applied} plans were applied: the rounds prove little");
        TestContext.Current.SendDiagnosticMessage($"{applied} plans applied, {late} of them read back more than a second later, most likely by the next start");
    }

    /// <summary>
    /// Many at once go through every step, so that whenever the server dies some plan is between any two of them: reading
    /// back waits behind the other writers.
    /// </summary>
    private static async Task WorkAsync(ServerProcess server, int round, int until)
    {
        var done = 0;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(async worker =>
        {
            try
            {
                for (var i = 0; ; i++)
                {
                    var plan = await StepAsync("/api/v1/plans", Api.PutPlan($"k{round}-{worker}-{i}"));
                    var path = $"/api/v1/plans/{plan.Json.GetProperty("id").GetString()}";
                    var hash = plan.Json.GetProperty("hash").GetString();
                    await StepAsync($"{path}/approvals", $$"""{"hash":"{{hash}}","decision":"approve"}""");
                    await StepAsync($"{path}/apply", $$"""{"hash":"{{hash}}"}""");
                }
            }
            catch (Exception ended) when (ended is HttpRequestException or IOException)
            {
                // Killed.
            }
        }));

        async Task<Answer> StepAsync(string path, string body)
        {
            var answer = await server.Client.CallAsync($"POST {path}", body);
            Assert.True(answer.Status is 200 or 201, answer.Text);
            if (Interlocked.Increment(ref done) == until)
                await server.KillAsync();
            return answer;
        }
    }

    private static int Unread(LedgerProof.Entry[] ledger) =>
        ledger.Count(entry => entry.Type == "plan.applied") - ledger.Count(entry => entry.Type is "plan.verified" or "plan.unverified");

    private static int Late(LedgerProof.Entry[] ledger) => ledger.Count(entry => entry.Type == "plan.verified"
        && entry.At - ledger.Single(other => other.Type == "plan.applied" && other.Plan == entry.Plan).At > TimeSpan.FromSeconds(1));

    private static async Task<LedgerProof.Entry[]> LedgerAsync(ServerProcess server) =>
        LedgerProof.Read((await server.Client.CallAsync("GET /api/v1/ledger?limit=10000")).Text);
}
