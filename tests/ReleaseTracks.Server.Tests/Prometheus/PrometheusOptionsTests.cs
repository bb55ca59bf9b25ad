using Microsoft.Extensions.Configuration;
using ReleaseTracks.Server.Prometheus;

namespace ReleaseTracks.Server.Tests.Prometheus;

public class PrometheusOptionsTests
{
    [Theory]
    [InlineData("7s")]
    [InlineData("00:00:07")]
    public void Timeout_InEitherForm_IsRead(string text) =>
        Assert.Equal(TimeSpan.FromSeconds(7), From(("Timeout", text)).Timeout);

    [Fact]
    public void Nothing_GivesTheDefaults() => Assert.Equal(new PrometheusOptions(), From());

    [Theory]
    [InlineData("Timeout", "5")]
    [InlineData("Timeout", "0s")]
    [InlineData("Timeout", "2h")]
    [InlineData("ScrapeInterval", "soon")]
    [InlineData("Url", "prometheus:9090")]
    [InlineData("Url", "ftp://prometheus")]
    public void Nonsense_IsRefusedByTheNameOfItsKey(string key, string value)
    {
        var exception = Assert.Throws<InvalidOperationException>(() => From((key, value)));
        Assert.Contains($"ReleaseTracks:Prometheus:{key}", exception.Message, StringComparison.Ordinal);
    }

    private static PrometheusOptions From(params (string Key, string Value)[] settings) =>
        PrometheusOptions.From(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(one => KeyValuePair.Create("ReleaseTracks:Prometheus:" + one.Key, (string?)one.Value)))
            .Build());
}
