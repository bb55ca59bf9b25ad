using ReleaseTracks.Server.Alerts;

namespace ReleaseTracks.Server.Tests.Alerts;

public sealed class AlertOptionsTests
{
    [Theory]
    [InlineData("hooks.example", "https://hooks.example/a", true)]
    [InlineData("hooks.example", "https://HOOKS.example:8443/a", true)]
    [InlineData("hooks.example", "https://hooks.example.evil/a", false)]
    [InlineData("hooks.example", "https://evil-hooks.example/a", false)]
    [InlineData("hooks.example", "https://hooks.example./a", false)]
    [InlineData("hooks.example:443", "https://hooks.example/a", true)]
    [InlineData("hooks.example:443", "https://hooks.example:8443/a", false)]
    [InlineData("*.example", "https://hooks.example/a", true)]
    [InlineData("*.example", "https://a.b.example/a", true)]
    [InlineData("*.example", "https://example/a", false)]
    [InlineData("*.example", "https://badexample/a", false)]
    [InlineData("a.example alertmanager:9093", "http://alertmanager:9093", true)]
    [InlineData("127.0.0.1", "http://2130706433/", true)]
    [InlineData("127.0.0.1", "http://127.0.0.2/", false)]
    [InlineData("[::1]:9093", "http://[::1]:9093", true)]
    [InlineData("[::1]", "http://[0:0:0:0:0:0:0:1]:9093", true)]
    [InlineData("", "https://hooks.example/a", false)]
    public void Host_IsAllowed_OnlyIfItIsNamed(string allowed, string url, bool expected) =>
        Assert.Equal(expected, new AlertOptions { AllowedHosts = allowed }.IsAllowed(new Uri(url)));

    [Theory]
    [InlineData("*", "", "AllowedHosts")]
    [InlineData("*.", "", "AllowedHosts")]
    [InlineData("https://hooks.example", "", "AllowedHosts")]
    [InlineData("hooks.example/path", "", "AllowedHosts")]
    [InlineData("", "tracks.example", "PublicUrl")]
    [InlineData("", "ftp://tracks.example", "PublicUrl")]
    public void Settings_ThatMakeNoSense_AreNamed(string hosts, string url, string key)
    {
        var result = new AlertOptionsValidator().Validate(null, new() { AllowedHosts = hosts, PublicUrl = url });

        Assert.StartsWith($"ReleaseTracks:Alerts:{key} ", Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_TooShortOrBadlyNamed_AreNamedAndNotShown()
    {
        var options = new AlertOptions();
        options.Secrets["pager"] = "hunter2";
        options.Secrets["a b"] = "a-secret-that-is-long-enough";

        var failures = new AlertOptionsValidator().Validate(null, options).Failures!.ToArray();

        Assert.Equal(2, failures.Length);
        Assert.DoesNotContain(failures, failure => failure.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public void Settings_OfAUsualInstall_AreGood()
    {
        var options = new AlertOptions { AllowedHosts = "hooks.example *.pager.example, alertmanager:9093 10.0.0.7 [fd00::7]:9093", PublicUrl = "https://tracks.example" };
        options.Secrets["Pager-1"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

        Assert.True(new AlertOptionsValidator().Validate(null, options).Succeeded);
    }
}
