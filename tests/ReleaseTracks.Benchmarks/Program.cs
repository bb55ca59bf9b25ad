using ReleaseTracks.Benchmarks;
using ReleaseTracks.Benchmarks.Control;
using ReleaseTracks.Benchmarks.Evaluation;
using ReleaseTracks.Benchmarks.Http;
using ReleaseTracks.Benchmarks.Plans;

switch (args.FirstOrDefault())
{
    case "guard":
        return GuardSimulation.Run(args[1..]);
    case "evaluation":
        return EvaluationBenchmark.Run(args[1..]);
    case "startup":
        return await StartupBenchmark.RunAsync();
    case "ofrep":
        return await OfrepBenchmark.RunAsync(args[1..]);
    case "ofrep-baseline":
        return await OfrepBaseline.RunAsync(args[1..]);
    case "tick":
        return await TickBenchmark.RunAsync();
    case "plans":
        return await PlanBenchmark.RunAsync();
    case "demo":
        return await DemoBenchmark.RunAsync(args[1..]);
    default:
        Console.Error.WriteLine("Say what to run: evaluation | guard [--quick] | plans | startup | tick | demo [--runs 5] | ofrep [--rounds 5] [--seconds 10]");
        return 2;
}
