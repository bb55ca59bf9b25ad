using ReleaseTracks.Benchmarks;
using ReleaseTracks.Benchmarks.Evaluation;

switch (args.FirstOrDefault())
{
    case "guard":
        return GuardSimulation.Run(args[1..]);
    case "evaluation":
        return EvaluationBenchmark.Run(args[1..]);
    default:
        Console.Error.WriteLine("Say what to run: evaluation | guard [--quick]");
        return 2;
}
