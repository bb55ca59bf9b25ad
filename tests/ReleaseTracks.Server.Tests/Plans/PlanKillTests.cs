using System.Globalization;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;
using ReleaseTracks.Server.Tests.Ledger;

namespace ReleaseTracks.Server.Tests.Plans;

/// <summary>
/// SIGKILL while plans are proposed, approved, applied and read back: afterwards each plan is applied once or not at all,
/// and every applied one is read back exactly once, if need be by the next start.
/// </summary>
public sealed class PlanKillTests
{
    private static readonly int Rounds =
        int.TryParse(Environment.GetEnvironmentVariable("RELEASETRACKS_KILL_ROUNDS"), CultureInfo.InvariantCulture, out var rounds) ? rounds : 4;

    [Fact]
    public async Task Plans_KilledBetweenAnyTwoSteps_AreAppliedOnceAndReadBackOnce()
    {
        using var directory = new TemporaryDirectory();
        var work = new KillWork(20_261_125);
        var (applied, left) = (0, 0);
        for (var round = 0; round <= Rounds; round++)
        {
            await using var server = await ServerProcess.StartAsync(directory.Path, "--ReleaseTracks:Control:Interval=1s");
            var first = await LedgerAsync(server);
            left += Unread(first);
            await Eventually.TrueAsync(async () => Unread(await LedgerAsync(server)) == 0, "everything that was applied is read back", TimeSpan.FromSeconds(60));
            var ledger = await LedgerAsync(server);
            applied = LedgerProof.Check(ledger);
            Assert.DoesNotContain(ledger, entry => entry.Type == "plan.unverified");
            if (round == 0)
                await work.PlanAsync(server.Client, KillWork.Feature);
            if (round < Rounds)
                await work.RunAsync(server.Client, server.KillAsync);
        }

        Assert.True(applied >= Rounds, $"only {applied} plans were applied: the rounds prove little");
        TestContext.Current.SendDiagnosticMessage($"{applied} plans applied, {left} of them killed before they were read back");
    }

    private static int Unread(LedgerProof.Entry[] ledger) =>
        ledger.Count(entry => entry.Type == "plan.applied") - ledger.Count(entry => entry.Type is "plan.verified" or "plan.unverified");

    private static async Task<LedgerProof.Entry[]> LedgerAsync(ServerProcess server) =>
        LedgerProof.Read((await server.Client.CallAsync("GET /api/v1/ledger?limit=10000")).Text);
}
