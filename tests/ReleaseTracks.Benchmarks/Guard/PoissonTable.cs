namespace ReleaseTracks.Benchmarks;

/// <summary>Poisson numbers in constant time by Walker's alias table, exact to rounding within ten standard deviations.</summary>
internal sealed class PoissonTable
{
    private readonly int first;
    private readonly double[] keep;
    private readonly int[] alias;

    public PoissonTable(double mean)
    {
        var reach = 10 * Math.Sqrt(mean) + 20;
        first = (int)Math.Max(0, mean - reach);
        var weights = Weights(mean, first, (int)(mean + reach) - first + 1);
        (keep, alias) = (new double[weights.Length], new int[weights.Length]);
        Build(weights);
    }

    public int Draw(ref SplitMix random)
    {
        var place = random.Uniform() * keep.Length;
        var column = (int)place;
        return first + (place - column < keep[column] ? column : alias[column]);
    }

    private static double[] Weights(double mean, int first, int count)
    {
        var logs = new double[count];
        if (mean == 0)
            return [1];
        for (var i = 1; i < count; i++)
            logs[i] = logs[i - 1] + Math.Log(mean / (first + i));
        var max = logs.Max();
        var sum = logs.Sum(log => Math.Exp(log - max));
        return [.. logs.Select(log => Math.Exp(log - max) / sum)];
    }

    private void Build(double[] weights)
    {
        var (small, large) = (new Stack<int>(), new Stack<int>());
        var scaled = weights.Select(weight => weight * weights.Length).ToArray();
        for (var i = 0; i < scaled.Length; i++)
            (scaled[i] < 1 ? small : large).Push(i);
        while (small.Count > 0 && large.Count > 0)
        {
            var (low, high) = (small.Pop(), large.Pop());
            (keep[low], alias[low]) = (scaled[low], high);
            scaled[high] -= 1 - scaled[low];
            (scaled[high] < 1 ? small : large).Push(high);
        }
        foreach (var rest in small.Concat(large))
            (keep[rest], alias[rest]) = (1, rest);
    }
}
