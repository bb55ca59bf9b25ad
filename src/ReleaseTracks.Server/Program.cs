using ReleaseTracks.Server;
using ReleaseTracks.Server.Access;

if (Commands.Find(args) is { } command)
    return await command();

await using var app = ServerApp.Create(args);
app.AnnounceSignIn(Console.Out);
await app.RunAsync();
return 0;
