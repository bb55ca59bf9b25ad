using ReleaseTracks.Benchmarks;

switch (args.FirstOrDefault())
{
    case "guard":
        return GuardSimulation.Run(args[1..]);
    default:
        Console.Error.WriteLine("Say what to run: guard [--quick]");
        return 2;
}
