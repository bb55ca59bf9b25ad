using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Tests.Store;

public sealed class StoreOptionsTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("redis.example:6379,password=secret,ssl=true")]
    [InlineData("a:1,b:2,serviceName=main")]
    public void Validate_UsableConnection_Succeeds(string? redis) =>
        Assert.True(new StoreOptionsValidator().Validate(null, new StoreOptions { Redis = redis }).Succeeded);

    [Theory]
    [InlineData("password=secret")]
    [InlineData("host:6379,nonsense=secret")]
    [InlineData("host:6379,syncTimeout=secret")]
    public void Validate_UnusableConnection_NamesTheKeyAndKeepsTheSecret(string redis)
    {
        var result = new StoreOptionsValidator().Validate(null, new StoreOptions { Redis = redis });

        Assert.Contains("ReleaseTracks:Store:Redis", result.FailureMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_NoDataPath_NamesTheKey() => Assert.Contains(
        "ReleaseTracks:Store:DataPath",
        new StoreOptionsValidator().Validate(null, new StoreOptions { DataPath = " " }).FailureMessage,
        StringComparison.Ordinal);
}
