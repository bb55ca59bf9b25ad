using ReleaseTracks.Server;
using ReleaseTracks.Server.Access;

if (Commands.Find(args) is { } command)
    return await command();

try
{
    await using var app = ServerApp.Create(args);
    app.AnnounceSignIn(Console.Out);
    try
    {
        await app.StartAsync();
    }
    catch
    {
        // What was started already must end in order, or the control loop trips over the store being gone.
        await app.StopAsync();
        throw;
    }

    // Reading the store and the ledger leaves more garbage than a quiet server makes in hours: give it back once.
    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception failed)
{
    // A port in use, a data path in use, a setting that makes no sense: the message says which and what to do.
    await Console.Error.WriteLineAsync($"The server could not start: {failed.Message}");
    return 1;
}
