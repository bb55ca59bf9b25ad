using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using ReleaseTracks.Ledger;

namespace ReleaseTracks.Tests.Ledger;

public class CanonicalJsonTests
{
    /// <summary>RFC 8785 appendix B, without NaN and Infinity, which JSON cannot write.</summary>
    [Theory]
    [InlineData("0000000000000000", "0")]
    [InlineData("8000000000000000", "0")]
    [InlineData("0000000000000001", "5e-324")]
    [InlineData("8000000000000001", "-5e-324")]
    [InlineData("7fefffffffffffff", "1.7976931348623157e+308")]
    [InlineData("ffefffffffffffff", "-1.7976931348623157e+308")]
    [InlineData("4340000000000000", "9007199254740992")]
    [InlineData("c340000000000000", "-9007199254740992")]
    [InlineData("4430000000000000", "295147905179352830000")]
    [InlineData("44b52d02c7e14af5", "9.999999999999997e+22")]
    [InlineData("44b52d02c7e14af6", "1e+23")]
    [InlineData("44b52d02c7e14af7", "1.0000000000000001e+23")]
    [InlineData("444b1ae4d6e2ef4e", "999999999999999700000")]
    [InlineData("444b1ae4d6e2ef4f", "999999999999999900000")]
    [InlineData("444b1ae4d6e2ef50", "1e+21")]
    [InlineData("3eb0c6f7a0b5ed8c", "9.999999999999997e-7")]
    [InlineData("3eb0c6f7a0b5ed8d", "0.000001")]
    [InlineData("41b3de4355555553", "333333333.3333332")]
    [InlineData("41b3de4355555554", "333333333.33333325")]
    [InlineData("41b3de4355555555", "333333333.3333333")]
    [InlineData("41b3de4355555556", "333333333.3333334")]
    [InlineData("41b3de4355555557", "333333333.33333343")]
    [InlineData("becbf647612f3696", "-0.0000033333333333333333")]
    [InlineData("43143ff3c1cb0959", "1424953923781206.2")]
    public void Number_OfTheRfcAppendixB_IsWrittenAsThere(string bits, string expected)
    {
        var value = BitConverter.UInt64BitsToDouble(Convert.ToUInt64(bits, 16));

        Assert.Equal(expected, Text(JsonSerializer.SerializeToElement(value)));
        Assert.Equal(expected, Canonical(expected));
    }

    /// <summary>Where .NET's own shortest form does not read back; the expected text is that of V8.</summary>
    [Theory]
    [InlineData("3e60000000000000", "2.9802322387695312e-8")]
    [InlineData("0410000000000000", "4.1045368012983762e-289")]
    public void Number_ThatDotNetCutsTooShort_KeepsItsValue(string bits, string expected)
    {
        var value = BitConverter.UInt64BitsToDouble(Convert.ToUInt64(bits, 16));
        var exact = value.ToString("E16", CultureInfo.InvariantCulture);

        Assert.Equal(expected, Canonical(exact));
        Assert.Equal(expected, Canonical(expected));
    }

    [Fact]
    public void Number_EveryPowerOfTwoAndItsNeighbours_ReadsBackAsItself()
    {
        for (var power = 1UL << 52; power < 0x7ff0000000000000; power += 1UL << 52)
        {
            foreach (var bits in new[] { power - 1, power, power + 1 })
            {
                var value = BitConverter.UInt64BitsToDouble(bits);
                var canonical = Canonical(value.ToString("E16", CultureInfo.InvariantCulture));
                Assert.Equal(value, double.Parse(canonical, CultureInfo.InvariantCulture));
            }
        }
    }

    [Theory]
    [InlineData("1.0", "1")]
    [InlineData("1E2", "100")]
    [InlineData("-0", "0")]
    [InlineData("-0.0e7", "0")]
    [InlineData("0.1000000000000000055511151231257827", "0.1")]
    [InlineData("1e-400", "0")]
    [InlineData("9007199254740991", "9007199254740991")]
    [InlineData("9007199254740992", "9007199254740992")]
    [InlineData("[1, 0.5 ,-2e-7]", "[1,0.5,-2e-7]")]
    public void Number_InAnotherNotation_BecomesTheOneNotation(string json, string expected) =>
        Assert.Equal(expected, Canonical(json));

