namespace ReleaseTracks.Benchmarks;

/// <summary>
/// What others roll back on: the page rules of the SRE workbook, chapter 5 (14.4 times the budget over 1 h and 5 min,
/// or 6 times over 6 h and 30 min), checked every 15 s over as much of each window as there is.
/// </summary>
internal sealed class BurnRateRule(double tolerance)
{
    private readonly Rolling hour = new(240), fiveMinutes = new(20), sixHours = new(1440), halfHour = new(120);

    public bool Fires(long total, long bad)
    {
        hour.Add(total, bad);
        fiveMinutes.Add(total, bad);
        sixHours.Add(total, bad);
        halfHour.Add(total, bad);
        return (fiveMinutes.Over(14.4 * tolerance) && hour.Over(14.4 * tolerance))
            || (halfHour.Over(6 * tolerance) && sixHours.Over(6 * tolerance));
    }

    private sealed class Rolling(int length)
    {
        private readonly (long Total, long Bad)[] ring = new (long, long)[length];
        private long total, bad;
        private int next;

        public void Add(long newTotal, long newBad)
        {
            ref var oldest = ref ring[next];
            total += newTotal - oldest.Total;
            bad += newBad - oldest.Bad;
            oldest = (newTotal, newBad);
            next = next + 1 == length ? 0 : next + 1;
        }

        public bool Over(double ratio) => bad > ratio * total;
    }
}
