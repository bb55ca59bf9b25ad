using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ReleaseTracks.Server.Alerts;
using ReleaseTracks.Server.Alerts.Delivery;

namespace ReleaseTracks.Server.Tests.Alerts;

/// <summary>What an address in a plan can make the server do: nothing but post to hosts that are allowed.</summary>
public sealed class AlertHttpTests : IAsyncLifetime
{
    private readonly List<string> asked = [];
    private AlertReceiver receiver = null!;

    public async ValueTask InitializeAsync() => receiver = await AlertReceiver.StartAsync();

    public ValueTask DisposeAsync() => receiver.DisposeAsync();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("localhost")]
    [InlineData("hooks.example")]
    [InlineData("mixed.example")]
    public async Task Host_OnThisMachine_IsNotConnectedToUnlessAllowed(string host)
    {
        using var http = Http(allowPrivate: false);

        var result = await PostAsync(http, host);

        Assert.Equal(DeliveryResult.Blocked, result.Result);
        Assert.Contains("is not public, and ReleaseTracks:Alerts:AllowPrivateNetworks is off", result.Detail, StringComparison.Ordinal);
        Assert.Empty(receiver.All);
    }

    [Fact]
    public async Task Host_ThatLeadsToCredentials_IsNotConnectedToWhateverIsAllowed()
    {
        using var http = Http(allowPrivate: true);

        var result = await PostAsync(http, "metadata.example");

        Assert.Equal((DeliveryResult.Blocked, "metadata.example: the address 169.254.169.254 is never sent to."), (result.Result, result.Detail));
    }

    [Fact]
    public async Task Host_ThatIsNotNamedInTheSettings_IsNotEvenLookedUp()
    {
        using var http = Http(allowPrivate: true);

        var result = await PostAsync(http, "other.invalid");

        Assert.Equal(DeliveryResult.Blocked, result.Result);
        Assert.EndsWith("is not in ReleaseTracks:Alerts:AllowedHosts.", result.Detail, StringComparison.Ordinal);
        Assert.Empty(asked);
    }

    /// <summary>The connection goes to the address that was checked: the name is looked up once for it.</summary>
    [Fact]
    public async Task Host_AllowedAndLookedUp_IsConnectedToAtTheAddressThatWasChecked()
    {
        using var http = Http(allowPrivate: true);

        var result = await PostAsync(http, "hooks.example");

        Assert.True(result.IsDelivered, result.Detail);
        Assert.Equal(["hooks.example"], asked);
        Assert.StartsWith("hooks.example:", Assert.Single(receiver.All).Headers["host"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_ThatDoesNotResolve_IsAFailedTry()
    {
        using var http = Http(allowPrivate: true);

        Assert.Equal(DeliveryResult.Failed, (await PostAsync(http, "gone.example")).Result);
    }

    [Fact]
    public async Task Receiver_ThatDoesNotAnswer_IsGivenUpAfterTenSeconds()
    {
        var time = new FakeTimeProvider();
        using var http = Http(allowPrivate: true, time);
        var release = new TaskCompletionSource();
        receiver.Answer = (_, _) => release.Task;

        var posting = PostAsync(http, "127.0.0.1");
        await receiver.NthAsync(1);
        time.Advance(AlertHttp.Timeout);

        var result = await posting.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal((DeliveryResult.Failed, "No answer within 10 s."), (result.Result, result.Detail));
        release.SetResult();
    }

    [Fact]
    public async Task Answer_WithoutEnd_IsNotWaitedFor()
    {
        var ended = new TaskCompletionSource();
        receiver.Answer = async (_, context) =>
        {
            var block = Encoding.ASCII.GetBytes(new string('x', 64 * 1024));
            try
            {
                while (true)
                    await context.Response.Body.WriteAsync(block, context.RequestAborted);
            }
            catch (Exception gone) when (gone is OperationCanceledException or IOException)
            {
                ended.SetResult();
            }
        };
        using var http = Http(allowPrivate: true);

        Assert.True((await PostAsync(http, "127.0.0.1")).IsDelivered);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Cookie_ThatIsSet_IsNotSentBack()
    {
        receiver.Answer = (_, context) =>
        {
            context.Response.Headers.SetCookie = "a=b; Path=/";
            return Task.CompletedTask;
        };
        using var http = Http(allowPrivate: true);

        await PostAsync(http, "127.0.0.1");
        await PostAsync(http, "127.0.0.1");

        Assert.Equal(2, receiver.All.Count);
        Assert.DoesNotContain(receiver.All, one => one.Headers.ContainsKey("cookie") || one.Headers.ContainsKey("traceparent"));
    }

    private AlertHttp Http(bool allowPrivate, TimeProvider? time = null) => new(
        Options.Create(new AlertOptions { AllowedHosts = "127.0.0.1 [::1] [::ffff:127.0.0.1] [::ffff:7f00:1] localhost *.example", AllowPrivateNetworks = allowPrivate }),
        new(ResolveAsync),
        time ?? TimeProvider.System);

    private Task<IPAddress[]> ResolveAsync(string name, CancellationToken cancel)
    {
        asked.Add(name);
        return name switch
        {
            "hooks.example" => Task.FromResult<IPAddress[]>([IPAddress.Loopback]),
            "mixed.example" => Task.FromResult<IPAddress[]>([IPAddress.Parse("1.1.1.1"), IPAddress.Loopback]),
            "metadata.example" => Task.FromResult<IPAddress[]>([IPAddress.Parse("169.254.169.254")]),
            "gone.example" => throw new SocketException((int)SocketError.HostNotFound),
            _ => Dns.GetHostAddressesAsync(name, cancel),
        };
    }

    private Task<DeliveryResult> PostAsync(AlertHttp http, string host) => http.PostAsync(
        new($"http://{host}:{new Uri(receiver.Url).Port.ToString(CultureInfo.InvariantCulture)}/hook"), "{}"u8.ToArray(), "application/json", [], TestContext.Current.CancellationToken);
}
