using CsCheck;
using ReleaseTracks.Objectives;
using static ReleaseTracks.Tests.Objectives.Readings;

namespace ReleaseTracks.Tests.Objectives;

/// <summary>
/// Whatever happens between polls, the deltas add up to the truth, less what GUARD says nobody can know: the events
/// before the first poll and those between a poll and a restart.
/// </summary>
public class CounterDeltasPropertyTests
{
    private enum Step
    {
        GoodEvent,
        BadEvent,
        Restart,
        Poll,
        FailedPoll,
        PartialPoll,
        Absent,
        RestartController,
    }

    private static readonly Gen<(Step Step, int Process, int Amount)[]> Stories = Gen.Select(
        Gen.Frequency(
            (6, Gen.Const(Step.GoodEvent)),
            (4, Gen.Const(Step.BadEvent)),
            (1, Gen.Const(Step.Restart)),
            (5, Gen.Const(Step.Poll)),
            (1, Gen.Const(Step.FailedPoll)),
            (1, Gen.Const(Step.PartialPoll)),
            (1, Gen.Const(Step.Absent)),
            (1, Gen.Const(Step.RestartController))),
        Gen.Int[0, 2],
        Gen.Int[1, 500]).Array[1, 80];

    [Fact]
    public void AnyStory_StartTimesKnown_DeltasAreExact() =>
        Stories.Sample(story => Run(story, startsKnown: true, out var truth) == truth, iter: 2_000);

    [Fact]
    public void AnyStory_StartTimesUnknown_NeverCountsMoreThanHappened() =>
        Stories.Sample(
            story =>
            {
                var counted = Run(story, startsKnown: false, out var truth);
                return counted.Good <= truth.Good && counted.Bad <= truth.Bad;
            },
            iter: 2_000);

    private static (long Good, long Bad) Run((Step Step, int Process, int Amount)[] story, bool startsKnown, out (long Good, long Bad) truth)
    {
        var processes = Enumerable.Range(0, 3).Select(index => new Process(index)).ToArray();
        var deltas = new CounterDeltas();
        var (good, bad, seconds) = (0L, 0L, 0.0);
        truth = (0, 0);

        // The first poll is the baseline of all.
        Poll([], ReadingStatus.Ok, ref truth);
        foreach (var (step, which, amount) in story)
        {
            seconds += amount;
            var process = processes[which];
            switch (step)
            {
                case Step.GoodEvent: process.Good += amount; break;
                case Step.BadEvent: process.Bad = (process.Bad ?? 0) + amount; break;
                case Step.Restart: process.Restart(seconds); break;
                case Step.Poll: Poll([], ReadingStatus.Ok, ref truth); break;
                case Step.Absent: Poll([process], ReadingStatus.Ok, ref truth); break;
                case Step.FailedPoll: Poll([], ReadingStatus.Unavailable, ref truth); break;
                case Step.PartialPoll: Poll([process], ReadingStatus.Partial, ref truth); break;
                case Step.RestartController: deltas = CounterDeltas.Read(deltas.Write())!; break;
            }
        }

        return (good, bad);

        void Poll(Process[] absent, ReadingStatus status, ref (long Good, long Bad) sum)
        {
            seconds += 1;
            var present = processes.Except(absent).ToList();
            var reading = Ok(seconds, [.. present.SelectMany(process => process.Samples())]) with { Status = status };
            if (startsKnown) reading = present.Aggregate(reading, (all, process) => all.StartedAt(process.Started, process.Name));
            var counts = deltas.CountsOf(reading);
            (good, bad) = (good + counts.Good, bad + counts.Bad);
            if (status != ReadingStatus.Ok) return;
            foreach (var process in present) sum = process.SeenIn(sum);
        }
    }

    private sealed class Process(int index)
    {
        private (long Good, long Bad) seen;
        private bool isBaselined;

        public string Name { get; } = "p" + index;

        public double Started { get; private set; } = -10_000;

        public long Good { get; set; } = 1_000 * index;

        /// <summary>Null until the first bad event: the series is created late.</summary>
        public long? Bad { get; set; }

        public IEnumerable<CounterSample> Samples() =>
            Bad is { } bad ? [Readings.Good(Good, Name), Readings.Bad(bad, Name)] : [Readings.Good(Good, Name)];

        public void Restart(double seconds)
        {
            Started = seconds;
            (Good, Bad, seen) = (0, null, (0, 0));
        }

        public (long Good, long Bad) SeenIn((long Good, long Bad) sum)
        {
            var (good, bad) = isBaselined ? (Good - seen.Good, (Bad ?? 0) - seen.Bad) : (0, 0);
            (seen, isBaselined) = ((Good, Bad ?? 0), true);
            return (sum.Good + good, sum.Bad + bad);
        }
    }
}
