using System.Runtime.InteropServices;
using ReleaseTracks.Demo;

if (DemoOptions.Parse(args, out var error) is not { } options)
{
    await Console.Error.WriteLineAsync(error);
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await DemoRun.RunAsync(options, TimeProvider.System, Console.Out, stop.Token);

void Stop(PosixSignalContext signal)
{
    // Not the end of the process, but of the story: everything is then taken down in order, within seconds.
    signal.Cancel = true;
    stop.Cancel();
}
