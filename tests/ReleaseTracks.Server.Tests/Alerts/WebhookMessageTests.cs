using System.Text;
using ReleaseTracks.Server.Alerts.Delivery;

namespace ReleaseTracks.Server.Tests.Alerts;

public sealed class WebhookMessageTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /// <summary>The vector that the libraries of Standard Webhooks are tested with.</summary>
    [Fact]
    public void Headers_OfTheKnownVector_AreItsSignature()
    {
        var headers = WebhookMessage.Headers(
            "msg_p5jXN8AQM9LWM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1614265330), Encoding.UTF8.GetBytes("""{"test": 2432232314}"""), WebhookMessage.KeyOf(Secret)!);

        Assert.Equal(
            [("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"), ("webhook-timestamp", "1614265330"), ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")],
            headers);
    }

    [Theory]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_")]
    [InlineData("whsec_c2hvcnQ=")]
    [InlineData("whsec_not base64!")]
    [InlineData("Bearer abcdefghijklmnopqrstuvwxyz")]
    public void Secret_ThatCannotSign_IsNoKey(string secret) => Assert.Null(WebhookMessage.KeyOf(secret));

    [Fact]
    public void Secret_FromAFile_MayEndWithALine() => Assert.Equal(24, WebhookMessage.KeyOf(Secret + "\n")!.Length);

    [Fact]
    public void Retry_GoesOnForEver_WithinItsBoundsAndWithJitter()
    {
        for (var failures = 1; failures < 100_000; failures = (failures * 3) + 1)
        {
            var (least, most) = (Retry.After(failures, 0, null), Retry.After(failures, 0.999999, null));
            Assert.InRange(most, least * 1.9, least * 2);
            Assert.True(most <= Retry.Longest);
        }

        Assert.True(Retry.After(1, 0.999999, null) <= Retry.First);
        Assert.True(Retry.After(50, 0, null) >= Retry.Longest / 2);
    }

    [Fact]
    public void Retry_AskedToWait_WaitsAtLeastSoLong()
    {
        Assert.Equal(TimeSpan.FromMinutes(20), Retry.After(1, 0, TimeSpan.FromMinutes(20)));
        Assert.Equal(Retry.After(9, 0, null), Retry.After(9, 0, TimeSpan.FromSeconds(1)));
        Assert.Equal(Retry.After(9, 0, null), Retry.After(9, 0, TimeSpan.FromSeconds(-5)));
    }
}
