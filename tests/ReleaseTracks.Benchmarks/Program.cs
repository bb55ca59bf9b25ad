using ReleaseTracks.Benchmarks;

switch (args.FirstOrDefault())
{
    case "guard":
        return GuardSimulation.Run(args[1..]);
    case "ofrep":
        return await OfrepBenchmark.RunAsync(args[1..]);
    case "ofrep-baseline":
        return await OfrepBaseline.RunAsync(args[1..]);
    default:
        Console.Error.WriteLine("Say what to run: guard [--quick] | ofrep [--rounds 5] [--seconds 10]");
        return 2;
}
