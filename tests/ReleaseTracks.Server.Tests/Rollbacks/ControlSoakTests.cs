using System.Globalization;
using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Tests.Faults;

namespace ReleaseTracks.Server.Tests.Rollbacks;

/// <summary>
/// Hours of the control loop by a clock that jumps: nothing grows but the buckets, one a minute and one an hour.
/// RELEASETRACKS_SOAK_HOURS sets how many; a day takes ten seconds or so.
/// </summary>
[Collection(nameof(AloneOnTheMachine))]
public sealed class ControlSoakTests(ControlStore store) : ControlTests(store)
{
    private const int RoundsPerHour = 240;
    private const int Features = 20;

    private static int Hours => int.TryParse(Environment.GetEnvironmentVariable("RELEASETRACKS_SOAK_HOURS"), CultureInfo.InvariantCulture, out var hours) ? hours : 24;

    [Fact]
    public async Task Loop_ForHours_KeepsMemoryStoreAndLedgerFlat()
    {
        string[] features = [.. Enumerable.Range(0, Features).Select(i => $"f{i}")];
        await Rig.ReleaseAsync(features);
        var random = new Random(5);
        void Traffic()
        {
            foreach (var feature in features)
                Rig.Send(feature, 60, random.Next(100) == 0 ? 1 : 0);
            Rig.SendFallback("f0", 60, 0);
        }

        var samples = new List<(long Memory, long Keys, long Guard)>();
        var revision = Rig.State.Revision;
        for (var hour = 0; hour < Hours; hour++)
        {
            await Rig.RunAsync(RoundsPerHour, Traffic);
            samples.Add((GC.GetTotalMemory(forceFullCollection: true), (long)await Rig.Database.ExecuteAsync("DBSIZE"), (await Rig.Guards.ReadAsync()).Rows.Sum(row => (long)row.Value.Length)));
        }

        var (first, last) = (samples[0], samples[^1]);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Hours} h: memory {first.Memory / 1e6:0.0} → {last.Memory / 1e6:0.0} MB, keys {first.Keys} → {last.Keys}, guard {first.Guard} → {last.Guard} bytes"));
        Assert.Empty(Rig.Rollbacks);
        Assert.Equal(revision, Rig.State.Revision);
        Assert.All(features, feature => Assert.Equal(Verdict.Healthy, Rig.Row(feature).Verdict));
        // Their time to live runs by the clock of the store, which does not jump.
        Assert.InRange(last.Keys - first.Keys, 0, (Hours - 1) * 62);
        Assert.InRange(last.Guard, 0, first.Guard * 2);
        // What a day of minutes and hours of every row may take, and no more.
        Assert.InRange(last.Memory - first.Memory, long.MinValue, 20_000_000);
    }
}
