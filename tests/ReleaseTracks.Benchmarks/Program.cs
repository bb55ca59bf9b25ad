using ReleaseTracks.Benchmarks;
using ReleaseTracks.Benchmarks.Http;
using ReleaseTracks.Benchmarks.Plans;
using ReleaseTracks.Benchmarks.Report;

switch (args.FirstOrDefault())
{
    case { } part when ComparisonTable.Knows(part):
        return await ComparisonTable.RunAsync(part);
    case "guard":
        return GuardSimulation.Run(args[1..]);
    case "startup":
        return await StartupBenchmark.RunAsync();
    case "bare-server":
        return await BareServer.RunAsync(args[1..]);
    case "soak":
        return await SoakBenchmark.RunAsync(args[1..]);
    case "plans":
        return await PlanBenchmark.RunAsync();
    case "demo":
        return await DemoBenchmark.RunAsync(args[1..]);
    default:
        Console.Error.WriteLine("Say what to run: table (all of: evaluation | all-flags | ofrep | streams | tick | enrollments | ledger) | guard [--quick] | plans | startup | soak [--minutes 30] [--reports 1] | demo [--runs 5]");
        return 2;
}
