using ReleaseTracks.Server;

if (Commands.Find(args) is { } command)
    return await command();

await using var app = ServerApp.Create(args);
await app.RunAsync();
return 0;
