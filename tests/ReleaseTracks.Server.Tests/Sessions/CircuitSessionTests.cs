using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.DependencyInjection;
using ReleaseTracks.Server.Sessions;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Sessions;

public sealed class CircuitSessionTests
{
    [Fact]
    public async Task Session_ThatEndedBetweenTheRequestAndThePage_IsNoticedAtOnce()
    {
        await using var server = await TestServer.StartAsync();
        var sessions = server.Services.GetRequiredService<PersonSessions>();
        var owner = await sessions.AsOwnerAsync(TestContext.Current.CancellationToken);
        await using var page = server.Services.CreateAsyncScope();
        var state = (ServerAuthenticationStateProvider)page.ServiceProvider.GetRequiredService<AuthenticationStateProvider>();
        await sessions.EndAsync(owner!, everywhere: false, TestContext.Current.CancellationToken);
        var changed = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        state.AuthenticationStateChanged += async now =>
        {
            if ((await now).User.Identity?.IsAuthenticated != true)
                changed.TrySetResult(true);
        };

        state.SetAuthenticationState(Task.FromResult(new AuthenticationState(owner!)));

        // By itself it looks again only every half minute.
        Assert.True(await changed.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }
}
