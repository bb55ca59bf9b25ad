using ReleaseTracks.Benchmarks;
using ReleaseTracks.Benchmarks.Evaluation;
using ReleaseTracks.Benchmarks.Http;

switch (args.FirstOrDefault())
{
    case "guard":
        return GuardSimulation.Run(args[1..]);
    case "evaluation":
        return EvaluationBenchmark.Run(args[1..]);
    case "startup":
        return await StartupBenchmark.RunAsync();
    default:
        Console.Error.WriteLine("Say what to run: evaluation | guard [--quick] | startup");
        return 2;
}
