using System.Text;
using System.Text.Json;
using ReleaseTracks.Access;
using ReleaseTracks.Ledger;

namespace ReleaseTracks.Tests.Ledger;

public class LedgerEntryCodecTests
{
    private const string Golden =
        """{"actor":{"id":"ci","kind":"bootstrap","method":"bearer"},"at":"2026-02-03T04:05:06.0000007Z","data":{"a":[1,"é"],"b":null},"id":"e-1","seq":1,"type":"plan.applied","v":1}""";

    private static readonly LedgerEntry Entry = new(
        1,
        "e-1",
        new DateTimeOffset(2026, 2, 3, 5, 5, 6, TimeSpan.FromHours(1)).AddTicks(7),
        new Actor(ActorKinds.Bootstrap, "ci", "bearer"),
        "plan.applied",
        JsonElement.Parse("""{ "b": null, "a": [1.0, "\u00e9"] }"""));

    [Fact]
    public void Write_AnEntry_GivesTheGoldenBytes() =>
        Assert.Equal(Golden, Encoding.UTF8.GetString(LedgerEntryCodec.Write(Entry)));

    [Fact]
    public void Read_TheGoldenBytes_GivesTheEntryBack()
    {
        var read = LedgerEntryCodec.Read(Encoding.UTF8.GetBytes(Golden));

        Assert.Equal(Entry with { At = Entry.At.ToUniversalTime() }, read with { Data = Entry.Data });
        Assert.Equal(TimeSpan.Zero, read.At.Offset);
        Assert.Equal(1, read.Data.GetProperty("a")[0].GetInt32());
        Assert.Equal(Golden, Encoding.UTF8.GetString(LedgerEntryCodec.Write(read)));
    }

    [Theory]
    [InlineData("", "", "$")]
    [InlineData("}", "", "$")]
    [InlineData(",\"v\":1", "", "$.v")]
    [InlineData("\"v\":1", "\"v\":2", "$.v")]
    [InlineData("\"v\":1", "\"v\":\"1\"", "$.v")]
    [InlineData("\"v\":1", "\"v\":1,\"w\":1", "$.w")]
    [InlineData("\"method\":\"bearer\"", "\"method\":\"bearer\",\"secret\":1", "$.actor.secret")]
    [InlineData(",\"method\":\"bearer\"", "", "$.actor.method")]
    [InlineData("\"kind\":\"bootstrap\"", "\"kind\":\"\"", "$.actor.kind")]
    [InlineData("{\"id\":\"ci\",\"kind\":\"bootstrap\",\"method\":\"bearer\"}", "\"ci\"", "$.actor")]
    [InlineData("\"seq\":1", "\"seq\":0", "$.seq")]
    [InlineData("\"seq\":1", "\"seq\":9007199254740992", "$.seq")]
    [InlineData("\"seq\":1", "\"seq\":1.5", "$.seq")]
    [InlineData("\"seq\":1", "\"seq\":\"1\"", "$.seq")]
    [InlineData("\"id\":\"e-1\"", "\"id\":\"\"", "$.id")]
    [InlineData("\"id\":\"e-1\"", "\"id\":7", "$.id")]
    [InlineData(".0000007Z", ".000000Z", "$.at")]
    [InlineData(".0000007Z", ".0000007+00:00", "$.at")]
    [InlineData("2026-02-03", "2026-02-30", "$.at")]
    [InlineData("\"b\":null", "\"b\":null,\"b\":null", "$.data")]
    [InlineData("\"b\":null", "\"b\":9007199254740993", "$.data.b")]
    [InlineData("\"e-1\"", "\"\\ud800\"", "$")]
    [InlineData("{\"actor\"", "{ \"actor\"", "$")]
    [InlineData("é", "\\u00e9", "$")]
    [InlineData("[1,", "[1.0,", "$")]
    [InlineData("\"v\":1}", "\"v\":1}\n", "$")]
    [InlineData("{\"actor\"", "\uFEFF{\"actor\"", "$")]
    [InlineData("\"v\":1", "\"v\":1,\"v\":1", "$")]
    public void Read_ChangedBytes_IsRefusedAndSaysWhere(string old, string changed, string where)
    {
        var bytes = old.Length == 0 ? [] : Encoding.UTF8.GetBytes(Golden.Replace(old, changed, StringComparison.Ordinal));

        var refused = Assert.Throws<LedgerFormatException>(() => LedgerEntryCodec.Read(bytes));

        Assert.Equal(where, refused.Where);
    }

    [Fact]
    public void Read_AnyTruncation_IsRefused()
    {
        var bytes = Encoding.UTF8.GetBytes(Golden);

        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<LedgerFormatException>(() => LedgerEntryCodec.Read(bytes.AsMemory(0, length)));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    public void Read_SomethingElse_IsRefused(string json) =>
        Assert.Throws<LedgerFormatException>(() => LedgerEntryCodec.Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Write_DataWithoutAValue_IsRefused()
    {
        var refused = Assert.Throws<LedgerFormatException>(() => LedgerEntryCodec.Write(Entry with { Data = default }));

        Assert.Equal("$.data", refused.Where);
    }

    [Fact]
    public void Write_DataThatCouldNotBeReadBack_IsRefused()
    {
        JsonElement Nested(int depth) => JsonElement.Parse(new string('[', depth) + new string(']', depth));

        LedgerEntryCodec.Read(LedgerEntryCodec.Write(Entry with { Data = Nested(63) }));
        Assert.Throws<LedgerFormatException>(() => LedgerEntryCodec.Write(Entry with { Data = Nested(64) }));
    }
}