    [Theory]
    [InlineData("{\"a\":[0,9007199254740993]}", "$.a[1]")]
    [InlineData("-12345678901234567890", "$")]
    [InlineData("[1e400]", "$[0]")]
    [InlineData("{\"a\":{\"b\":1,\"c\":2,\"b\":3}}", "$.a")]
    [InlineData("{\"a\":1,\"\\u0061\":1}", "$")]
    [InlineData("[\"\\ud800\"]", "$[0]")]
    [InlineData("[\"\\udc00\\ud800\"]", "$[0]")]
    [InlineData("{\"x\":{\"\\ud800\":1}}", "$.x")]
    public void Value_WithoutACanonicalForm_IsRefusedWithItsPath(string json, string path)
    {
        var refused = Assert.Throws<CanonicalJsonException>(() => Canonical(json));

        Assert.Equal(path, refused.Path);
        Assert.StartsWith(path + ": ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Value_ThatIsNotUtf8_IsRefused()
    {
        byte[] json = [.. "[\""u8, 0xC3, 0x28, .. "\"]"u8];
        using var document = JsonDocument.Parse(json);

        Assert.Throws<CanonicalJsonException>(() => CanonicalJson.Write(document.RootElement));
    }

    [Fact]
    public void Value_ThatDoesNotExist_IsRefused() => Assert.Throws<CanonicalJsonException>(() => CanonicalJson.Write(default));

    [Fact]
    public void Nesting_UpToTheDepthOfTheReader_IsAllowedAndNotBeyond()
    {
        string Nested(int depth) => new string('[', depth) + new string(']', depth);
        using var deeper = JsonDocument.Parse(Nested(65), new JsonDocumentOptions { MaxDepth = 100 });

        Assert.Equal(Nested(CanonicalJson.MaxDepth), Canonical(Nested(64)));
        Assert.Throws<CanonicalJsonException>(() => CanonicalJson.Write(deeper.RootElement));
    }

    /// <summary>RFC 8785 section 3.2.2 and 3.2.4: the sample document and its bytes.</summary>
    [Fact]
    public void Document_OfTheRfc_IsWrittenAsThere()
    {
        const string json = """
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """;

        Assert.Equal(
            """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}""",
            Canonical(json));
    }

    /// <summary>RFC 8785 section 3.2.3: by UTF-16 code units, so the emoji (U+D83D…) comes before U+FB33.</summary>
    [Fact]
    public void Keys_OfTheRfcSortingSample_AreSortedByUtf16CodeUnits()
    {
        var canonical = Canonical(
            """{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}""");

        Assert.Equal("{\"\\r\":2,\"1\":4,\"\u0080\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\ufb33\":3}", canonical);
    }

    [Fact]
    public void String_WithControls_EscapesThoseAndNothingElse() =>
        Assert.Equal(
            "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\u007f\u2028</é😀\"",
            Text(JsonSerializer.SerializeToElement("\0\b\t\n\v\f\r\u001f\u007f\u2028</é😀")));

    [Fact]
    public void Canonical_OfCanonical_IsTheSame() =>
        JsonGen.Value.Sample(json => { var once = Canonical(json); Assert.Equal(once, Canonical(once)); });

    [Fact]
    public void Canonical_OfShuffledKeys_IsTheSame() =>
        Gen.Select(JsonGen.Members, Gen.Int).Sample((members, seed) =>
        {
            var shuffled = members.ToArray();
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(Canonical(JsonGen.Object(members)), Canonical(JsonGen.Object(shuffled)));
        });

    [Fact]
    public void Number_AnyDouble_ReadsBackAsItself() =>
        Gen.Double.Where(double.IsFinite).Sample(value =>
            double.Parse(Canonical(value.ToString("E16", CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture) == value);

    private static string Canonical(string json) => Text(JsonElement.Parse(json));

    private static string Text(JsonElement value) => Encoding.UTF8.GetString(CanonicalJson.Write(value));
}
